package notify_test

import (
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// BenchmarkClosing closes a job with many live applicants, who are notified in the same transaction, which blocks other writers.
func BenchmarkClosing(b *testing.B) {
	for _, applicants := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("applicants=%d", applicants), func(b *testing.B) {
			board := testapp.NewBoard(b, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()))
			testapp.SeedSeekers(b, board.TestApp, applicants, "python")
			employer, _ := board.Employer("Acme")
			job := board.Job(employer, "Baker")
			run := func(query string) {
				if _, err := board.NonconcurrentDB().NewQuery(query).Bind(dbx.Params{"job": job.Id}).Execute(); err != nil {
					b.Fatal(err)
				}
			}
			run(`INSERT INTO applications (job, seeker, status) SELECT {:job}, id, 'submitted' FROM users WHERE role = 'job_seeker'`)
			for b.Loop() {
				board.Update(job, map[string]any{"status": "closed"})
				b.StopTimer()
				if notified := len(testapp.NotifiedUsers(b, board.TestApp, "job_closed")); notified != applicants {
					b.Fatalf("%d are notified", notified)
				}
				run("DELETE FROM notifications WHERE {:job} != ''")
				board.Update(job, map[string]any{"status": "published"})
				b.StartTimer()
			}
		})
	}
}
