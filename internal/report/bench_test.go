package report

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// size is the number of rows of a board with a year of data; one in ten users owns an employer, the others are job seekers.
type size struct{ users, employers, jobs, applications, events int }

// year is 2026.
var (
	yearBegins = newYear
	yearEnds   = newYear.AddDate(1, 0, 0).Add(-time.Millisecond)
)

func yearOf(b *testing.B, size size) core.App {
	b.Helper()
	app := testapp.New(b)
	fillYear(b, app, size)
	return app
}

// FillBusyYear fills a board with the year of 100,000 applications for the benchmarks over HTTP.
func FillBusyYear(b *testing.B, app core.App) { fillYear(b, app, busyYear) }

var busyYear = size{users: 50_000, employers: 5000, jobs: 10_000, applications: 100_000, events: 4}

// fillYear fills a board with 2026 by plain inserts. Every application has that many events, a day apart, and got as far.
func fillYear(b *testing.B, app core.App, size size) {
	b.Helper()
	const series = "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {:count}) "
	moment := func(prime int) string { // scattered, so that neither ids nor rows are in the order of time
		return fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', '2026-01-01', (n * %d %% 31104000) || ' seconds'", prime)
	}
	last := []string{"submitted", "in_review", "offered", "hired"}[size.events-1]
	for _, seed := range []struct {
		count int
		query string
	}{
		{size.users, `INSERT INTO users (id, name, email, tokenKey, password, role, created) SELECT 'u' || n, 'Person 王小明 ' || n,
			n || '@example.com', n, 'x',
			iif(n % 10 = 0, 'employer', 'job_seeker'), ` + moment(6151) + `) FROM i`},
		{size.users, `INSERT INTO job_seekers (id, user, headline, summary, skills, visibility) SELECT 'p' || n, 'u' || n, 'Miller',
			iif(n % 3, 'x', ''), '["go"]', 'hidden' FROM i WHERE n % 10`},
		{size.employers, "INSERT INTO employers (id, owner, name, slug)" +
			" SELECT 'e' || n, 'u' || (10 * (n % ({:users} / 10)) + 10), 'Employer 王小明 ' || n, 's' || n FROM i"},
		{size.jobs, `INSERT INTO jobs (id, employer, title, status, jobType, workplace, created, publishedAt) SELECT 'j' || n,
			'e' || (n % {:employers} + 1), substr('Nurse Cook  Baker Driver', n % 4 * 6 + 1, 6) || n,
			'published', 'full_time', 'remote', ` + moment(7919) + "), " + moment(7919) + ") FROM i"},
		{size.applications, `INSERT INTO applications (id, job, seeker, status, submittedAt, created)
			SELECT 'a' || n, 'j' || (n % {:jobs} + 1),
			'u' || ((n + n / {:jobs} * 7919) % {:users} + 1), {:last}, ` +
			moment(9973) + "), " + moment(9973) + ") FROM i"},
		{size.applications * size.events, `INSERT INTO application_events (id, application, actor, "from", "to", created)
			SELECT 'v' || i.n, 'a' || ((i.n - 1) % {:applications} + 1), 'u' || (i.n * 7 % {:users} + 1),
				CASE (i.n - 1) / {:applications} WHEN 0 THEN '' WHEN 1 THEN 'submitted' WHEN 2 THEN 'in_review' ELSE 'offered' END,
				CASE (i.n - 1) / {:applications} WHEN 0 THEN 'submitted' WHEN 1 THEN 'in_review' WHEN 2 THEN 'offered' ELSE 'hired' END,
				strftime('%Y-%m-%d %H:%M:%fZ', a.submittedAt, ((i.n - 1) / {:applications}) || ' days')
			FROM i CROSS JOIN applications a ON a.id = 'a' || ((i.n - 1) % {:applications} + 1)`},
		{size.users, `INSERT INTO notifications (id, user, kind, title, mail, created) SELECT 'n' || n, 'u' || (n % {:users} + 1),
			'application_submitted', 'Somebody applied', 'sent', ` +
			moment(9973) + ") FROM i"},
	} {
		query := app.NonconcurrentDB().NewQuery(series + seed.query)
		_, err := query.Bind(dbx.Params{"count": seed.count, "users": size.users, "employers": size.employers, "jobs": size.jobs,
			"applications": size.applications, "last": last}).Execute()
		if err != nil {
			b.Fatal(err)
		}
	}
}

func yearsReport(kind, format string) Request {
	return Request{Kind: kind, Format: format, From: yearBegins, To: yearEnds}
}

// A PDF of a year with 100,000 applications must take less than 2 s.
func BenchmarkReportsOfYear(b *testing.B) {
	app := yearOf(b, busyYear)
	for _, format := range collections.ReportFormats() {
		for _, kind := range collections.ReportKinds() {
			b.Run(kind+"."+format, func(b *testing.B) {
				rows, began := 0, processorTime()
				for b.Loop() {
					var err error
					if rows, err = Write(context.Background(), app, yearsReport(kind, format), io.Discard); err != nil || rows == 0 {
						b.Fatal(rows, err)
					}
				}
				b.ReportMetric(float64(rows), "rows")
				b.ReportMetric((processorTime()-began).Seconds()/float64(b.N), "cpu-s/op")
			})
		}
	}
	b.Run("summary", func(b *testing.B) {
		began := processorTime()
		for b.Loop() {
			if _, err := Summarise(context.Background(), app, yearBegins, yearEnds); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((processorTime()-began).Seconds()/float64(b.N), "cpu-s/op")
	})
}

// processorTime returns the CPU time of the process; on a busy machine it is more meaningful than the clock.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// A CSV with ten times the rows must not need more memory.
func BenchmarkCSVMemory(b *testing.B) {
	for _, kind := range collections.ReportKinds() {
		for _, rows := range []int{100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s-%d", kind, rows), func(b *testing.B) {
				app := yearOf(b, rowsOf(kind, rows))
				for b.Loop() {
					debug.FreeOSMemory()
					sink := &watchingWriter{began: resident()}
					if got, err := Write(context.Background(), app, yearsReport(kind, CSV), sink); err != nil || got != rows {
						b.Fatal(got, err)
					}
					b.ReportMetric(float64(sink.heap)/1e6, "MB-heap-peak")
					b.ReportMetric(float64(sink.grown)/1e6, "MB-resident-grown")
				}
				b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// rowsOf returns a board on which the CSV of a kind has the given number of rows.
func rowsOf(kind string, rows int) size {
	switch kind {
	case Jobs:
		return size{users: 1000, employers: 100, jobs: rows, applications: rows, events: 1}
	case Users:
		return size{users: rows, employers: 1000, jobs: 1000, applications: rows, events: 1}
	case Performance: // a row for each employer
		return size{users: 10_000, employers: rows, jobs: rows, applications: rows, events: 1}
	}
	return size{users: 10_000, employers: 1000, jobs: 5000, applications: rows, events: 1}
}

// watchingWriter discards what is written and records the largest heap, and how much the process grew, which includes SQLite's memory.
type watchingWriter struct {
	writes       int
	heap         uint64
	began, grown int
}

func (w *watchingWriter) Write(data []byte) (int, error) {
	if w.writes++; w.writes%50 == 0 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		w.heap = max(w.heap, stats.HeapAlloc)
		w.grown = max(w.grown, resident()-w.began)
	}
	return len(data), nil
}

// resident returns the resident memory of the process in bytes, or 0 without /proc.
func resident() int {
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int
	if _, err := fmt.Sscan(string(status), &size, &pages); err != nil {
		return 0
	}
	return pages * os.Getpagesize()
}
