// Package importsource imports jobs from the addresses that admins enter (import_sources), by the clock.
package importsource

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/tools/cron"

	"jobboard/collections"
)

// Schedule says when a source is read.
type Schedule struct {
	every time.Duration
	cron  *cron.Schedule
}

// maxWait is how far the next run of a schedule may lie ahead: 29 February comes every eight years at worst.
const maxWait = 8 * 366 * 24 * time.Hour

var errSchedule = errors.New("the schedule is not hourly, daily, off or a cron expression")

// ParseSchedule reads the text of import_sources.schedule: hourly, daily, off or a cron expression in UTC. "" is daily.
func ParseSchedule(text string) (Schedule, error) {
	switch text {
	case "off":
		return Schedule{}, nil
	case "hourly":
		return Schedule{every: time.Hour}, nil
	case "daily", "":
		return Schedule{every: 24 * time.Hour}, nil
	}
	if len(text) > collections.MaxSchedule { // before time is spent on it
		return Schedule{}, errSchedule
	}
	expression, err := cron.NewSchedule(text)
	if err != nil {
		return Schedule{}, errSchedule
	}
	schedule := Schedule{cron: expression}
	if schedule.Next(time.Now()).IsZero() {
		return Schedule{}, errSchedule // such as 30 February
	}
	return schedule, nil
}

// Off reports whether the source is not read by the clock.
func (s Schedule) Off() bool { return s.every == 0 && s.cron == nil }

// Next returns the first time after now at which the source is to be read, the zero time if there is none.
func (s Schedule) Next(now time.Time) time.Time {
	if s.cron == nil {
		if s.every == 0 {
			return time.Time{}
		}
		return now.Add(s.every).UTC()
	}
	minute := now.UTC().Truncate(time.Minute).Add(time.Minute)
	for end := minute.Add(maxWait); minute.Before(end); {
		moment := cron.NewMoment(minute)
		_, month := s.cron.Months[moment.Month]
		_, day := s.cron.Days[moment.Day]
		_, weekday := s.cron.DaysOfWeek[moment.DayOfWeek]
		if !month || !day || !weekday {
			minute = minute.Truncate(24 * time.Hour).Add(24 * time.Hour)
			continue
		}
		if s.cron.IsDue(moment) {
			return minute
		}
		minute = minute.Add(time.Minute)
	}
	return time.Time{}
}
