package pages

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/currency"
)

// day is a date as the page shows it: a script writes it as the reader's own language does.
type day struct {
	ISO  string // RFC 3339, in UTC
	Text string
}

// dayOf writes a time as PocketBase stores it; the zero day where there is none.
func (w *words) dayOf(stored string) day {
	at, ok := timeOf(stored)
	if !ok {
		return day{}
	}
	return day{ISO: at.Format(time.RFC3339), Text: w.say("date", "day", strconv.Itoa(at.Day()),
		"month", w.say("month."+strconv.Itoa(int(at.Month()))), "year", strconv.Itoa(at.Year()))}
}

func timeOf(stored string) (time.Time, bool) {
	at, err := time.Parse("2006-01-02 15:04:05.000Z", stored)
	return at.UTC(), err == nil && !at.IsZero()
}

// ago tells how long ago something was, in days.
func (w *words) ago(stored string, now time.Time) string {
	at, ok := timeOf(stored)
	if !ok {
		return ""
	}
	days := int(math.Round(now.UTC().Truncate(24*time.Hour).Sub(at.Truncate(24*time.Hour)).Hours() / 24))
	switch {
	case days <= 0:
		return w.say("ago.today")
	case days < 31:
		return w.say("ago.days", "n", days)
	}
	return w.say("ago.months", "n", max(1, days/30))
}

// left tells how long applications are still taken, and whether that is soon over.
func (w *words) left(deadline string, now time.Time) (text string, soon bool) {
	at, ok := timeOf(deadline)
	if !ok {
		return "", false
	}
	hours := at.Sub(now).Hours()
	switch {
	case hours <= 0:
		return "", false
	case hours < 24:
		return w.say("left.hours", "n", max(1, int(hours))), true
	}
	return w.say("left.days", "n", int(hours/24)), hours < 48
}

// money is what a job pays, with what a script needs to write it anew.
type money struct {
	Text, Currency, Period string
	Least, Most            float64
}

// pay is nil where the job does not say what it pays.
func (w *words) pay(j *job) *money {
	least, most := j.SalaryMin, j.SalaryMax
	if least <= 0 && most <= 0 {
		return nil
	}
	if most > 0 && least > most {
		least = most
	}
	symbol, key := j.SalaryCurrency, "money.symbol"
	if unit, err := currency.ParseISO(symbol); err == nil {
		symbol = w.numbers.Sprint(currency.NarrowSymbol(unit))
	}
	if strings.ContainsFunc(symbol, unicode.IsLetter) {
		key = "money.code"
	}
	write := func(value float64) string { return w.say(key, "symbol", symbol, "amount", w.amount(value)) }
	m := &money{Currency: j.SalaryCurrency, Least: least, Most: most}
	switch {
	case least <= 0:
		m.Text = w.say("money.most", "pay", write(most))
	case most <= 0:
		m.Text = w.say("money.least", "pay", write(least))
	case most > least:
		m.Text = w.say("money.range", "from", write(least), "to", write(most))
	default:
		m.Text = write(least)
	}
	if j.SalaryPeriod != "" {
		m.Period = w.say("period." + j.SalaryPeriod)
	}
	return m
}

func (w *words) amount(value float64) string {
	if value == math.Trunc(value) && value < 1e15 {
		return w.number(int(value))
	}
	return w.numbers.Sprintf("%.2f", value)
}

// plain makes a text of users fit for where no markup can hold it together, such as a window's title: one line, without what
// turns the direction of what follows.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	return strings.Join(strings.Fields(text), " ")
}

// cut shortens a text at a word.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	short := string(letters[:most])
	if at := strings.LastIndexByte(short, ' '); at > most/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,.;:–-") + "…"
}

// stars writes a rating from 0 to 5 as stars.
func stars(rating float64) string {
	full := min(5, max(0, int(math.Round(rating))))
	return strings.Repeat("★", full) + strings.Repeat("☆", 5-full)
}

func (w *words) rating(average float64) string { return w.numbers.Sprintf("%.1f", average) }
