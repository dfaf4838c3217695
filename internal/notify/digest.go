package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

const (
	digestBatch = 200 // searches due that one run looks at before it asks for more
	digestJobs  = 10  // jobs that a digest names; it counts the others
)

// savedSearch is what matters of a row of saved_searches.
type savedSearch struct{ ID, Seeker, Name, Query, Since string }

// parse reads the query. ok is false, and it is logged, for one that can't be read: it was stored around the hooks.
func (s savedSearch) parse(app core.App, board *search.Board) (query engine.Query, ok bool) {
	query, err := search.ParseSaved(board.Analyzer(), s.Query)
	if err != nil {
		app.Logger().Warn("A saved search can't be read.", "search", s.ID, "error", err)
	}
	return query, err == nil
}

// sendDigests tells the owners of daily and weekly saved searches that are due what is new since the last digest. A search
// is due a day or a week after the last one, or after it was saved; where nothing is new it waits for the next day or week.
func sendDigests(app core.App, now time.Time) error {
	until, err := allPublished(app, now)
	if err != nil {
		return err
	}
	for frequency, every := range map[string]time.Duration{"daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour} {
		due, err := types.ParseDateTime(now.Add(-every))
		if err != nil {
			return fmt.Errorf("find the time of the last digest: %w", err)
		}
		for {
			sent, err := sendDigestBatch(app, frequency, due.String(), until)
			if err != nil {
				return err
			}
			if sent < digestBatch {
				break
			}
		}
	}
	return nil
}

// allPublished returns now as a time before which no job will be published any more: a job gets its time in the transaction
// that publishes it, and no other can be under way in this one.
func allPublished(app core.App, now time.Time) (types.DateTime, error) {
	began := time.Now()
	var until types.DateTime
	err := app.RunInTransaction(func(core.App) error {
		var err error
		until, err = types.ParseDateTime(now.Add(time.Since(began)))
		return err
	})
	if err != nil {
		return until, fmt.Errorf("wait for the jobs that are being published: %w", err)
	}
	return until, nil
}

func sendDigestBatch(app core.App, frequency, due string, until types.DateTime) (int, error) {
	var searches []savedSearch
	err := app.DB().NewQuery(`
		SELECT id, seeker, name, query, iif([[lastSentAt]] = '', created, [[lastSentAt]]) AS since FROM {{saved_searches}}
		WHERE frequency = {:frequency} AND iif([[lastSentAt]] = '', created, [[lastSentAt]]) <= {:due}
		ORDER BY since LIMIT {:limit}`).
		Bind(dbx.Params{"frequency": frequency, "due": due, "limit": digestBatch}).All(&searches)
	if err != nil {
		return 0, fmt.Errorf("find the saved searches that are due: %w", err)
	}
	if len(searches) == 0 {
		return 0, nil
	}
	board, err := search.For(app, search.Jobs)
	if err != nil {
		return 0, err
	}
	for _, one := range searches {
		if err := one.sendDigest(app, board, until); err != nil {
			return 0, err
		}
	}
	return len(searches), nil
}

// newHits asks for the jobs that answer a search and were published after the last digest: the newest of them, and their
// number.
func (s savedSearch) newHits(app core.App, board *search.Board, until types.DateTime) ([]hit, int, error) {
	query, ok := s.parse(app, board)
	if !ok {
		return nil, 0, nil
	}
	since, err := types.ParseDateTime(s.Since)
	if err != nil {
		return nil, 0, fmt.Errorf("read when search %s was last sent: %w", s.ID, err)
	}
	query.Ranges = append(query.Ranges, engine.Range{Column: engine.ColumnPublished,
		Min: float64(since.Time().UnixMilli() + 1), Max: float64(until.Time().UnixMilli())})
	query.Sort, query.Limit, query.Facets, query.NoSpelling = engine.SortNewest, digestJobs, nil, true
	found, err := board.SearchWhole(query)
	if err != nil {
		return nil, 0, fmt.Errorf("find what is new for search %s: %w", s.ID, err)
	}
	ids := make([]string, len(found.Hits))
	for i, one := range found.Hits {
		ids[i] = one.ID
	}
	hits, err := readHits(app, ids)
	return hits, found.Total, err
}

// hit is a job as a digest shows it.
type hit struct{ ID, Title, Company string }

// readHits reads jobs, in the order of ids.
func readHits(app core.App, ids []string) ([]hit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode job ids: %w", err)
	}
	var hits []hit
	err = app.DB().NewQuery(`SELECT j.id, j.title, e.name AS company FROM json_each({:ids}) wanted
		CROSS JOIN {{jobs}} j ON j.id = wanted.value JOIN {{employers}} e ON e.id = j.employer ORDER BY wanted.key`).
		Bind(dbx.Params{"ids": string(list)}).All(&hits)
	if err != nil {
		return nil, fmt.Errorf("read the jobs of a digest: %w", err)
	}
	return hits, nil
}

// sendDigest writes the digest and the time it was sent in one transaction, so that each hit is in one digest alone.
func (s savedSearch) sendDigest(app core.App, board *search.Board, until types.DateTime) error {
	hits, total, err := s.newHits(app, board, until)
	if err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		result, err := tx.NonconcurrentDB().NewQuery(`UPDATE {{saved_searches}} SET [[lastSentAt]] = {:until}
			WHERE id = {:id} AND iif([[lastSentAt]] = '', created, [[lastSentAt]]) = {:since}`).
			Bind(dbx.Params{"until": until.String(), "id": s.ID, "since": s.Since}).Execute()
		if err != nil {
			return fmt.Errorf("note the digest of search %s: %w", s.ID, err)
		}
		ours, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("note the digest of search %s: %w", s.ID, err)
		}
		if ours == 0 || len(hits) == 0 { // another process was faster, or nothing is new
			return nil
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
		return Write(tx, Notice{
			Kind:   collections.KindJobDigest,
			Title:  cut(title, 300),
			Body:   cut(strings.Join(lines, "\n"), 2_000),
			Data:   map[string]any{"search": s.ID, "jobs": jobs, "count": total},
			Dedupe: "job_digest:" + s.ID + ":" + until.String(),
		}, s.Seeker)
	})
}
