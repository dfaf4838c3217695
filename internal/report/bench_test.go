package report

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/testapp"
)

// yearOf makes a board with applications spread over 2026 to 5 000 jobs of 1 000 employers, each moved on up to events times.
func yearOf(b *testing.B, applications, events int) core.App {
	b.Helper()
	app := testapp.New(b)
	const series = "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {:count}) "
	const moment = "strftime('%Y-%m-%d %H:%M:%fZ', '2026-01-01', (n * 7919 % 31536000) || ' seconds'"
	for _, seed := range []struct {
		count int
		query string
	}{
		{1000, "INSERT INTO employers (id, owner, name, slug) SELECT 'e' || n, 'o', 'Employer 王小明 ' || n, 's' || n FROM i"},
		{5000, "INSERT INTO jobs (id, employer, title, status, jobType, workplace, created, publishedAt) SELECT 'j' || n, 'e' || (n % 1000 + 1), 'Job ' || n, 'published', 'full_time', 'remote', " +
			moment + "), " + moment + ") FROM i"},
		{applications, "INSERT INTO applications (id, job, seeker, status, submittedAt, created) SELECT 'a' || n, 'j' || (n % 5000 + 1), 's' || n, 'hired', " + moment + "), " + moment + ") FROM i"},
		{applications * events, `INSERT INTO application_events (id, application, "from", "to", created)
			SELECT 'v' || n, 'a' || ((n - 1) % {:applications} + 1),
				CASE (n - 1) / {:applications} WHEN 0 THEN '' WHEN 1 THEN 'submitted' WHEN 2 THEN 'in_review' ELSE 'offered' END,
				CASE (n - 1) / {:applications} WHEN 0 THEN 'submitted' WHEN 1 THEN 'in_review' WHEN 2 THEN 'offered' ELSE 'hired' END,
				` + moment + `, ((n - 1) / {:applications}) || ' days') FROM i`},
	} {
		query := app.NonconcurrentDB().NewQuery(series + seed.query)
		if _, err := query.Bind(map[string]any{"count": seed.count, "applications": applications}).Execute(); err != nil {
			b.Fatal(err)
		}
	}
	return app
}

var year = Request{Kind: Applications, From: newYear, To: newYear.AddDate(1, 0, 0).Add(-time.Millisecond)}

// The PDF of a year with 100 000 applications must take less than 2 s.
func BenchmarkPDFOfYear(b *testing.B) {
	app := yearOf(b, 100_000, 4)
	b.ResetTimer()
	for range b.N {
		request := year
		request.Format = PDF
		if rows, err := Write(context.Background(), app, request, io.Discard); err != nil || rows != 100_000 {
			b.Fatal(rows, err)
		}
	}
}

// A CSV of a million rows must need no more memory than one of a tenth.
func BenchmarkCSVMemory(b *testing.B) {
	for name, rows := range map[string]int{"100k": 100_000, "1M": 1_000_000} {
		b.Run(name, func(b *testing.B) {
			app := yearOf(b, rows, 1)
			b.ResetTimer()
			for range b.N {
				request := year
				request.Format = CSV
				sink := &watchingWriter{}
				if got, err := Write(context.Background(), app, request, sink); err != nil || got != rows {
					b.Fatal(got, err)
				}
				b.ReportMetric(float64(sink.peak)/1e6, "MB-heap-peak")
				b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			}
		})
	}
}

// watchingWriter drops what is written and remembers the largest heap it saw on the way.
type watchingWriter struct {
	writes int
	peak   uint64
}

func (w *watchingWriter) Write(data []byte) (int, error) {
	if w.writes++; w.writes%50 == 0 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		w.peak = max(w.peak, stats.HeapAlloc)
	}
	return len(data), nil
}
