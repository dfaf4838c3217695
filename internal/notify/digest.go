package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/match"
	"jobboard/internal/workflow"
)

const (
	digestBatch = 200    // searches due that one run looks at before it asks for more
	digestJobs  = 10     // jobs that a digest names; it counts the others
	digestScan  = 20_000 // newest jobs that a digest looks through
)

// savedSearch is what matters of a row of saved_searches.
type savedSearch struct{ ID, Seeker, Name, Query, Since string }

// answers tells whether a job answers the search. A query that can't be read answers nothing and is logged.
func (s savedSearch) answers(app core.App, document match.Document) bool {
	query, err := match.ParseQuery(s.Query)
	if err != nil {
		app.Logger().Warn("A saved search can't be read.", "search", s.ID, "error", err)
		return false
	}
	return query.Answers(document)
}

// sendDigests tells the owners of daily and weekly saved searches that are due what is new since the last digest. A search
// is due a day or a week after the last one, or after it was saved; where nothing is new it waits for the next day or week.
func sendDigests(app core.App) error {
	now := time.Now()
	for frequency, every := range map[string]time.Duration{"daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour} {
		due, err := types.ParseDateTime(now.Add(-every))
		if err != nil {
			return fmt.Errorf("find the time of the last digest: %w", err)
		}
		for {
			sent, err := sendDigestBatch(app, frequency, due.String())
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

func sendDigestBatch(app core.App, frequency, due string) (int, error) {
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
	until := types.NowDateTime().String()
	documents, err := newJobs(app, searches[0].Since, until)
	if err != nil {
		return 0, err
	}
	for _, search := range searches {
		if err := search.sendDigest(app, documents, until); err != nil {
			return 0, err
		}
	}
	return len(searches), nil
}

// newJobs reads the published jobs of a time span, newest first.
func newJobs(app core.App, since, until string) ([]match.Document, error) {
	records, err := app.FindRecordsByFilter(collections.Jobs,
		"status = {:published} && publishedAt > {:since} && publishedAt <= {:until}", "-publishedAt", digestScan, 0,
		dbx.Params{"published": workflow.Published, "since": since, "until": until})
	if err != nil {
		return nil, fmt.Errorf("find the new jobs: %w", err)
	}
	return match.DocumentsOf(app, records)
}

// sendDigest writes the digest and the time it was sent in one transaction, so that each hit is in one digest alone.
func (s savedSearch) sendDigest(app core.App, documents []match.Document, until string) error {
	var hits []match.Document
	for _, document := range documents {
		if document.PublishedAt > s.Since && s.answers(app, document) {
			hits = append(hits, document)
		}
	}
	return app.RunInTransaction(func(tx core.App) error {
		_, err := tx.NonconcurrentDB().Update(collections.SavedSearches, dbx.Params{"lastSentAt": until}, dbx.HashExp{"id": s.ID}).Execute()
		if err != nil {
			return fmt.Errorf("note the digest of search %s: %w", s.ID, err)
		}
		if len(hits) == 0 {
			return nil
		}
		var lines, jobs []string
		for _, hit := range hits[:min(digestJobs, len(hits))] {
			lines = append(lines, fmt.Sprintf("%s, %s", hit.Title, hit.Company))
			jobs = append(jobs, hit.ID)
		}
		if more := len(hits) - len(lines); more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", more))
		}
		title := fmt.Sprintf("%d new jobs for “%s”", len(hits), s.Name)
		if len(hits) == 1 {
			title = fmt.Sprintf("1 new job for “%s”", s.Name)
		}
		return Write(tx, Notice{
			Kind:   collections.KindJobDigest,
			Title:  cut(title, 300),
			Body:   cut(strings.Join(lines, "\n"), 2_000),
			Data:   map[string]any{"search": s.ID, "jobs": jobs, "count": len(hits)},
			Dedupe: "job_digest:" + s.ID + ":" + until,
		}, s.Seeker)
	})
}
