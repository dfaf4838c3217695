package jobalerts

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/notify"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

const (
	digestBatch      = 200 // due searches that are read at once
	digestJobs       = 10  // jobs that a digest names; it counts the others
	digestsPerSeeker = 20  // searches of one seeker after which it is other seekers' turn
)

// savedSearch is a row of saved_searches, as far as alerts need it.
type savedSearch struct {
	ID, Seeker, Name, Query string
	Sent                    string // when the last digest was sent, or the search was saved
	Position                int64  // the last publication that its digests have passed
	Wanted                  bool   // its owner is a seeker, and active
}

// parse returns the query. An invalid one, which was stored by passing the hooks, is logged, and ok is false.
func (s savedSearch) parse(app core.App) (query engine.Query, ok bool) {
	parser, err := search.ParserOf(app)
	if err != nil {
		app.Logger().Error("Saved searches can't be parsed.", "error", err)
		return query, false
	}
	parsed, err := parser.Saved(s.Query)
	if err != nil {
		app.Logger().Warn("A saved search can't be parsed.", "search", s.ID, "error", err)
	}
	return parsed.Query, err == nil
}

// digestRun sends what is due at one time.
type digestRun struct {
	app    core.App
	board  *search.Index
	sent   string // when, for saved_searches.lastSentAt
	window *window
}

// sendDigests notifies the owners of due daily and weekly saved searches of what became visible on the board since the last digest. A
// search is due a day or a week after its last digest, or after it was saved. If nothing is new, it is due again a day or a week later.
func sendDigests(app core.App, now time.Time) error {
	last, err := lastPublication(app)
	if err != nil {
		return err
	}
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	var due []string
	err = app.DB().NewQuery(`
		SELECT s.id FROM {{saved_searches}} s JOIN {{digest_positions}} p ON p.search = s.id
		WHERE iif(s.[[lastSentAt]] = '', s.created, s.[[lastSentAt]]) <=
			CASE s.frequency WHEN 'daily' THEN {:day} WHEN 'weekly' THEN {:week} END
		ORDER BY (row_number() OVER (PARTITION BY s.seeker ORDER BY p.seq DESC, s.id) - 1) / {:turn}, p.seq DESC, s.id`).
		Bind(dbx.Params{
			"turn": digestsPerSeeker, "day": clock.Add(-24 * time.Hour).String(), "week": clock.Add(-7 * 24 * time.Hour).String(),
		}).Column(&due)
	if err != nil {
		return fmt.Errorf("find the saved searches that are due: %w", err)
	}
	if len(due) > 0 {
		board, err := search.For(app, search.Jobs)
		if err != nil {
			return err
		}
		run := digestRun{app: app, board: board, sent: wholeMinute(clock), window: &window{until: last}}
		var failed []error
		for ids := range slices.Chunk(due, digestBatch) {
			err := run.sendAll(ids)
			if err != nil {
				failed = append(failed, err) // the others go on
			}
			if errors.Is(err, search.ErrBehind) {
				break // all of them, and the next run begins here
			}
		}
		if len(failed) > 0 {
			return errors.Join(failed...)
		}
	}
	return prunePublications(app, last)
}

// wholeMinute returns the time without seconds: with them, a digest would often be sent one run later each day.
func wholeMinute(now types.DateTime) string {
	return now.Time().Truncate(time.Minute).Format(types.DefaultDateLayout)
}

// sendAll sends the digests of due searches.
func (r digestRun) sendAll(ids []string) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("encode search ids: %w", err)
	}
	var searches []savedSearch
	err = r.app.DB().NewQuery(`
		SELECT s.id, s.seeker, s.name, s.query, iif(s.[[lastSentAt]] = '', s.created, s.[[lastSentAt]]) AS sent, p.seq AS position,
			EXISTS (SELECT 1 FROM {{users}} u WHERE u.id = s.seeker AND u.role = {:role} AND u.[[deactivatedAt]] = '') AS wanted
		FROM json_each({:ids}) due CROSS JOIN {{saved_searches}} s INDEXED BY [[sqlite_autoindex_saved_searches_1]] ON s.id = due.value
		CROSS JOIN {{digest_positions}} p ON p.search = s.id ORDER BY due.key`).
		Bind(dbx.Params{"ids": string(list), "role": collections.RoleJobSeeker}).All(&searches)
	if err != nil {
		return fmt.Errorf("read the saved searches that are due: %w", err)
	}
	applied, err := r.appliedTo(searches)
	if err != nil {
		return err
	}
	var failed []error
	for _, one := range searches {
		hits, total, err := r.newHits(one, applied[one.Seeker])
		if err == nil {
			err = r.send(one, hits, total)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("send the digest of search %s: %w", one.ID, err))
		}
		if errors.Is(err, search.ErrBehind) {
			break
		}
	}
	return errors.Join(failed...)
}

// appliedTo returns the jobs that the owners of searches have applied to, which digests leave out.
func (r digestRun) appliedTo(searches []savedSearch) (map[string][]string, error) {
	seekers := make([]any, len(searches))
	for i, one := range searches {
		seekers[i] = one.Seeker
	}
	var rows []struct{ Seeker, Job string }
	err := r.app.DB().Select("seeker", "job").From(collections.Applications).Where(dbx.In("seeker", seekers...)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("find the applications of the owners of saved searches: %w", err)
	}
	applied := map[string][]string{}
	for _, row := range rows {
		applied[row.Seeker] = append(applied[row.Seeker], row.Job)
	}
	return applied, nil
}

// newHits returns the newest jobs that match a search and were published since its last digest, and the number of all such jobs. Jobs
// that the owner has applied to are left out.
func (r digestRun) newHits(s savedSearch, applied []string) ([]jobHit, int, error) {
	published, err := r.window.after(r.app, s.Position)
	if err != nil {
		return nil, 0, err
	}
	if slices.ContainsFunc(applied, func(job string) bool { return published[job] }) {
		published = maps.Clone(published)
		for _, job := range applied {
			delete(published, job)
		}
	}
	if len(published) == 0 || !s.Wanted {
		return nil, 0, nil
	}
	query, ok := s.parse(r.app)
	if !ok {
		return nil, 0, nil
	}
	query.IDs = published
	query.Sort, query.Limit, query.Facets, query.NoSpelling = engine.SortNewest, digestJobs, nil, true
	found, err := r.board.SearchUpToDate(query)
	if err != nil {
		return nil, 0, fmt.Errorf("find what is new: %w", err)
	}
	if found.Total == 0 {
		return nil, 0, nil
	}
	ids := make([]string, len(found.Hits))
	for i, one := range found.Hits {
		ids[i] = one.ID
	}
	hits, err := readHits(r.app, ids)
	return hits, found.Total, err
}

// jobHit is a job as a digest or a summary shows it.
type jobHit struct{ ID, Title, Employer, Company string }

// readHits returns jobs in the order of ids.
func readHits(app core.App, ids []string) ([]jobHit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode job ids: %w", err)
	}
	var hits []jobHit
	err = app.DB().NewQuery(`SELECT j.id, j.title, j.employer, e.name AS company FROM json_each({:ids}) wanted
		CROSS JOIN {{jobs}} j INDEXED BY [[sqlite_autoindex_jobs_1]] ON j.id = wanted.value
		CROSS JOIN {{employers}} e INDEXED BY [[sqlite_autoindex_employers_1]] ON e.id = j.employer ORDER BY wanted.key`).
		Bind(dbx.Params{"ids": string(list)}).All(&hits)
	if err != nil {
		return nil, fmt.Errorf("read the jobs of an alert: %w", err)
	}
	return hits, nil
}

// send writes the digest and its position in one transaction, so that each hit is in only one digest.
func (r digestRun) send(s savedSearch, hits []jobHit, total int) error {
	return r.app.RunInTransaction(func(tx core.App) error {
		ours, err := r.claim(tx, s)
		if err != nil || !ours || len(hits) == 0 {
			return err
		}
		var lines, jobs []string
		for _, hit := range hits {
			lines = append(lines, fmt.Sprintf("%s, %s", hit.Title, hit.Company))
			jobs = append(jobs, hit.ID)
		}
		if more := total - len(lines); more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", more))
		}
		title := fmt.Sprintf("%d new jobs for “%s”", total, s.Name)
		if total == 1 {
			title = fmt.Sprintf("1 new job for “%s”", s.Name)
		}
		return notify.Write(tx, notify.Notification{
			Kind:   collections.KindJobDigest,
			Title:  collections.Truncate(title, collections.MaxNotificationTitle),
			Body:   collections.Truncate(strings.Join(lines, "\n"), collections.MaxNotificationBody),
			Data:   map[string]any{"search": s.ID, "jobs": jobs, "count": total},
			Dedupe: fmt.Sprintf("job_digest:%s:%d", s.ID, r.window.until),
		}, s.Seeker)
	})
}

// claim stores that the digests of a search have reached the end of the window. It returns false if the search has changed since it was
// read: another process was faster, or its digests were turned off or on.
func (r digestRun) claim(tx core.App, s savedSearch) (bool, error) {
	result, err := tx.NonconcurrentDB().NewQuery(`UPDATE {{saved_searches}} SET [[lastSentAt]] = {:now}
		WHERE id = {:id} AND frequency IN ('daily', 'weekly') AND iif([[lastSentAt]] = '', created, [[lastSentAt]]) = {:sent}
			AND EXISTS (SELECT 1 FROM {{digest_positions}} WHERE search = {:id} AND seq = {:position})`).
		Bind(dbx.Params{"now": r.sent, "id": s.ID, "sent": s.Sent, "position": s.Position}).Execute()
	if err != nil {
		return false, fmt.Errorf("store when the digest was sent: %w", err)
	}
	ours, err := result.RowsAffected()
	if err != nil || ours == 0 {
		return false, err
	}
	_, err = tx.NonconcurrentDB().NewQuery("UPDATE {{digest_positions}} SET seq = max(seq, {:until}) WHERE search = {:id}").
		Bind(dbx.Params{"until": r.window.until, "id": s.ID}).Execute()
	if err != nil {
		return false, fmt.Errorf("store the position of the digest: %w", err)
	}
	return true, nil
}
