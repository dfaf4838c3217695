package report

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"
)

// Period is the time from From (inclusive; the zero time means since the board's first day) to End (exclusive), in UTC.
type Period struct{ From, End time.Time }

// NewPeriod returns the period of a report's fields from and to. Both bounds are inclusive, to PocketBase's precision of a millisecond;
// without to, the period ends now.
func NewPeriod(from, to, now time.Time) Period {
	if to.IsZero() {
		to = now
	}
	if !from.IsZero() {
		from = from.UTC().Truncate(time.Millisecond)
	}
	return Period{From: from, End: to.UTC().Truncate(time.Millisecond).Add(time.Millisecond)}
}

// ParseBound parses a bound as people write it. A bare date means the whole day: its midnight as the first bound, its last millisecond as
// the last. The empty string is the zero time.
func ParseBound(text string, last bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		if last {
			day = day.Add(24*time.Hour - time.Millisecond)
		}
		return day, nil
	}
	moment, err := types.ParseDateTime(text)
	if err != nil || moment.IsZero() {
		return time.Time{}, fmt.Errorf("%q is not a date; write 2026-01-31 or 2026-01-31 09:00:00.000Z", text)
	}
	return moment.Time(), nil
}

// String returns the period in words, as on the cover.
func (p Period) String() string {
	last := p.End.Add(-time.Millisecond)
	until := last.Format("2 January 2006, 15:04")
	if p.End.Equal(p.End.Truncate(24 * time.Hour)) {
		until = last.Format("2 January 2006")
	}
	if p.From.IsZero() {
		return "up to " + until + " (UTC)"
	}
	since := p.From.Format("2 January 2006, 15:04")
	if p.From.Equal(p.From.Truncate(24 * time.Hour)) {
		since = p.From.Format("2 January 2006")
	}
	return since + " to " + until + " (UTC)"
}

// stored returns a time as PocketBase stores it, so that strings compare as times do.
func stored(moment time.Time) string { return moment.UTC().Format(types.DefaultDateLayout) }

// bucket is the length of the steps of a chart over a period.
type bucket string

const (
	byDay   bucket = "day"
	byWeek  bucket = "week" // from Monday
	byMonth bucket = "month"
	byYear  bucket = "year"
)

// bucket returns day up to two months, week up to half a year, month up to five years, and year beyond.
func (p Period) bucket() bucket {
	switch days := p.End.Sub(p.From).Hours() / 24; {
	case days <= 62:
		return byDay
	case days <= 184:
		return byWeek
	case days <= 5*366:
		return byMonth
	}
	return byYear
}

// sql returns the expression that maps a stored time to the label of its step.
func (b bucket) sql(column string) string {
	switch b {
	case byDay:
		return "substr(" + column + ", 1, 10)"
	case byWeek:
		return "date(substr(" + column + ", 1, 10), 'weekday 0', '-6 days')"
	case byMonth:
		return "substr(" + column + ", 1, 7)"
	}
	return "substr(" + column + ", 1, 4)"
}

// labels returns the labels of all steps of the period, as sql writes them.
func (b bucket) labels(p Period) []string {
	var labels []string
	for at := b.start(p.From); at.Before(p.End); at = b.next(at) {
		labels = append(labels, b.label(at))
	}
	return labels
}

func (b bucket) start(moment time.Time) time.Time {
	year, month, day := moment.UTC().Date()
	switch b {
	case byWeek:
		day -= (int(moment.UTC().Weekday()) + 6) % 7
	case byMonth:
		day = 1
	case byYear:
		month, day = time.January, 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func (b bucket) next(start time.Time) time.Time {
	switch b {
	case byDay:
		return start.AddDate(0, 0, 1)
	case byWeek:
		return start.AddDate(0, 0, 7)
	case byMonth:
		return start.AddDate(0, 1, 0)
	}
	return start.AddDate(1, 0, 0)
}

func (b bucket) label(start time.Time) string {
	switch b {
	case byMonth:
		return start.Format("2006-01")
	case byYear:
		return start.Format("2006")
	}
	return start.Format(time.DateOnly)
}
