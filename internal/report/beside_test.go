package report_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/realtime"
	"jobboard/internal/report"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// BenchmarkRequestsBesideReports measures what reports cost everybody else, over HTTP on a year of 100,000 applications:
// three clients list jobs, search and move applications at a steady pace, first alone, then while two reports that were asked for
// at once are made. It prints the median and the 99th percentile of each before and during, and their ratios; ns/op is how long
// the two take. "wal-MB" is the write-ahead log at the end, which the reports' read transactions keep from being emptied.
func BenchmarkRequestsBesideReports(b *testing.B) {
	board := testapp.NewBoard(b, hooks.Bind, testapp.With(search.Bind, search.Options{}),
		testapp.With(realtime.Bind, realtime.DefaultOptions()), api.Bind)
	report.FillBusyYear(b, board.TestApp)
	employer, _ := board.Employer("Acme")
	var moved []string
	for i := range 40 {
		job := board.Job(employer, fmt.Sprintf("Developer %d", i))
		moved = append(moved, fmt.Sprintf("/api/jobs/%s/applications/%s/status/", job.Id,
			board.Application(board.Seeker(fmt.Sprintf("seeker%d", i)), job).Id))
	}
	clients := &clients{b: b, url: board.Serve(), token: board.Token(board.Admin("ada")), moved: moved}
	for strings.Contains(clients.get("/api/jobs/search/?q=developer"), `"totalItems":0`) {
		time.Sleep(100 * time.Millisecond) // until the index has them
	}

	clients.come(func() { time.Sleep(5 * time.Second) }) // the index settles, and caches fill

	if _, err := board.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute(); err != nil {
		b.Fatal(err)
	}
	const period = `"from": "2026-01-01", "to": "2026-12-31"`
	for _, pair := range [][2]string{
		{"applications.pdf", "users.pdf"}, {"jobs.pdf", "performance.pdf"},
		{"applications.csv", "users.csv"}, {"jobs.csv", "performance.csv"}, {"summary", "summary"},
	} {
		b.Run(pair[0]+" and "+pair[1], func(b *testing.B) {
			clients.b = b
			before := clients.come(func() { time.Sleep(5 * time.Second) })
			b.ResetTimer()
			during := clients.come(func() {
				for b.Loop() {
					var both sync.WaitGroup
					for _, one := range pair {
						both.Go(func() {
							kind, format, isReport := strings.Cut(one, ".")
							if !isReport {
								clients.get("/api/reports/summary/?from=2026-01-01&to=2026-12-31")
								return
							}
							clients.call("POST", "/api/reports/", fmt.Sprintf(`{"kind": %q, "format": %q, %s}`, kind, format, period))
						})
					}
					both.Wait()
					waitForReports(b, board)
				}
			})
			b.StopTimer()
			for _, name := range []string{"list", "search", "move"} {
				for _, share := range []int{50, 99} {
					alone, beside := percentile(before[name], share), percentile(during[name], share)
					b.ReportMetric(alone, fmt.Sprintf("%s-p%d-ms", name, share))
					b.ReportMetric(beside, fmt.Sprintf("%s-p%d-ms-during", name, share))
					b.ReportMetric(beside/alone, fmt.Sprintf("%s-p%d-ratio", name, share))
				}
			}
			b.ReportMetric(float64(len(during["list"])), "lists-during")
			if wal, err := os.Stat(filepath.Join(board.DataDir(), "data.db-wal")); err == nil {
				b.ReportMetric(float64(wal.Size())/1e6, "wal-MB")
			}
		})
	}
	if failed, err := board.CountRecords(collections.Reports, dbx.HashExp{"status": collections.ReportFailed}); err != nil || failed > 0 {
		b.Fatalf("%d reports failed (%v)", failed, err)
	}
}

// clients is clients that use the board over HTTP, each pausing 20 ms between two calls.
type clients struct {
	b          *testing.B
	url, token string
	moved      []string // paths of applications that are moved to and fro
	moves      int
}

// come lets the clients call until meanwhile returns; it returns the durations of their calls by kind.
func (v *clients) come(meanwhile func()) map[string][]time.Duration {
	var over atomic.Bool
	var visits sync.WaitGroup
	var lock sync.Mutex
	took := map[string][]time.Duration{}
	queries := []string{"nurse", "cook remote", "drivr", "baker 12"}
	for name, visit := range map[string]func(i int){
		"list": func(i int) { v.get(fmt.Sprintf("/api/jobs/?page=%d", i%20+1)) },
		"search": func(i int) {
			v.get("/api/jobs/search/?facets=jobType&q=" + strings.ReplaceAll(queries[i%len(queries)], " ", "+"))
		},
		"move": func(int) {
			path := v.moved[v.moves%len(v.moved)]
			to := []string{"in_review", "shortlisted"}[v.moves/len(v.moved)%2]
			v.moves++
			v.call("PATCH", path, `{"status": "`+to+`"}`)
		},
	} {
		visits.Go(func() {
			var mine []time.Duration
			for i := 0; !over.Load(); i++ {
				began := time.Now()
				visit(i)
				mine = append(mine, time.Since(began))
				time.Sleep(20 * time.Millisecond)
			}
			lock.Lock()
			defer lock.Unlock()
			took[name] = mine
		})
	}
	meanwhile()
	over.Store(true)
	visits.Wait()
	return took
}

func (v *clients) get(path string) string { return v.call("GET", path, "") }

func (v *clients) call(method, path, body string) string {
	request, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	if err != nil {
		v.b.Error(err)
		return ""
	}
	request.Header.Set("Authorization", v.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		v.b.Error(err)
		return ""
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode > 202 {
		v.b.Errorf("%s %s: %d %s (%v)", method, path, answer.StatusCode, raw, err)
	}
	return string(raw)
}

func waitForReports(b *testing.B, board *testapp.Board) {
	for {
		waiting, err := board.CountRecords(collections.Reports,
			dbx.HashExp{"status": []any{collections.ReportPending, collections.ReportRunning}})
		if err != nil {
			b.Error(err)
			return
		}
		if waiting == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// percentile returns a percentile in milliseconds.
func percentile(took []time.Duration, share int) float64 {
	slices.Sort(took)
	return float64(took[len(took)*share/100].Microseconds()) / 1000
}
