package notify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/match"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

// BenchmarkFanOut measures telling 100,000 seekers of one job, and reads and applications before and beside it.
func BenchmarkFanOut(b *testing.B) {
	const n = 100_000
	board := testapp.NewBoard(b, hooks.Bind)
	seedSkilled(b, board.TestApp, n, "python")
	employer, _ := board.Employer("Acme")
	other := board.Job(employer, "Baker")
	var seekers []*core.Record
	for i := range 400 {
		seekers = append(seekers, board.Seeker("applicant"+string(rune('a'+i%26))+string(rune('a'+i/26))))
	}
	collection, err := board.FindCollectionByNameOrId(collections.Applications)
	if err != nil {
		b.Fatal(err)
	}
	next := 0
	load := func() (read, apply time.Duration) {
		var reads, applies []time.Duration
		for range 200 {
			began := time.Now()
			if _, err := board.FindRecordById(collections.Jobs, other.Id); err != nil {
				b.Fatal(err)
			}
			reads = append(reads, time.Since(began))
			application := core.NewRecord(collection)
			application.Set("job", other.Id)
			application.Set("seeker", seekers[next].Id)
			next++
			began = time.Now()
			if err := board.Save(application); err != nil {
				b.Fatal(err)
			}
			applies = append(applies, time.Since(began))
			time.Sleep(5 * time.Millisecond)
		}
		p99 := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)*99/100] }
		return p99(reads), p99(applies)
	}
	tell(b, board.TestApp) // of the baker
	readBefore, applyBefore := load()
	board.Job(employer, "Developer", map[string]any{"skills": []string{"python"}})
	done := make(chan time.Duration)
	go func() {
		began := time.Now()
		for {
			step := time.Now()
			more, err := notify.FanOutStep(board.TestApp)
			if err != nil || !more {
				done <- time.Since(began)
				return
			}
			time.Sleep(time.Since(step)) // as the worker does
		}
	}()
	readDuring, applyDuring := load()
	took := <-done
	b.ReportMetric(n/took.Seconds(), "notices/s")
	b.ReportMetric(float64(readBefore.Microseconds())/1000, "read-p99-ms")
	b.ReportMetric(float64(readDuring.Microseconds())/1000, "read-p99-ms-during")
	b.ReportMetric(float64(applyBefore.Microseconds())/1000, "apply-p99-ms")
	b.ReportMetric(float64(applyDuring.Microseconds())/1000, "apply-p99-ms-during")
}

// BenchmarkSeekersOfAJob finds the 500 seekers of a rare skill among many others.
func BenchmarkSeekersOfAJob(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("seekers=%d", n), func(b *testing.B) {
			board := testapp.NewBoard(b, hooks.Bind)
			seedSkilled(b, board.TestApp, 500, "cobol")
			seedSkilled(b, board.TestApp, n-500, "python")
			job := match.Job{ID: "j", Skills: []string{"cobol"}, JobType: "full_time", Workplace: "remote"}
			for b.Loop() {
				if hits, _, err := match.Seekers(board.TestApp, job, "", 500); err != nil || len(hits) != 500 {
					b.Fatal(len(hits), err)
				}
			}
		})
	}
}
