package match_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/match"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// BenchmarkMatching weighs people for a job, and jobs for a person and like a job, among more and more of both. One in ten
// shares a skill; all share the job type.
func BenchmarkMatching(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("each=%d", n), func(b *testing.B) {
			board := testapp.NewBoard(b, hooks.Bind, testapp.With(search.Bind, search.Options{}))
			employer, _ := board.Employer("Acme")
			job := board.Job(employer, "Payroll Clerk", map[string]any{"skills": []string{"skill 3", "skill 14"}})
			seed(b, board.TestApp, employer.Id, n)
			seeker := board.Seeker("ann")
			profile, err := board.FindFirstRecordByData("job_seekers", "user", seeker.Id)
			if err != nil {
				b.Fatal(err)
			}
			board.Update(profile, map[string]any{"skills": []string{"skill 3", "skill 14"}, "preferredJobTypes": []string{"full_time"}})
			for _, kind := range search.Kinds() {
				index, err := search.For(board.TestApp, kind)
				if err != nil {
					b.Fatal(err)
				}
				for range 600 {
					if _, err = index.SearchUpToDate(engine.Query{Scope: engine.Everything()}); err == nil {
						break
					}
					time.Sleep(500 * time.Millisecond)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			known, err := match.JobOf(board.TestApp, board.Reload(job))
			if err != nil {
				b.Fatal(err)
			}
			run := func(name string, find func() ([]match.Hit, error)) {
				b.Run(name, func(b *testing.B) {
					hits := 0
					for b.Loop() {
						found, err := find()
						if err != nil {
							b.Fatal(err)
						}
						hits = len(found)
					}
					b.ReportMetric(float64(hits), "hits")
				})
			}
			run("candidates", func() ([]match.Hit, error) {
				return match.Candidates(board.TestApp, known, engine.Query{Scope: search.AllCandidates()})
			})
			run("recommend", func() ([]match.Hit, error) { return match.Recommend(board.TestApp, seeker.Id) })
			run("similar", func() ([]match.Hit, error) { return match.Similar(board.TestApp, job, nil) })
			run("seekers", func() ([]match.Hit, error) {
				hits, _, err := match.Seekers(board.TestApp, known, "", 500)
				return hits, err
			})
		})
	}
}

// seed makes n seekers and n jobs by plain SQL.
func seed(b *testing.B, app core.App, employer string, n int) {
	b.Helper()
	err := app.RunInTransaction(func(tx core.App) error {
		for _, statement := range []string{`
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO users (id, email, name, role, password, tokenKey, emailNotifications)
			SELECT printf('seeker%09d', i), printf('s%d@example.com', i), 'Seeker', 'job_seeker', 'x', printf('key%d', i), '[]' FROM c`, `
			INSERT INTO job_seekers (id, user, skills, preferredJobTypes, visibility)
			SELECT id, id, json_array('skill ' || (rowid % 20), 'skill ' || (rowid % 31)), '["full_time"]', 'employers'
			FROM users WHERE id LIKE 'seeker%'`, `
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO jobs (id, employer, title, description, status, jobType, workplace, skills, publishedAt)
			SELECT printf('job%012d', i), {:employer}, 'Clerk ' || (i % 97), '<p>What you will do.</p>',
				'published', 'full_time', 'on_site',
				json_array('skill ' || (i % 20), 'skill ' || (i % 31)), datetime('now', '-' || (i % 1000) || ' hours') || '.000Z' FROM c`,
			`DELETE FROM fanouts WHERE {:n} > 0 AND {:employer} != ''`,
		} {
			if _, err := tx.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"n": n, "employer": employer}).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
