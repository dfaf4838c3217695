package match_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/match"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

const (
	realSize     = 20_000 // jobs; of seekers a quarter
	realPostings = "../../../shared/data/jobs-real.jsonl"
)

// BenchmarkRealPostings looks for jobs like a hundred others, for jobs for a hundred people and for people for a hundred
// jobs, on a board made of real postings: each the title of one and the text of others. It reports the processor's time.
func BenchmarkRealPostings(b *testing.B) {
	board := newRealBoard(b)
	for _, c := range []struct {
		name string
		find func(i int) ([]match.Hit, error)
	}{
		{"similar", func(i int) ([]match.Hit, error) { return match.Similar(board.TestApp, realJob(b, board, i), nil) }},
		{"recommend", func(i int) ([]match.Hit, error) { return match.Recommend(board.TestApp, fmt.Sprintf("seeker%09d", i)) }},
		{"candidates", func(i int) ([]match.Hit, error) {
			job, err := match.JobOf(board.TestApp, realJob(b, board, i))
			if err != nil {
				return nil, err
			}
			return match.Candidates(board.TestApp, job, engine.Query{Scope: search.AllCandidates()})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			asked, hits := 0, 0
			began := cpuTime(b)
			for b.Loop() {
				found, err := c.find(asked % 100)
				if err != nil {
					b.Fatal(err)
				}
				asked++
				hits += len(found)
			}
			b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/1000/float64(asked), "cpu-ms/op")
			b.ReportMetric(float64(hits)/float64(asked), "hits/op")
		})
	}
}

func realJob(t testing.TB, board *testapp.Board, i int) *core.Record {
	t.Helper()
	job, err := board.FindRecordById(collections.Jobs, fmt.Sprintf("job%012d", i))
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func cpuTime(b testing.TB) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// newRealBoard fills a board by plain SQL and waits until all of it can be found.
func newRealBoard(t testing.TB) *testapp.Board {
	t.Helper()
	file, err := os.Open(realPostings)
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	type posting struct {
		Title, Description, Workplace, JobType, ExperienceLevel string
		Skills                                                  []string
	}
	var postings []posting
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p posting
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		postings = append(postings, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	var fields []string
	if err := board.DB().Select("id").From(collections.FieldsOfInterest).OrderBy("id").Column(&fields); err != nil {
		t.Fatal(err)
	}
	cities := []struct {
		name, city, country string
		lat, lon            float64
	}{
		{"Berlin, Germany", "Berlin", "DE", 52.52, 13.41}, {"Lyon, France", "Lyon", "FR", 45.75, 4.85},
		{"Austin, TX, United States", "Austin", "US", 30.27, -97.74}, {"Potsdam, Germany", "Potsdam", "DE", 52.4, 13.07},
	}
	r := rand.New(rand.NewPCG(1, 2))
	one := func() posting { return postings[r.IntN(len(postings))] }
	text := func(value any) string {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	rows := map[string][]dbx.Params{}
	insert := func(table string, row dbx.Params) { rows[table] = append(rows[table], row) }
	for i := range realSize {
		like, first, second, at := one(), one().Description, one().Description, cities[r.IntN(len(cities))]
		// half of one text and half of another, cut between words
		first, _, _ = strings.Cut(first[:len(first)/2]+" ", "  ")
		_, second, _ = strings.Cut(second[len(second)/2:], " ")
		insert(collections.Jobs, dbx.Params{
			"id": fmt.Sprintf("job%012d", i), "employer": employer.Id, "title": like.Title, "description": "<p>" + first + second,
			"status": "published", "workplace": like.Workplace, "jobType": like.JobType, "experienceLevel": like.ExperienceLevel,
			"skills": text(append(like.Skills, one().Skills...)), "fields": text([]string{fields[r.IntN(40)], fields[r.IntN(40)]}),
			"industry": fields[r.IntN(20)], "location": at.name,
			"locations": text([]any{map[string]any{"name": at.name, "city": at.city, "country": at.country,
				"lat": at.lat, "lon": at.lon}}),
			"publishedAt": time.Now().Add(-time.Duration(r.IntN(180*24*60)) * time.Minute).UTC().Format("2006-01-02 15:04:05.000Z"),
		})
		if i%4 != 0 {
			continue
		}
		id := fmt.Sprintf("seeker%09d", i/4)
		insert(collections.Users, dbx.Params{"id": id, "email": id + "@example.com", "name": "Seeker", "role": collections.RoleJobSeeker,
			"password": "x", "tokenKey": "key" + id, "emailNotifications": "[]"})
		insert(collections.JobSeekers, dbx.Params{"id": id, "user": id, "skills": text(append(one().Skills, one().Skills...)),
			"preferredJobTypes": text([]string{one().JobType}), "location": at.name, "visibility": "employers", "openToWork": true,
			"experienceYears": r.IntN(20), "headline": like.Title, "summary": second})
		insert(collections.JobSeekerInterests, dbx.Params{"id": id, "seeker": id, "field": fields[r.IntN(40)]})
	}
	for _, table := range []string{collections.Users, collections.JobSeekers, collections.JobSeekerInterests, collections.Jobs} {
		for chunk := range slices.Chunk(rows[table], 1000) {
			var columns, values []string
			for column := range chunk[0] {
				columns, values = append(columns, "[["+column+"]]"), append(values, "value->>'$."+column+"'")
			}
			statement := "INSERT INTO {{" + table + "}} (" + strings.Join(columns, ", ") + ")" +
				" SELECT " + strings.Join(values, ", ") + " FROM json_each({:rows})"
			if _, err := board.DB().NewQuery(statement).Bind(dbx.Params{"rows": text(chunk)}).Execute(); err != nil {
				t.Fatal(table, err)
			}
		}
	}
	if _, err := board.DB().NewQuery("DELETE FROM fanouts").Execute(); err != nil { // nobody is to be told of so many new jobs
		t.Fatal(err)
	}
	for kind, size := range map[*search.Kind]int{search.Jobs: realSize, search.Candidates: realSize / 4} {
		index, err := search.For(board.TestApp, kind)
		if err != nil {
			t.Fatal(err)
		}
		for range 1200 {
			var found engine.Result
			if found, err = index.SearchUpToDate(engine.Query{Scope: engine.Everything()}); err == nil && found.Total >= size {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 30 { // until the index is tidied up, which takes the processor too
		began := cpuTime(t)
		if time.Sleep(time.Second); cpuTime(t)-began < 200*time.Millisecond {
			break
		}
	}
	return board
}
