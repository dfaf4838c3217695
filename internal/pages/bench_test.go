package pages_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"jobboard/internal/testapp"
)

// benchBoard is a board with pages as full as they get.
func benchBoard(b testing.TB) (*testapp.Board, string) {
	board := newBoard(b, "en")
	employer, _ := board.Employer("Acme Works")
	lorem := strings.Repeat("<p>You will plan, build and run what our customers use every day, and talk with them about it.</p>"+
		"<ul><li>One of many tasks</li></ul>", 25)
	var path string
	for i := range 60 {
		job := board.Job(employer, fmt.Sprintf("Senior gardener of the northern parks %02d", i), map[string]any{
			"description": lorem, "locations": []string{"Berlin, Germany"}, "salaryMin": 50_000 + i, "salaryMax": 60_000,
			"salaryCurrency": "EUR", "salaryPeriod": "year",
			"skills": []string{"gardening", "pruning", "planning", "english"},
		})
		path = "/jobs/" + job.Id
	}
	return board, get(board, path).Header.Get("Location")
}

func zipped(t testing.TB, content string) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestPagesKeepTheirBudgets(t *testing.T) {
	board, job := benchBoard(t)
	read := func(name string) string {
		content, err := os.ReadFile("../../pb_public/site/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	for _, budget := range []struct {
		name, content string
		most          int
	}{
		{"home page", get(board, "/").Raw, 30_000},
		{"list", get(board, "/jobs?q=gardener").Raw, 30_000},
		{"job page", get(board, job).Raw, 15_000},
		{"style sheets", read("base.css") + read("pages.css"), 10_000},
		{"script", read("site.js"), 5_000},
	} {
		size := zipped(t, budget.content)
		t.Logf("%s: %d bytes zipped of %d", budget.name, size, budget.most)
		if size > budget.most {
			t.Errorf("%s: %d bytes zipped, budget %d", budget.name, size, budget.most)
		}
	}
}

// BenchmarkPages shows what a page takes beside the call of the API that finds its jobs.
func BenchmarkPages(b *testing.B) {
	board, job := benchBoard(b)
	handler := board.Handler()
	id := strings.Split(job, "/")[2]
	facets := "&facets=workplace&facets=jobType&facets=experienceLevel&facets=field&facets=industry"
	for _, bench := range []struct{ name, path string }{
		{"list", "/jobs?q=gardener"}, {"list, the search alone", "/api/jobs?q=gardener&perPage=20" + facets},
		{"job", job}, {"job, the reads alone", "/api/jobs/" + id}, {"job, similar alone", "/api/jobs/" + id + "/similar?perPage=4"},
		{"home", "/"}, {"not found", "/nothing"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			request := httptest.NewRequest("GET", bench.path, nil)
			request.Header.Set("Accept", "text/html")
			for b.Loop() {
				handler.ServeHTTP(httptest.NewRecorder(), request)
			}
		})
	}
}
