package values

import (
	"strconv"
	"strings"
	"time"
)

// Date is a moment, or a whole day.
type Date struct {
	Time time.Time
	// Day is true for a date without a time.
	Day bool
}

// moments and days are the layouts of dates; those of days with names are tried in English.
var (
	moments = []string{
		time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
		"2006-01-02 15:04:05.999Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04",
		time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST",
		"02.01.2006 15:04", "2.1.2006 15:04",
	}
	days = []string{
		time.DateOnly, "2006/01/02", "20060102", "02.01.2006", "2.1.2006",
		"2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006", "2. January 2006",
	}
	germanMonths = strings.NewReplacer(
		"Januar ", "January ", "Februar ", "February ", "März ", "March ", "Mai ", "May ", "Juni ", "June ", "Juli ", "July ",
		"Oktober ", "October ", "Dezember ", "December ")
)

// ParseDate reads a date. If the text is not clear, reason says why: "03/04/2026" is a day in March or in April.
func ParseDate(text string) (date Date, reason string) {
	text = Text(text)
	if text == "" {
		return Date{}, ""
	}
	if len(text) > 60 {
		return Date{}, Quote(text) + " is no date"
	}
	for _, layout := range moments {
		if t, err := time.Parse(layout, text); err == nil {
			return checkedDate(text, Date{Time: t.UTC()})
		}
	}
	english := germanMonths.Replace(text)
	for _, layout := range days {
		if t, err := time.Parse(layout, english); err == nil {
			return checkedDate(text, Date{Time: t, Day: true})
		}
	}
	if date, reason, ok := slashedDate(text); ok {
		return date, reason
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch len(text) {
		case 13:
			return checkedDate(text, Date{Time: time.UnixMilli(number).UTC()})
		case 10:
			return checkedDate(text, Date{Time: time.Unix(number, 0).UTC()})
		}
	}
	return Date{}, Quote(text) + " is no date"
}

// slashedDate reads 31/12/2026 and 12/31/2026, where only one of the two readings is a date.
func slashedDate(text string) (date Date, reason string, ok bool) {
	day, dayErr := time.Parse("2/1/2006", text)
	month, monthErr := time.Parse("1/2/2006", text)
	switch {
	case dayErr != nil && monthErr != nil:
		return Date{}, "", false
	case dayErr != nil:
		day = month
	case monthErr == nil && !day.Equal(month):
		return Date{}, Quote(text) + " may be two dates: write it as 2026-12-31", true
	}
	date, reason = checkedDate(text, Date{Time: day, Day: true})
	return date, reason, true
}

func checkedDate(text string, date Date) (Date, string) {
	if year := date.Time.Year(); year < 1990 || year > 2100 {
		return Date{}, Quote(text) + " is no plausible date"
	}
	return date, ""
}
