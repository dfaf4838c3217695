package search

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// BenchmarkVisibleAfterCommit measures the time from a commit until the index has the change: after a save by this process,
// which wakes the follower, and after plain SQL, which does not.
func BenchmarkVisibleAfterCommit(b *testing.B) {
	app := testapp.NewBoard(b, slugs, testapp.With(Bind, Options{}))
	index := indexOf(b, app, Jobs)
	acme, _ := app.Employer("Acme")
	job := app.Job(acme, "Baker")
	for name, change := range map[string]func(title string){
		"saved": func(title string) { app.Update(job, map[string]any{"title": title}) },
		"sql": func(title string) {
			if _, err := app.DB().NewQuery("UPDATE jobs SET title = '" + title + "'").Execute(); err != nil {
				b.Fatal(err)
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				word := fmt.Sprintf("%sword%d", name, i)
				change(word)
				began := time.Now()
				q := engine.Query{Words: engine.Parse(index.Analyzer(), word+" "), Scope: engine.Everything(), NoSpelling: true}
				for {
					found, err := index.engine.Search(q)
					if err != nil {
						b.Fatal(err)
					}
					if found.Total == 1 {
						break
					}
					time.Sleep(100 * time.Microsecond)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
