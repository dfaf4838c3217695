package jobalerts_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/jobalerts"
	"jobboard/internal/match"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// BenchmarkFanOut measures notifying 100,000 seekers of one job, and its cost for those who read and apply over HTTP: their times before
// and during the fan-out, in one run. A step is the longest that others wait for the database.
func BenchmarkFanOut(b *testing.B) {
	const n = 100_000
	board := testapp.NewBoard(b, hooks.Bind, bindJobAlerts, testapp.With(realtime.Bind, realtime.DefaultOptions()), api.Bind)
	testapp.SeedSeekers(b, board.TestApp, n, "python")
	employer, _ := board.Employer("Acme")
	var jobs []*core.Record
	for i := range 40 {
		jobs = append(jobs, board.Job(employer, fmt.Sprintf("Baker %d", i)))
	}
	var tokens []string
	for i := range 50 {
		tokens = append(tokens, board.Token(board.Seeker(fmt.Sprintf("applicant%d", i))))
	}
	url := board.Serve() // starts the worker too
	waitForFanOuts(b, board)

	call := func(method, path, token, body string, want int) time.Duration {
		request, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Authorization", token)
		request.Header.Set("Content-Type", "application/json")
		began := time.Now()
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if answer.StatusCode != want {
			b.Fatalf("%s %s: status %d", method, path, answer.StatusCode)
		}
		return time.Since(began)
	}
	applied := 0
	load := func(over func() bool) (reads, applies []time.Duration) {
		for !over() && applied < len(jobs)*len(tokens) {
			job, token := jobs[applied%len(jobs)], tokens[applied/len(jobs)]
			applied++
			reads = append(reads, call("GET", "/api/jobs/"+job.Id+"/", token, "", http.StatusOK))
			applies = append(applies, call("POST", "/api/jobs/"+job.Id+"/applications/", token, "{}", http.StatusCreated))
			time.Sleep(5 * time.Millisecond)
		}
		slices.Sort(reads)
		slices.Sort(applies)
		return reads, applies
	}
	readsBefore, appliesBefore := load(func() bool { return applied == 500 })
	began := time.Now()
	board.Job(employer, "Developer", map[string]any{"skills": []string{"python"}})
	var took time.Duration
	reads, applies := load(func() bool {
		if fanOutsWaiting(b, board) > 0 {
			return false
		}
		took = time.Since(began)
		return true
	})
	if took == 0 {
		waitForFanOuts(b, board)
		took = time.Since(began)
	}
	b.ReportMetric(float64(len(applies)), "calls-during")
	b.ReportMetric(n/took.Seconds(), "notifications/s")
	report := func(name string, before, during []time.Duration) {
		ms := func(list []time.Duration, share int) float64 {
			return float64(list[len(list)*share/100].Microseconds()) / 1000
		}
		for _, share := range []int{50, 99} {
			b.ReportMetric(ms(before, share), fmt.Sprintf("%s-p%d-ms", name, share))
			b.ReportMetric(ms(during, share), fmt.Sprintf("%s-p%d-ms-during", name, share))
		}
	}
	report("read", readsBefore, reads)
	report("apply", appliesBefore, applies)
}

// BenchmarkFanOutStep is one step of notifying 100,000 seekers: an upper bound of how long it blocks other writers.
func BenchmarkFanOutStep(b *testing.B) {
	board := testapp.NewBoard(b, hooks.Bind)
	testapp.SeedSeekers(b, board.TestApp, 100_000, "python")
	employer, _ := board.Employer("Acme")
	var steps []time.Duration
	for b.Loop() {
		if fanOutsWaiting(b, board) == 0 {
			b.StopTimer()
			board.Job(employer, "Developer", map[string]any{"skills": []string{"python"}})
			b.StartTimer()
		}
		began := time.Now()
		if _, err := jobalerts.FanOutStep(board.TestApp); err != nil {
			b.Fatal(err)
		}
		steps = append(steps, time.Since(began))
	}
	slices.Sort(steps)
	b.ReportMetric(float64(steps[len(steps)*99/100].Microseconds())/1000, "p99-ms")
}

func fanOutsWaiting(b *testing.B, board *testapp.Board) (waiting int) {
	b.Helper()
	if err := board.DB().NewQuery("SELECT COUNT(*) FROM fanouts").Row(&waiting); err != nil {
		b.Fatal(err)
	}
	return waiting
}

func waitForFanOuts(b *testing.B, board *testapp.Board) {
	b.Helper()
	for range 6_000 {
		if fanOutsWaiting(b, board) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("the seekers are not notified in two minutes")
}

// BenchmarkSeekersOfAJob finds the 500 seekers of a rare skill among many others.
func BenchmarkSeekersOfAJob(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("seekers=%d", n), func(b *testing.B) {
			board := testapp.NewBoard(b, hooks.Bind)
			testapp.SeedSeekers(b, board.TestApp, 500, "cobol")
			testapp.SeedSeekers(b, board.TestApp, n-500, "python")
			job := match.Job{ID: "j", Skills: []string{"cobol"}, JobType: "full_time", Workplace: "remote"}
			for b.Loop() {
				if hits, _, err := match.Seekers(board.TestApp, job, "", 500); err != nil || len(hits) != 500 {
					b.Fatal(len(hits), err)
				}
			}
		})
	}
}
