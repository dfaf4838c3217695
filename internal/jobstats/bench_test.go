package jobstats

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/testapp"
)

const readers = 1_000 // of each of a hundred jobs

// fill counts a view of each reader.
func fill(event *core.RequestEvent, jobs []string) {
	for n := range readers {
		event.Request.RemoteAddr = fmt.Sprintf("10.0.%d.%d:80", n/250, n%250)
		for _, job := range jobs {
			CountView(event, job)
		}
	}
}

// BenchmarkCounting reports what a read pays for being counted, and what writing a second's views costs: of 100,000 readings by a thousand
// readers, those that fit.
func BenchmarkCounting(b *testing.B) {
	board := testapp.NewBoard(b, hooks.Bind, testapp.With(Bind, Options{}))
	employer, _ := board.Employer("Acme")
	var jobs []string
	for n := range 100 {
		jobs = append(jobs, board.Job(employer, fmt.Sprint("Job ", n)).Id)
	}
	event := &core.RequestEvent{App: board.TestApp}
	event.Request = httptest.NewRequest("GET", "/", nil)
	event.Request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	var counting, writing time.Duration
	for b.Loop() {
		began := time.Now()
		fill(event, jobs)
		counting += time.Since(began)
		began = time.Now()
		if err := Flush(board.TestApp); err != nil {
			b.Fatal(err)
		}
		writing += time.Since(began)
	}
	b.ReportMetric(float64(counting.Nanoseconds())/float64(b.N*readers*len(jobs)), "ns/view")
	b.ReportMetric(float64(writing.Microseconds())/float64(b.N)/1000, "ms/flush")
	b.ReportMetric(0, "ns/op")
}
