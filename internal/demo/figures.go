package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// leadElsewhere lets people apply to two jobs elsewhere: at the company's own address, and by e-mail. They are old ones, to which nobody
// has applied on the board.
func (b *board) leadElsewhere() error {
	var ids []string
	err := b.app.DB().Select("id").From(collections.Jobs).Where(dbx.HashExp{"status": workflow.Published}).
		AndWhere(dbx.NewExp("id NOT IN (SELECT job FROM applications)")).OrderBy("publishedAt", "id").Limit(2).Column(&ids)
	if err != nil {
		return fmt.Errorf("find jobs without applications: %w", err)
	}
	for i, id := range ids {
		job, err := b.app.FindRecordById(collections.Jobs, id)
		if err != nil {
			return fmt.Errorf("read job %s: %w", id, err)
		}
		job.Set("applyMethod", []string{collections.ApplyByURL, collections.ApplyByEmail}[i])
		job.Set("applyUrl", "https://careers.example.com/jobs/"+id)
		job.Set("applyEmail", "jobs@example.com")
		updated := job.GetDateTime("updated").Time()
		if err := b.app.Save(job); err != nil {
			return fmt.Errorf("let people apply to job %s elsewhere: %w", id, err)
		}
		if err := b.backdate(job, map[string]time.Time{"updated": updated}); err != nil {
			return err
		}
	}
	return nil
}

// countedFor is for how long the demo's jobs have figures.
const countedFor = 30 * 24 * time.Hour

// count gives the jobs figures for the days that they were online. Saves and applications were counted when they were written, so they
// are counted again by the days to which they were moved.
func (b *board) count() error {
	jobs, err := b.app.FindRecordsByFilter(collections.Jobs, "publishedAt != ''", "@rowid", 0, 0)
	if err != nil {
		return fmt.Errorf("read the jobs: %w", err)
	}
	type row struct {
		Job      string `json:"job"`
		Day      string `json:"day"`
		Views    int    `json:"views"`
		Visitors int    `json:"visitors"`
		Clicks   int    `json:"clicks"`
	}
	var rows []row
	for _, job := range jobs {
		first, last := b.online(job)
		liked := b.fake.IntRange(3, 40)
		for at := first; !at.After(last); at = at.AddDate(0, 0, 1) {
			visitors := b.fake.IntRange(0, liked)
			clicks := b.fake.IntRange(0, visitors/6)
			rows = append(rows, row{job.Id, at.Format(time.DateOnly), visitors + b.fake.IntRange(0, visitors/3), visitors, clicks})
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode the figures: %w", err)
	}
	now := b.now.UTC().Format(types.DefaultDateLayout)
	const into = `INSERT INTO {{job_days}} (job, day, views, visitors, [[applyClicks]], saves, applications, created, updated) `
	for _, step := range []string{
		"DELETE FROM {{job_days}}",
		into + `SELECT value ->> 'job', value ->> 'day', value ->> 'views', value ->> 'visitors', value ->> 'clicks', 0, 0, {:now}, {:now}
			FROM json_each({:rows})`,
		into + `SELECT job, substr(created, 1, 10), 0, 0, 0, sum(saved), sum(applied), {:now}, {:now} FROM (
				SELECT job, created, 1 AS saved, 0 AS applied FROM {{saved_jobs}}
				UNION ALL SELECT job, created, 0, 1 FROM {{applications}}) WHERE TRUE GROUP BY job, substr(created, 1, 10)
			ON CONFLICT (job, day) DO UPDATE SET saves = saves + excluded.saves, applications = applications + excluded.applications`,
	} {
		if _, err := b.app.NonconcurrentDB().NewQuery(step).Bind(dbx.Params{"rows": string(raw), "now": now}).Execute(); err != nil {
			return fmt.Errorf("count the demo's visitors: %w", err)
		}
	}
	return nil
}

// online returns the first and the last day, of those that are counted, on which a job was to be seen.
func (b *board) online(job *core.Record) (first, last time.Time) {
	first, last = job.GetDateTime("publishedAt").Time(), b.now
	if closed := job.GetDateTime("closedAt"); !closed.IsZero() {
		last = closed.Time()
	}
	if earliest := b.now.Add(-countedFor); first.Before(earliest) {
		first = earliest
	}
	return first.UTC().Truncate(24 * time.Hour), last.UTC().Truncate(24 * time.Hour)
}
