package pages_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// benchBoard is a board with pages as full as they get.
func benchBoard(b testing.TB) (*testapp.Board, string) {
	board := newBoard(b, "en")
	employer, _ := board.Employer("Acme Works")
	lorem := strings.Repeat("<p>As our gardener you will plan, build and run what customers use every day, and talk with them about it.</p>"+
		"<ul><li>One of many tasks</li></ul>", 25)
	ofKind := func(kind string) []*core.Record {
		found, err := board.FindRecordsByFilter(collections.FieldsOfInterest, "kind = '"+kind+"'", "slug", 12, 0)
		if err != nil || len(found) == 0 {
			b.Fatal("fields of interest: ", len(found), err)
		}
		return found
	}
	fields, industries := ofKind("role"), ofKind("industry")
	var path string
	for i := range 60 {
		job := board.Job(employer, fmt.Sprintf("Senior gardener of the northern parks %02d", i), map[string]any{
			"description": lorem, "locations": []string{"Berlin, Germany"}, "salaryMin": 50_000 + i, "salaryMax": 60_000,
			"salaryCurrency": "EUR", "salaryPeriod": "year",
			"skills":    []string{"gardening", "pruning", "planning", "english"},
			"workplace": collections.Workplaces()[i%3], "jobType": collections.JobTypes()[i%6],
			"experienceLevel": collections.ExperienceLevels()[i%6], "fields": []string{fields[i%len(fields)].Id},
			"industry": industries[i%len(industries)].Id,
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

// BenchmarkPages shows the processor time of a page, and render-µs/op is what of it comes on top of the calls of the API that find
// what the page shows.
func BenchmarkPages(b *testing.B) {
	board, job := benchBoard(b)
	handler := board.Handler()
	ask := func(path string) {
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Accept", "text/html")
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	id := strings.Split(job, "/")[2]
	company, err := board.FindFirstRecordByData("employers", "name", "Acme Works")
	if err != nil {
		b.Fatal(err)
	}
	const facets = "&perPage=20&facets=workplace,jobType,experienceLevel,field,industry"
	for _, bench := range []struct {
		name, path string
		beside     []string
	}{
		{"list", "/jobs?q=gardener", []string{"/api/jobs?q=gardener" + facets}},
		{"landing", "/jobs/in/berlin", []string{"/api/jobs?location=Berlin" + facets}},
		{"job", job, []string{"/api/jobs/" + id, "/api/jobs/" + id + "/similar?perPage=4"}},
		{"home", "/", []string{"/api/jobs?sort=newest&perPage=8"}},
		{"company", "/companies/" + company.GetString("slug"), []string{"/api/employers/" + company.Id,
			"/api/employers/" + company.Id + "/jobs?perPage=20&sort=newest", "/api/employers/" + company.Id + "/reviews"}},
		{"not found", "/nothing", nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var page, beside time.Duration
			for b.Loop() {
				began := processorTime(b)
				ask(bench.path)
				shown := processorTime(b)
				for _, path := range bench.beside {
					ask(path)
				}
				page += shown - began
				beside += processorTime(b) - shown
			}
			b.ReportMetric(float64(page.Microseconds())/float64(b.N), "page-µs/op")
			b.ReportMetric(float64((page-beside).Microseconds())/float64(b.N), "render-µs/op")
		})
	}
}

// processorTime is what the process has used so far.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
