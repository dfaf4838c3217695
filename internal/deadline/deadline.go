// Package deadline turns a deadline that is given as a day into the moment when that day ends at the job's place.
package deadline

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/localtime"
)

// dayKey is a raw key on a job; no field can have this name.
const dayKey = "@deadlineDay"

// IsDate reports whether text is a day without a time, such as 2026-12-24.
func IsDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// SetDate keeps the day on the job until its places are resolved, see [Resolve].
func SetDate(job *core.Record, day string) { job.SetRaw(dayKey, day) }

// Resolve sets the deadline of a job that [SetDate] was called for to the last second of that day: in the time zone of the
// job's first known place, else of the first country of its remote workers, else in UTC.
func Resolve(job *core.Record) {
	day, _ := job.GetRaw(dayKey).(string)
	if day == "" {
		return
	}
	date, err := time.ParseInLocation(time.DateOnly, day, localtime.OfJob(job))
	if err != nil {
		return
	}
	job.Set("deadline", date.AddDate(0, 0, 1).Add(-time.Second).UTC())
}
