package match_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/match"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

func TestRecommendCandidatesAndSimilar(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	seeker := func(name string, values map[string]any) *core.Record {
		user := board.Seeker(name)
		profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
		if err != nil {
			t.Fatal(err)
		}
		board.Update(profile, values)
		return user
	}
	ann := seeker("ann", map[string]any{"skills": []string{"go", "sql"}})
	ben := seeker("ben", map[string]any{"skills": []string{"go"}})
	seeker("cas", map[string]any{"skills": []string{"baking"}})
	both := board.Job(employer, "Both", map[string]any{"skills": []string{"go", "sql"}})
	one := board.Job(employer, "One", map[string]any{"skills": []string{"go", "java"}})
	board.Job(employer, "Baker", map[string]any{"skills": []string{"baking"}})
	board.Job(employer, "Draft", map[string]any{"skills": []string{"go"}, "status": "draft"})
	closed := board.Job(employer, "Closed", map[string]any{"skills": []string{"go"}})
	board.Update(closed, map[string]any{"status": "closed"})

	profileOf := func(user *core.Record) string {
		profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
		if err != nil {
			t.Fatal(err)
		}
		return profile.Id
	}
	ids := func(hits []match.Hit, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		list := []string{}
		for _, hit := range hits {
			list = append(list, hit.ID)
		}
		return list
	}
	if got := ids(match.Recommend(board.TestApp, ann.Id)); !cmp.Equal(got, []string{both.Id, one.Id}) {
		t.Errorf("recommended %v", got)
	}
	board.Application(ann, both)
	if got := ids(match.Recommend(board.TestApp, ann.Id)); !cmp.Equal(got, []string{one.Id}) {
		t.Errorf("after applying recommended %v", got)
	}
	job, err := match.JobOf(board.TestApp, board.Reload(both))
	if err != nil {
		t.Fatal(err)
	}
	all := engine.Query{Scope: search.AllCandidates()}
	if got := ids(match.Candidates(board.TestApp, job, all)); !cmp.Equal(got, []string{profileOf(ann), profileOf(ben)}) {
		t.Errorf("candidates %v", got)
	}
	ours := engine.Query{Scope: search.CandidatesOf([]string{employer.Id})}
	if got := ids(match.Candidates(board.TestApp, job, ours)); !cmp.Equal(got, []string{profileOf(ann)}) {
		t.Errorf("candidates of an employer whom ann alone has applied to: %v", got)
	}
	if got := ids(match.Similar(board.TestApp, board.Reload(both), nil)); !cmp.Equal(got, []string{one.Id}) {
		t.Errorf("similar %v", got)
	}
	if got := ids(match.Similar(board.TestApp, board.Reload(both), []string{one.Id})); len(got) != 0 {
		t.Errorf("similar without the one %v", got)
	}

	// The terms follow every change of the profile.
	interests := board.Record(collections.JobSeekerInterests, map[string]any{"seeker": ben.Id, "field": fieldID(t, board, "banking")})
	terms := func() []string {
		var list []string
		err := board.DB().Select("term").From("seeker_terms").Where(dbx.HashExp{"seeker": ben.Id}).OrderBy("term").Column(&list)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := terms(); !cmp.Equal(got, []string{"f:" + fieldID(t, board, "banking"), "s:go"}) {
		t.Errorf("terms %v", got)
	}
	if err := board.Delete(interests); err != nil {
		t.Fatal(err)
	}
	if err := board.Delete(board.Reload(ben)); err != nil {
		t.Fatal(err)
	}
	if got := terms(); len(got) != 0 {
		t.Errorf("terms of a deleted seeker %v", got)
	}
}

// The headline and the titles of positions say what somebody does; of whom nothing is known, the newest jobs near home are shown.
func TestRecommendByRolesAndPlace(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	at := func(title, place string) { board.Job(employer, title, map[string]any{"location": place}) }
	at("Night Nanny", "Lyon, France")
	at("Baker", "Lyon, France")
	at("Head Baker", "Paris, France")
	at("Truck Driver", "Berlin, Germany")
	recommended := func(name string, values map[string]any) string {
		t.Helper()
		user := board.Seeker(name)
		profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
		if err != nil {
			t.Fatal(err)
		}
		board.Update(profile, values)
		hits, err := match.Recommend(board.TestApp, user.Id)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, hit := range hits {
			job, err := board.FindRecordById(collections.Jobs, hit.ID)
			if err != nil {
				t.Fatal(err)
			}
			titles = append(titles, job.GetString("title"))
		}
		return strings.Join(titles, "; ")
	}
	for name, example := range map[string]struct {
		values map[string]any
		want   string
	}{
		"headline": {map[string]any{"headline": "Senior Baker in Paris, part-time"}, "Head Baker; Baker"},
		"position": {map[string]any{"experience": []map[string]any{{"title": "Truck driver", "company": "Acme", "from": "2020-01"}}},
			"Truck Driver"},
		"home":    {map[string]any{"location": "Lyon, France"}, "Baker; Night Nanny"},
		"nowhere": {map[string]any{"location": "Tokyo, Japan"}, "Truck Driver; Head Baker; Baker; Night Nanny"},
		"empty":   {map[string]any{}, "Truck Driver; Head Baker; Baker; Night Nanny"},
	} {
		if got := recommended(name, example.values); got != example.want {
			t.Errorf("%s: %s; want %s", name, got, example.want)
		}
	}
}

// Who says nothing but where is told of what is there.
func TestSeekersByPlaceAlone(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	who := map[string]*core.Record{}
	for name, prefs := range map[string]map[string]any{
		"city":    {"preferredLocations": []string{"berlin"}},
		"written": {"preferredLocations": []string{"Lyon", "Berlin, Germany"}},
		"country": {"preferredLocations": []string{"Germany"}},
		"other":   {"preferredLocations": []string{"Lyon, France"}},
		"topic":   {"preferredLocations": []string{"Berlin"}, "skills": []string{"baking"}},
		"type":    {"preferredLocations": []string{"Berlin"}, "preferredJobTypes": []string{"volunteer"}},
		"silent":  {},
	} {
		who[name] = board.Seeker(name)
		profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", who[name].Id)
		if err != nil {
			t.Fatal(err)
		}
		board.Update(profile, prefs)
	}
	record := board.Job(employer, "Clerk", map[string]any{"location": "Berlin, Germany", "workplace": "on_site", "jobType": "full_time"})
	job, err := match.JobOf(board.TestApp, board.Reload(record))
	if err != nil {
		t.Fatal(err)
	}
	hits, _, err := match.Seekers(board.TestApp, job, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, hit := range hits {
		told[hit.ID] = true
	}
	for name, want := range map[string]bool{
		"city": true, "written": true, "country": true, "other": false, "topic": false, "type": false, "silent": false,
	} {
		if told[who[name].Id] != want {
			t.Errorf("%s: told %v, want %v", name, !want, want)
		}
		found, err := match.Recommend(board.TestApp, who[name].Id)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(found) == 1; got != (want || name == "silent") { // who is silent is shown the newest, but not told of it
			t.Errorf("%s: recommended %v, want %v", name, found, want)
		}
	}
}

// However many jobs have something in common with one, a page's worth is weighed, and the best is among them.
func TestSimilarWeighsAPageOfManyJobs(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Payroll Clerk", map[string]any{"skills": []string{"excel", "sap", "datev"}})
	best := board.Job(employer, "Clerk", map[string]any{"skills": []string{"excel", "sap", "datev"}})
	for _, statement := range []string{
		`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200)
		INSERT INTO jobs (id, employer, title, description, status, jobType, workplace, skills, publishedAt)
		SELECT printf('job%012d', i), employer, 'Clerk ' || i, description, status, jobType, workplace, '["excel", "word"]', publishedAt
		FROM c JOIN jobs ON title = 'Payroll Clerk'`,
		`UPDATE jobs SET publishedAt = '2020-01-01 00:00:00.000Z' WHERE title = 'Clerk'`,
	} {
		if _, err := board.DB().NewQuery(statement).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := match.Similar(board.TestApp, board.Reload(job), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(hits) != 150 || hits[0].ID != best.Id {
		t.Errorf("%d hits were weighed, the best of them %v; want 150 and %s first", len(hits), hits[0], best.Id)
	}
}

func fieldID(t *testing.T, board *testapp.Board, slug string) string {
	t.Helper()
	record, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", slug)
	if err != nil {
		t.Fatal(err)
	}
	return record.Id
}
