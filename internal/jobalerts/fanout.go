package jobalerts

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/match"
	"jobboard/internal/notify"
	"jobboard/internal/search"
	"jobboard/internal/workflow"
)

// fanoutBatch is how many people or searches one step checks. A step holds the write lock of the database for about 10 ms.
const fanoutBatch = 250

// The stages of a fan-out: first the seekers who match the job, then the owners of instant saved searches that it matches.
const (
	stageSeekers  = "seekers"
	stageSearches = "searches"
)

// fanout is a row of the table fanouts, which a trigger writes in the transaction that publishes a job. Rows with a batch, the jobs of
// one source, are announced in rounds (see round), so that jobs published by hand do not wait for an import. The row holds the progress,
// so a crash loses nothing; the notification's Dedupe keeps it from being written twice.
type fanout struct{ Job, Stage, Cursor, Queued string }

// fanOutStep notifies the next batch of seekers of the job that has waited longest. It returns false when no job is waiting.
func fanOutStep(app core.App) (bool, error) {
	var f fanout
	err := app.DB().NewQuery("SELECT job, stage, cursor, queued FROM {{fanouts}} WHERE batch = '' ORDER BY queued, job LIMIT 1").One(&f)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find the job whose seekers are next: %w", err)
	}
	if err := f.step(app); err != nil {
		// One job that fails must not block the others.
		_, later := app.NonconcurrentDB().NewQuery("UPDATE {{fanouts}} SET queued = strftime('%Y-%m-%d %H:%M:%fZ') WHERE job = {:job}").
			Bind(dbx.Params{"job": f.Job}).Execute()
		return false, errors.Join(err, later)
	}
	return true, nil
}

func (f fanout) step(app core.App) error {
	found, err := app.FindRecordsByIds(collections.Jobs, []string{f.Job})
	if err != nil {
		return fmt.Errorf("find job %s: %w", f.Job, err)
	}
	if len(found) == 0 || found[0].GetString("status") != workflow.Published {
		return f.finish(app)
	}
	job, err := match.JobOf(app, found[0])
	if err != nil {
		return err
	}
	var hits []match.Hit
	var next string
	if f.Stage == stageSeekers {
		hits, next, err = match.Seekers(app, job, f.Cursor, fanoutBatch)
	} else {
		hits, next, err = instantSearches(app, found[0], f.Cursor, fanoutBatch)
	}
	if err != nil {
		return err
	}
	notification, err := newJobNotification(app, found[0])
	if err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		open, err := tx.CountRecords(collections.Jobs, dbx.HashExp{"id": f.Job, "status": workflow.Published})
		if err != nil {
			return fmt.Errorf("check that job %s is still published: %w", f.Job, err)
		}
		if open == 0 {
			return f.finish(tx)
		}
		recipients, err := recipientsOf(tx, notification, f.Job, hits)
		if err != nil {
			return err
		}
		if err := notify.WriteEach(tx, notification, recipients); err != nil {
			return err
		}
		return f.advance(tx, next)
	})
}

// advance stores the new cursor, unless the job was published again meanwhile: then the row has started over.
func (f fanout) advance(tx core.App, next string) error {
	stage := f.Stage
	switch {
	case next != "":
	case stage == stageSeekers:
		stage = stageSearches
	default:
		return f.finish(tx)
	}
	_, err := tx.NonconcurrentDB().Update("fanouts", dbx.Params{"stage": stage, "cursor": next}, f.unchanged()).Execute()
	if err != nil {
		return fmt.Errorf("store the progress of notifying seekers of job %s: %w", f.Job, err)
	}
	return nil
}

func (f fanout) finish(tx core.App) error {
	_, err := tx.NonconcurrentDB().Delete("fanouts", f.unchanged()).Execute()
	if err != nil {
		return fmt.Errorf("finish notifying seekers of job %s: %w", f.Job, err)
	}
	return nil
}

// unchanged matches the row unless it has changed since it was read: publishing the job again starts over.
func (f fanout) unchanged() dbx.Expression {
	return dbx.HashExp{"job": f.Job, "stage": f.Stage, "cursor": f.Cursor, "queued": f.Queued}
}

func newJobNotification(app core.App, job *core.Record) (notify.Notification, error) {
	employer, err := app.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return notify.Notification{}, fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	title := fmt.Sprintf("New job: %s at %s", job.GetString("title"), employer.GetString("name"))
	return notify.Notification{
		Kind:   collections.KindJobPublished,
		Title:  collections.Truncate(title, collections.MaxNotificationTitle),
		Data:   map[string]any{"job": job.Id, "employer": employer.Id},
		Dedupe: "job_published:" + job.Id,
	}, nil
}

// recipientsOf leaves out those who have applied, and gives each of the others the reasons for the match.
func recipientsOf(tx core.App, notification notify.Notification, jobID string, hits []match.Hit) ([]notify.Recipient, error) {
	var applied []string
	err := tx.DB().Select("seeker").Distinct(true).From(collections.Applications).Where(dbx.HashExp{"job": jobID}).Column(&applied)
	if err != nil {
		return nil, fmt.Errorf("find who has applied to job %s: %w", jobID, err)
	}
	slices.Sort(applied)
	var recipients []notify.Recipient
	for _, hit := range hits {
		if _, has := slices.BinarySearch(applied, hit.ID); has {
			continue
		}
		data := map[string]any{"score": hit.Score}
		for key, value := range notification.Data {
			data[key] = value
		}
		body := collections.Truncate(strings.Join(reasonLines(hit.Reasons), "\n"), collections.MaxNotificationBody)
		recipients = append(recipients, notify.Recipient{User: hit.ID, Body: body, Data: data})
	}
	return recipients, nil
}

func reasonLines(reasons []match.Reason) []string {
	lines := make([]string, len(reasons))
	for i, reason := range reasons {
		lines[i] = reason.Text
	}
	return lines
}

// instantSearches returns the owners of instant saved searches that match the job, from at most limit searches after the id after.
// next is the cursor for the following call, or "" at the end.
func instantSearches(app core.App, job *core.Record, after string, limit int) (hits []match.Hit, next string, err error) {
	var searches []savedSearch
	err = app.DB().NewQuery(`
		SELECT s.id, s.seeker, s.name, s.query FROM {{saved_searches}} s
		CROSS JOIN {{users}} u INDEXED BY [[sqlite_autoindex_users_1]] ON u.id = s.seeker AND u.role = {:role}
		WHERE s.frequency = 'instant' AND s.id > {:after} ORDER BY s.id LIMIT {:limit}`).
		Bind(dbx.Params{"role": collections.RoleJobSeeker, "after": after, "limit": limit}).All(&searches)
	if err != nil || len(searches) == 0 {
		return nil, "", err
	}
	board, err := search.For(app, search.Jobs)
	if err != nil {
		return nil, "", err
	}
	probe, err := board.NewPercolator(job.Id)
	if err != nil {
		return nil, "", err
	}
	seen := map[string]bool{}
	for _, one := range searches {
		query, ok := one.parse(app)
		if !ok || seen[one.Seeker] {
			continue
		}
		answers, err := probe.Matches(query)
		if err != nil {
			return nil, "", fmt.Errorf("run saved search %s: %w", one.ID, err)
		}
		if !answers {
			continue
		}
		seen[one.Seeker] = true
		hits = append(hits, searchHit(one))
	}
	return hits, searches[len(searches)-1].ID, nil
}

// searchHit returns the hit of a saved search for its owner.
func searchHit(s savedSearch) match.Hit {
	return match.Hit{ID: s.Seeker, Reasons: []match.Reason{{
		Kind: match.ReasonSavedSearch, Values: []string{s.Name}, Text: "Saved search: " + s.Name,
	}}}
}
