package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// TestPublicItemsAreAsPocketBaseShowsThem holds what is read straight from the rows to PocketBase's own records, also for
// rows that plain SQL left in a state that no door would.
func TestPublicItemsAreAsPocketBaseShowsThem(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	board.Cron().RemoveAll() // at the full minute, jobs whose deadline has passed would expire
	if !hooks.OnlyOwnEnrichers(board.TestApp) {
		t.Fatal("the hooks do not recognise their own enrichers")
	}
	acme, owner := board.Employer("Acme")
	bolt, boltOwner := board.Employer("Bolt")
	seeker, admin := board.Seeker("sara"), board.Admin("ada")
	var ids string
	for i, set := range []string{
		`status = 'published'`,
		`title = '<b>"quoted"' || char(10) || '日本語 🙂 ' || x'ff' || char(1)`,
		`title = ''`,
		`salaryMin = 0.1, salaryMax = 1e21`,
		`salaryMin = 12345678901234567, salaryMax = -0.0`,
		`salaryMin = 'many', salaryMax = 1e15`,
		`publishedAt = '2026-01-02', deadline = 'soon', closedAt = '0001-01-01 00:00:00.000Z'`,
		`publishedAt = '2026-01-02 3:04:05.000Z', deadline = '2999-02-30 00:00:00.000Z'`,
		`skills = 'no json', locations = '5', applicantCountries = NULL, questions = ''`,
		`skills = ' ["go"]', locations = 'true', applicantCountries = '{"a":[1,{}]}', questions = '"text"'`,
		`skills = '["go"', locations = '-1.50', applicantCountries = 'null', questions = '[ 1 , 2 ]'`,
		`fields = '["one","two","one",""]', industry = '["first","last"]'`,
		`fields = '', industry = 'gone'`,
		`fields = 'one', jobType = '["contract"]'`,
		`workplace = 'nowhere', experienceLevel = ''`,
		`employer = 'nobody'`,
		`employer = ''`,
		`employer = '` + bolt.Id + `'`,
		`created = '', updated = '2026-01-02 03:04:05'`,
		`description = '', location = x'c328'`,
		`applicationCount = 7`,
		`applyMethod = 'url', applyUrl = 'https://acme.example/1', firstPublishedAt = '', publicationCount = 3`,
		`questions = '[{"id":"a"}]', source = 'elsewhere', externalId = '1'`,
	} {
		job := board.Job(acme, fmt.Sprint("Gopher ", i))
		if _, err := board.DB().NewQuery("UPDATE jobs SET " + set + " WHERE id = '" + job.Id + "'").Execute(); err != nil {
			t.Fatal(set, err)
		}
		ids += "," + job.Id
	}
	some := []string{
		"q=gopher&fields=title,id,highlights,score,collectionName,expand.employer.name,%20nothing", "fields=collectionId,skills",
		"q=gopher&fields=items.deadline,totalItems,items.expand", "fields=expand.employer.logo,expand.employer",
		"fields=expand.industry.name,title", "fields=title:excerpt(3),expand.employer.coordinates.lat,id", "fields=*,title",
	}
	mustViewSame := func(what string, who *core.Record) {
		t.Helper()
		paths := []string{"/api/employers/" + acme.Id, "/api/employers/" + bolt.Id}
		for id := range strings.SplitSeq(ids[1:], ",") {
			paths = append(paths, "/api/jobs/"+id)
		}
		for _, path := range paths {
			for _, query := range []string{"", "?fields=title,name,expand.employer.name,skills", "?expand=industry"} {
				if query == "?expand=industry" && strings.Contains(path, "employers") {
					continue // has no such relation
				}
				path := path + query
				plain := board.Call(who, "GET", path, nil)
				hook := board.OnRecordViewRequest().BindFunc(func(e *core.RecordRequestEvent) error { return e.Next() })
				whole := board.Call(who, "GET", path, nil)
				board.OnRecordViewRequest().Unbind(hook)
				lost := plain.Status != 200 && strings.Contains(path, "jobs")
				if lost || plain.Status != whole.Status || !reflect.DeepEqual(plain.Body, whole.Body) {
					t.Fatalf("%s: %s is %d %s, as a record %d %s", what, path, plain.Status, plain.Raw, whole.Status, whole.Raw)
				}
			}
		}
	}
	callers := []*core.Record{seeker, owner, boltOwner, admin}
	mustBeSame := func(what string, more ...string) {
		t.Helper()
		for _, who := range callers {
			mustViewSame(what, who)
		}
		for _, who := range append(callers, nil) {
			for _, query := range append([]string{"ids=" + ids[1:], "q=gopher", "expand=industry"}, more...) {
				path := "/api/jobs/search/?perPage=100&" + query
				plain := board.Call(who, "GET", path, nil)
				id := board.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error { return e.Next() })
				if hooks.OnlyOwnEnrichers(board.TestApp) {
					t.Fatal("the hooks do not notice an enricher that is not theirs")
				}
				whole := board.Call(who, "GET", path, nil)
				board.OnRecordEnrich().Unbind(id)
				if plain.Status != 200 || len(plain.Items()) < 20 {
					t.Fatal(what, plain.Status, plain.Raw)
				}
				mustBeSameItems(t, what, plain, whole)
			}
		}
	}
	employersAre := func(set string) {
		t.Helper()
		if _, err := board.DB().NewQuery("UPDATE employers SET " + set).Execute(); err != nil {
			t.Fatal(set, err)
		}
	}
	for _, set := range []string{
		`logo = 'a.png', members = '["` + owner.Id + `"]', coordinates = '{"lon":1.5,"lat":-2}', verified = 1, ratingAverage = 4.25`,
		`coordinates = '', verified = 'yes', website = 'https://example.com/?a=1&b=<2>', size = '11-50'`,
		`coordinates = '{"lat":1}', verified = 2, about = '<p>&amp;</p>'`,
	} {
		employersAre(set)
		mustBeSame(set, some...)
		callers = callers[:1] // the jobs are the same
	}
	employersAre(`coordinates = 'Lyon'`)
	mustBeSame("what no field takes")
	employersAre(`coordinates = ''`)
	// A page with such a row is left to the records as a whole, so it comes alone.
	lists := board.Job(acme, "Gopher in a list")
	if _, err := board.DB().NewQuery("UPDATE jobs SET employer = '[\"" + bolt.Id + "\"]' WHERE id = '" + lists.Id +
		"'").Execute(); err != nil {
		t.Fatal(err)
	}
	mustBeSame("an employer in a list")
	if err := board.Delete(board.Reload(lists)); err != nil {
		t.Fatal(err)
	}

	// Seekers see more of a job to which one applies by e-mail.
	byMail := board.Job(acme, "Gopher by mail", map[string]any{"applyMethod": "email", "applyEmail": "hr@acme.example"})
	for _, path := range []string{"/api/jobs/" + byMail.Id, "/api/jobs/search/?ids=" + byMail.Id} {
		for _, who := range []*core.Record{nil, seeker} {
			answer := board.Call(who, "GET", path, nil)
			if shown := strings.Contains(answer.Raw, "hr@acme.example"); answer.Status != 200 || shown != (who != nil) {
				t.Errorf("%s by %v: %d %s", path, who, answer.Status, answer.Raw)
			}
		}
	}
	if err := board.Delete(byMail); err != nil {
		t.Fatal(err)
	}

	// What administrators change in the admin UI counts at once.
	change := func(name string, how func(*core.Collection)) {
		t.Helper()
		collection, err := board.FindCollectionByNameOrId(name)
		if err != nil {
			t.Fatal(err)
		}
		how(collection)
		if err := board.Save(collection); err != nil {
			t.Fatal(err)
		}
	}
	change(collections.Jobs, func(jobs *core.Collection) {
		jobs.Fields.GetByName("applicationCount").SetHidden(false)
		jobs.Fields.GetByName("source").SetHidden(true)
		jobs.Fields.Add(&core.TextField{Name: "nickname"})
	})
	mustBeSame("a field shown that a hook hides, one hidden and one added", "fields=applicationCount,source,nickname")
	change(collections.Employers, func(employers *core.Collection) { employers.Fields.Add(&core.PasswordField{Name: "pin"}) })
	employersAre(`pin = '$2a$10$secret'`)
	mustBeSame("a password")
	change(collections.Employers, func(employers *core.Collection) { employers.Fields.RemoveByName("pin") })
	nobody := `verified = ""`
	change(collections.Employers, func(employers *core.Collection) { employers.ListRule, employers.ViewRule = &nobody, &nobody })
	mustBeSame("a rule that nothing meets")
	everybody := ""
	change(collections.Employers, func(employers *core.Collection) {
		employers.ListRule, employers.ViewRule = &everybody, &everybody
	})

	// Who takes which way shows in whether records are enriched.
	if _, err := board.DB().NewQuery("UPDATE jobs SET employer = '" + bolt.Id + "'").Execute(); err != nil {
		t.Fatal(err)
	}
	enriched := 0
	own := board.OnRecordEnrich().Length()
	board.OnRecordEnrich().UnbindAll()
	for range own {
		board.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error { enriched++; return e.Next() })
	}
	for _, c := range []struct {
		name, query string
		who         *core.Record
		plain       bool
	}{
		{"guest", "", nil, true}, {"seeker", "", seeker, true}, {"seeker", "?q=gopher", seeker, true},
		{"guest", "?expand=industry", nil, false}, {"another employer", "", board.User(collections.RoleEmployer, "carl"), true},
		{"the owner", "", boltOwner, false}, {"admin", "", admin, true},
	} {
		board.Call(c.who, "GET", "/api/jobs/search/"+c.query, nil) // may have to look what everybody sees, with the hooks
		enriched = 0
		board.Call(c.who, "GET", "/api/jobs/search/"+c.query, nil)
		if (enriched == 0) != c.plain {
			t.Errorf("%s %s: %d records were enriched", c.name, c.query, enriched)
		}
	}
}

// TestApplicationsExpandJobsAsPocketBase compares the jobs that come with applications with those that PocketBase expands.
func TestApplicationsExpandJobsAsPocketBase(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	acme, owner := board.Employer("Acme")
	bolt, _ := board.Employer("Bolt")
	seeker, admin := board.Seeker("sara"), board.Admin("ada")
	closed := board.Job(acme, "Closed")
	for _, job := range []*core.Record{board.Job(acme, "<b>&"), board.Job(bolt, "Public"), closed} {
		board.Application(seeker, job)
	}
	board.Update(closed, map[string]any{"status": "closed"})
	path := "/api/users/" + seeker.Id + "/applications/"
	for _, who := range []*core.Record{seeker, owner, admin} {
		for _, fields := range []string{"", "?fields=id,expand.job.title,expand.job.expand.employer.name"} {
			got := board.Call(who, "GET", path+fields, nil)
			id := board.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error { return e.Next() })
			records := board.Call(who, "GET", path+fields, nil)
			board.OnRecordEnrich().Unbind(id)
			filter := "?filter=" + url.QueryEscape("status != 'hired'")
			if fields != "" {
				filter += "&" + fields[1:]
			}
			expanded := board.Call(who, "GET", path+filter, nil) // takes PocketBase's way
			want := map[string]int{"sara": 3, "ada": 3}[who.GetString("name")]
			if want == 0 {
				want = 2 // those to the owner's jobs
			}
			if got.Status != 200 || len(got.Items()) != want {
				t.Fatalf("%s: %d %s", who.GetString("name"), got.Status, got.Raw)
			}
			mustBeSameItems(t, who.GetString("name")+fields, got, expanded)
			mustBeSameItems(t, who.GetString("name")+fields+" by records", records, expanded)
		}
	}
}

func mustBeSameItems(t *testing.T, what string, got, want testapp.Response) {
	t.Helper()
	if reflect.DeepEqual(got.Items(), want.Items()) {
		return
	}
	others := want.Items()
	for i, item := range got.Items() {
		for name, value := range item {
			if !reflect.DeepEqual(value, others[i][name]) {
				is, _ := json.Marshal(value)
				should, _ := json.Marshal(others[i][name])
				t.Errorf("%s: %s: %s; want %s", what, name, is, should)
			}
		}
		if len(item) != len(others[i]) {
			t.Errorf("%s: %v; want %v", what, item, others[i])
		}
	}
}

// What may forbid or count a view of a public job through PocketBase's own API does so through the REST door.
func TestPublicJobIsGuardedAsItsRecord(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Gopher")
	path := "/api/jobs/" + job.Id
	if got := board.Call(nil, "GET", path, nil); got.Status != 200 || got.Body["title"] != "Gopher" || got.Body["applicationCount"] != nil {
		t.Fatal(got.Status, got.Raw)
	}
	hook := board.OnRecordViewRequest(collections.Jobs).BindFunc(func(e *core.RecordRequestEvent) error {
		return e.ForbiddenError("Not on Sundays.", nil)
	})
	if got := board.Call(nil, "GET", path, nil); got.Status != 403 {
		t.Errorf("with a handler that refuses: %d %s", got.Status, got.Raw)
	}
	board.OnRecordViewRequest().Unbind(hook)

	limits := &board.Settings().RateLimits
	limits.Enabled, limits.Rules = true, []core.RateLimitRule{{Label: "jobs:view", MaxRequests: 2, Duration: 60}}
	for i, want := range []int{200, 200, 429} {
		if got := board.Call(nil, "GET", path, nil); got.Status != want {
			t.Errorf("view %d of 2 that are allowed: %d %s", i+1, got.Status, got.Raw)
		}
	}
	limits.Enabled = false
	if _, err := board.DB().NewQuery("UPDATE jobs SET status = 'closed'").Execute(); err != nil {
		t.Fatal(err)
	}
	if got := board.Call(nil, "GET", path, nil); got.Status != 404 {
		t.Errorf("closed: %d %s", got.Status, got.Raw)
	}
}
