package jobstats

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// Figures are what is counted of a job.
type Figures struct {
	Views        int `db:"views" json:"views"`
	Visitors     int `db:"visitors" json:"visitors"` // of several days: the sum of each day's
	ApplyClicks  int `db:"applyClicks" json:"applyClicks"`
	Saves        int `db:"saves" json:"saves"`
	Applications int `db:"applications" json:"applications"`
}

// Day is the figures of one day.
type Day struct {
	Day string `db:"day" json:"day"`
	Figures
}

// Stats are the figures of a job over days.
type Stats struct {
	Days   []Day   `json:"days"`
	Totals Figures `json:"totals"`
}

// MaxDays is how many days can be asked for at once.
const MaxDays = 366

// Read returns the figures of a job on each day from the first to the last, both included, also of those on which nothing happened.
func Read(app core.App, jobID string, first, last time.Time) (Stats, error) {
	if err := Flush(app); err != nil {
		app.Logger().Warn("The figures of a job lack the last seconds.", "error", err)
	}
	var rows []Day
	err := app.DB().Select(append([]string{"day"}, collections.JobDayFigures()...)...).From(collections.JobDays).
		Where(dbx.HashExp{"job": jobID}).
		AndWhere(dbx.Between("day", first.Format(time.DateOnly), last.Format(time.DateOnly))).
		OrderBy("day").All(&rows)
	if err != nil {
		return Stats{}, fmt.Errorf("read the figures of job %s: %w", jobID, err)
	}
	byDay := make(map[string]Figures, len(rows))
	stats := Stats{Days: []Day{}}
	for _, row := range rows {
		byDay[row.Day] = row.Figures
		stats.Totals.Views += row.Views
		stats.Totals.Visitors += row.Visitors
		stats.Totals.ApplyClicks += row.ApplyClicks
		stats.Totals.Saves += row.Saves
		stats.Totals.Applications += row.Applications
	}
	for at := first; !at.After(last); at = at.AddDate(0, 0, 1) {
		day := at.Format(time.DateOnly)
		stats.Days = append(stats.Days, Day{Day: day, Figures: byDay[day]})
	}
	return stats, nil
}
