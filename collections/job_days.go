package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// JobDayFigures lists the figures of job_days, in the order in which they are shown.
func JobDayFigures() []string {
	return []string{"views", "visitors", "applyClicks", "saves", "applications"}
}

// jobDays returns the figures of each job by day. Triggers count saves and applications in the transaction that writes them;
// internal/jobstats counts the others.
func jobDays() *core.Collection {
	c := base(JobDays)
	list := []core.Field{
		one("job", Jobs, required, cascade),
		&core.TextField{Name: "day", Required: true, Pattern: `^\d{4}-\d{2}-\d{2}$`, Max: 10}, // in UTC
	}
	for _, name := range JobDayFigures() {
		list = append(list, &core.NumberField{Name: name, OnlyInt: true, Min: types.Pointer(0.0)})
	}
	fields(c, list...)
	c.AddIndex("idx_job_days_job_day", true, "job, day", "")
	shown := rule(loggedIn + ` && (` + asAdmin + ` || (` + asEmployer + ` && isMyJob(job) = true))`)
	rules(c, shown, shown, nil, nil, nil)
	return c
}
