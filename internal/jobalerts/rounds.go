package jobalerts

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/match"
	"jobboard/internal/notify"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

const (
	quietPeriod    = 10 * time.Second // without a new job, after which an import counts as finished
	maxWait        = 10 * time.Minute // after which a source is announced even if the import continues
	roundInterval  = time.Hour        // between two rounds of a source, at least
	roundUserBatch = 500              // people whom one step of a round checks; all jobs of the round are read for them
	roundJobBatch  = 1_000            // jobs that are read at once
	summaryJobs    = 10               // jobs that a summary names; it counts the others
)

// round announces the jobs of one source that were waiting when it began, with one summary per seeker, at most once an hour. Like a
// fan-out it is a row, so a crash loses nothing; its cursor moves in the transaction that writes the notifications.
type round struct{ Batch, Began, Cursor string }

// roundStep notifies the next seekers of an open round, of which there is rarely more than one. It returns false when none is due.
func roundStep(app core.App) (bool, error) {
	var r round
	err := app.DB().NewQuery("SELECT batch, began, cursor FROM {{fanout_rounds}} WHERE open ORDER BY random() LIMIT 1").One(&r)
	if errors.Is(err, sql.ErrNoRows) {
		return startRound(app, time.Now())
	}
	if err != nil {
		return false, fmt.Errorf("find the import whose seekers are next: %w", err)
	}
	if err := r.step(app); err != nil {
		_, begun := startRound(app, time.Now()) // one source that fails must not block the others
		return false, errors.Join(err, begun)
	}
	return true, nil
}

// startRound starts the round of a source whose import is finished. Its start time is taken while the database is locked, so whatever was
// queued earlier is committed and belongs to the round.
func startRound(app core.App, now time.Time) (bool, error) {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return false, fmt.Errorf("read the clock: %w", err)
	}
	var due string
	times := dbx.Params{
		"quiet": clock.Add(-quietPeriod).String(), "longest": clock.Add(-maxWait).String(), "last": clock.Add(-roundInterval).String(),
	}
	err = app.DB().NewQuery(`
		SELECT f.batch FROM {{fanouts}} f WHERE f.batch != '' GROUP BY f.batch
		HAVING (max(f.queued) <= {:quiet} OR min(f.queued) <= {:longest})
			AND NOT EXISTS (SELECT 1 FROM {{fanout_rounds}} r WHERE r.batch = f.batch AND r.began > {:last})
		ORDER BY min(f.queued) LIMIT 1`).Bind(times).Row(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find a finished import: %w", err)
	}
	times["batch"] = due
	_, err = app.NonconcurrentDB().NewQuery(`
		INSERT INTO {{fanout_rounds}} (batch, began) VALUES ({:batch}, strftime('%Y-%m-%d %H:%M:%fZ'))
		ON CONFLICT (batch) DO UPDATE SET began = excluded.began, cursor = '', open = 1 WHERE NOT open AND began <= {:last}`).
		Bind(times).Execute()
	if err != nil {
		return false, fmt.Errorf("start announcing an import: %w", err)
	}
	return true, nil
}

func (r round) step(app core.App) error {
	var jobs, users []string
	err := app.DB().Select("job").From("fanouts").Where(r.waiting()).OrderBy("job").Column(&jobs)
	if err != nil {
		return fmt.Errorf("find the jobs of an import: %w", err)
	}
	if users, err = nextSeekers(app, r.Cursor, roundUserBatch); err != nil {
		return err
	}
	if len(jobs) == 0 || len(users) == 0 {
		return r.finish(app)
	}
	summaries, err := buildSummaries(app, jobs, users)
	if err != nil {
		return err
	}
	for len(summaries) > fanoutBatch {
		ours, err := r.writeSummaries(app, summaries[:fanoutBatch], summaries[fanoutBatch-1].user)
		if err != nil || !ours {
			return err
		}
		r.Cursor, summaries = summaries[fanoutBatch-1].user, summaries[fanoutBatch:]
	}
	_, err = r.writeSummaries(app, summaries, users[len(users)-1])
	return err
}

// waiting matches the jobs of the round that have not been announced.
func (r round) waiting() dbx.Expression {
	return dbx.NewExp("batch = {:batch} AND queued < {:began}", dbx.Params{"batch": r.Batch, "began": r.Began})
}

// nextSeekers returns the next users, in the order of ids, who are looking for jobs by their profile or by an instant search.
func nextSeekers(app core.App, after string, limit int) ([]string, error) {
	var users []string
	err := app.DB().NewQuery(`
		SELECT seeker FROM (SELECT DISTINCT seeker FROM {{seeker_terms}} WHERE seeker > {:after} ORDER BY seeker LIMIT {:limit})
		UNION SELECT seeker FROM (SELECT DISTINCT seeker FROM {{saved_searches}} INDEXED BY [[idx_saved_searches_seeker]]
			WHERE seeker > {:after} AND frequency = 'instant' ORDER BY seeker LIMIT {:limit})
		ORDER BY seeker LIMIT {:limit}`).Bind(dbx.Params{"after": after, "limit": limit}).Column(&users)
	if err != nil {
		return nil, fmt.Errorf("find the seekers who are looking for jobs: %w", err)
	}
	return users, nil
}

// summary is what one seeker is notified of after an import.
type summary struct {
	user  string
	count int
	best  []summaryHit // at most summaryJobs, the best first
}

type summaryHit struct {
	job     string
	score   int
	reasons []match.Reason
}

func (s *summary) add(hit summaryHit) {
	s.count++
	at, _ := slices.BinarySearchFunc(s.best, hit.score, func(h summaryHit, score int) int {
		if h.score >= score { // equal ones keep their order
			return -1
		}
		return 1
	})
	if at < summaryJobs {
		s.best = slices.Insert(s.best, at, hit)
		s.best = s.best[:min(summaryJobs, len(s.best))]
	}
}

// buildSummaries matches jobs with users and returns a summary for each user with a match, in the order of users.
func buildSummaries(app core.App, jobs, users []string) ([]*summary, error) {
	audience, err := match.NewAudience(app, users)
	if err != nil {
		return nil, err
	}
	found, err := instantHits(app, jobs, audience.Users())
	if err != nil {
		return nil, err
	}
	byUser := map[string]*summary{}
	add := func(user string, hit summaryHit) {
		if byUser[user] == nil {
			byUser[user] = &summary{user: user}
		}
		byUser[user].add(hit)
	}
	for ids := range slices.Chunk(jobs, roundJobBatch) {
		applied, err := applicantsOf(app, ids)
		if err != nil {
			return nil, err
		}
		chunk, err := match.PublishedJobs(app, ids)
		if err != nil {
			return nil, err
		}
		for _, job := range chunk {
			seen := applied[job.ID] // who needs no notification of this job
			for _, hit := range slices.Concat(audience.Matches(job), found[job.ID]) {
				if !slices.Contains(seen, hit.ID) {
					seen = append(seen, hit.ID)
					add(hit.ID, summaryHit{job.ID, hit.Score, hit.Reasons})
				}
			}
		}
	}
	summaries := make([]*summary, 0, len(byUser))
	for _, s := range byUser {
		summaries = append(summaries, s)
	}
	slices.SortFunc(summaries, func(a, b *summary) int { return cmp.Compare(a.user, b.user) })
	return summaries, nil
}

// applicantsOf returns the applicants of jobs, by job.
func applicantsOf(app core.App, jobs []string) (map[string][]string, error) {
	list, err := json.Marshal(jobs)
	if err != nil {
		return nil, fmt.Errorf("encode job ids: %w", err)
	}
	var rows []struct{ Job, Seeker string }
	err = app.DB().NewQuery(`SELECT a.job, a.seeker FROM json_each({:ids}) wanted CROSS JOIN {{applications}} a ON a.job = wanted.value`).
		Bind(dbx.Params{"ids": string(list)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("find the applicants of the jobs of an import: %w", err)
	}
	applied := map[string][]string{}
	for _, row := range rows {
		applied[row.Job] = append(applied[row.Job], row.Seeker)
	}
	return applied, nil
}

// instantHits runs the instant searches of users on jobs and returns, by job, the searches that found it.
func instantHits(app core.App, jobs, users []string) (map[string][]match.Hit, error) {
	list, err := json.Marshal(users)
	if err != nil {
		return nil, fmt.Errorf("encode user ids: %w", err)
	}
	var searches []savedSearch
	err = app.DB().NewQuery(`
		SELECT s.id, s.seeker, s.name, s.query FROM json_each({:ids}) wanted
		CROSS JOIN {{saved_searches}} s INDEXED BY [[idx_saved_searches_seeker]] ON s.seeker = wanted.value AND s.frequency = 'instant'
		ORDER BY s.id`).Bind(dbx.Params{"ids": string(list)}).All(&searches)
	if err != nil {
		return nil, fmt.Errorf("read the instant searches of %d people: %w", len(users), err)
	}
	if len(searches) == 0 {
		return nil, nil
	}
	board, err := search.For(app, search.Jobs)
	if err != nil {
		return nil, err
	}
	among := make(map[string]bool, len(jobs))
	for _, job := range jobs {
		among[job] = true
	}
	found := map[string][]match.Hit{}
	for _, one := range searches {
		query, ok := one.parse(app)
		if !ok {
			continue
		}
		query.IDs, query.Limit, query.Facets, query.NoSpelling = among, engine.MaxLimit, nil, true
		result, err := board.SearchUpToDate(query)
		if err != nil {
			return nil, fmt.Errorf("run saved search %s: %w", one.ID, err)
		}
		for _, hit := range result.Hits {
			found[hit.ID] = append(found[hit.ID], searchHit(one))
		}
	}
	return found, nil
}

// writeSummaries writes summaries and the progress of the round in one transaction. It returns false if another process was faster.
func (r round) writeSummaries(app core.App, summaries []*summary, cursor string) (ours bool, err error) {
	recipients, err := summaryRecipients(app, summaries)
	if err != nil {
		return false, err
	}
	source := sha256.Sum256([]byte(r.Batch))
	err = app.RunInTransaction(func(tx core.App) error {
		result, err := tx.NonconcurrentDB().Update("fanout_rounds", dbx.Params{"cursor": cursor}, r.unchanged()).Execute()
		if err != nil {
			return fmt.Errorf("store the progress of an import's round: %w", err)
		}
		moved, err := result.RowsAffected()
		if err != nil || moved == 0 {
			return err
		}
		ours = true
		return notify.WriteEach(tx, notify.Notification{
			Kind:   collections.KindJobPublished,
			Title:  "New jobs that fit you",
			Dedupe: fmt.Sprintf("job_published:%x:%s", source[:8], r.Began),
		}, recipients)
	})
	return ours, err
}

func (r round) unchanged() dbx.Expression {
	return dbx.HashExp{"batch": r.Batch, "began": r.Began, "cursor": r.Cursor, "open": 1}
}

// summaryRecipients renders summaries. A summary of a single job reads as if the job had been published by hand.
func summaryRecipients(app core.App, summaries []*summary) ([]notify.Recipient, error) {
	var ids []string
	for _, s := range summaries {
		for _, hit := range s.best {
			ids = append(ids, hit.job)
		}
	}
	slices.Sort(ids)
	jobs, err := readHits(app, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]jobHit, len(jobs))
	for _, job := range jobs {
		byID[job.ID] = job
	}
	var recipients []notify.Recipient
	for _, s := range summaries {
		var lines, named []string
		for _, best := range s.best {
			if job, ok := byID[best.job]; ok { // not deleted meanwhile
				lines = append(lines, fmt.Sprintf("%s, %s", job.Title, job.Company))
				named = append(named, job.ID)
			}
		}
		if len(named) == 0 {
			continue
		}
		recipient := notify.Recipient{
			User: s.user, Title: fmt.Sprintf("%d new jobs that fit you", s.count), Data: map[string]any{"jobs": named, "count": s.count},
		}
		if s.count == 1 {
			job := byID[named[0]]
			recipient.Title = collections.Truncate(fmt.Sprintf("New job: %s at %s", job.Title, job.Company),
				collections.MaxNotificationTitle)
			recipient.Data["job"], recipient.Data["employer"], recipient.Data["score"] = job.ID, job.Employer, s.best[0].score
			lines = reasonLines(s.best[0].reasons)
		} else if more := s.count - len(lines); more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", more))
		}
		recipient.Body = collections.Truncate(strings.Join(lines, "\n"), collections.MaxNotificationBody)
		recipients = append(recipients, recipient)
	}
	return recipients, nil
}

// finish deletes the jobs of the round in small steps and then closes it.
func (r round) finish(app core.App) error {
	for {
		result, err := app.NonconcurrentDB().NewQuery(`DELETE FROM {{fanouts}} WHERE job IN (
			SELECT job FROM {{fanouts}} WHERE batch = {:batch} AND queued < {:began} LIMIT {:limit})`).
			Bind(dbx.Params{"batch": r.Batch, "began": r.Began, "limit": deleteBatch}).Execute()
		if err != nil {
			return fmt.Errorf("delete the jobs of an import: %w", err)
		}
		gone, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("delete the jobs of an import: %w", err)
		}
		if gone < deleteBatch {
			return r.close(app)
		}
	}
}

func (r round) close(app core.App) error {
	_, err := app.NonconcurrentDB().Update("fanout_rounds", dbx.Params{"open": 0}, dbx.HashExp{"batch": r.Batch, "began": r.Began}).
		Execute()
	if err != nil {
		return fmt.Errorf("close the round of an import: %w", err)
	}
	return nil
}
