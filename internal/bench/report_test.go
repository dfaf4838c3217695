package main

import (
	"strings"
	"testing"
	"time"
)

func TestRowOfTheTable(t *testing.T) {
	r := result{
		perSecond: []float64{90, 100, 300}, cpu: []float64{2, 9, 1}, allocations: []float64{1000}, bytes: []float64{64_000},
		sql: []float64{0.9}, took: []time.Duration{4 * time.Millisecond, time.Millisecond, 2 * time.Millisecond},
	}
	var row strings.Builder
	r.write(&row, "one job", guest, 0.1)
	if got, want := row.String(), "| one job | guest | 100 | 2.00 | 4.00 | 2.000 | 1000 | 64 | 0.900 | 2.0 |\n"; got != want {
		t.Errorf("the row is %q, not %q", got, want)
	}
	row.Reset()
	r.sql = nil
	r.write(&row, "login", seeker, 0.1)
	if got := row.String(); !strings.HasSuffix(got, "| 64 | – | – |\n") {
		t.Errorf("a row without SQL is %q", got)
	}
}

func TestMetric(t *testing.T) {
	page := []byte("# HELP go_memstats_mallocs_total Allocated.\ngo_memstats_mallocs_total 1.25e+06\n")
	if got, err := metric(page, "go_memstats_mallocs_total"); err != nil || got != 1_250_000 {
		t.Errorf("metric = %v, %v", got, err)
	}
	if _, err := metric(page, "go_memstats_mallocs"); err == nil {
		t.Error("a metric that is missing was found")
	}
}
