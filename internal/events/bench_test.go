package events_test

import (
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// BenchmarkWrites measures what an event adds to a write: saves of jobs through PocketBase, and rows as an import inserts them.
//
//	go test ./internal/events -run '^$' -bench Writes -benchtime 2s
func BenchmarkWrites(b *testing.B) {
	for _, with := range []string{"events", "none"} {
		board := testapp.NewBoard(b, hooks.Bind)
		acme, _ := board.Employer("Acme")
		if with == "none" {
			var names []string
			err := board.DB().NewQuery("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'events_on_%'").Column(&names)
			if err != nil {
				b.Fatal(err)
			}
			for _, name := range names {
				if _, err := board.NonconcurrentDB().NewQuery("DROP TRIGGER " + name).Execute(); err != nil {
					b.Fatal(err)
				}
			}
		}
		job := board.Reload(board.Job(acme, "Baker"))
		b.Run("update/"+with, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				job.Set("title", fmt.Sprint("Baker ", n))
				if err := board.Save(job); err != nil {
					b.Fatal(err)
				}
				job = board.Reload(job)
			}
		})
		n := 0
		b.Run("insert64/"+with, func(b *testing.B) {
			for b.Loop() {
				n++
				_, err := board.NonconcurrentDB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64)
					INSERT INTO jobs (id, employer, title, description, workplace, jobType, status)
					SELECT printf('j%010d%04d', {:n}, i), {:acme}, 'Job ' || i, hex(zeroblob(500)), 'remote', 'full_time', 'published' FROM n`).
					Bind(dbx.Params{"n": n, "acme": acme.Id}).Execute()
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
