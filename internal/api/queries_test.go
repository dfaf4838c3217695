package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// refusedQueries are queries of each kind that nobody but a superuser may ask, with the parameter that is named.
var refusedQueries = []struct{ actor, collection, param, value string }{
	{"owner", collections.Applications, "filter", `@collection.job_seekers.phone !~ '1'`},
	{"owner", collections.Applications, "filter", `id != '' && (1 = 2 || '1' = @collection.job_seekers:x.phone)`},
	{"owner", collections.Applications, "filter", `@request.auth.tokenKey ~ 'a'`},
	{"owner", collections.Applications, "sort", `@collection.job_seekers.phone`},
	{"owner", collections.Applications, "sort", `-@request.auth.password`},
	{"owner", collections.Applications, "filter", `seeker.locale = 'de'`},
	{"owner", collections.Applications, "sort", `seeker.created`},
	{"owner", collections.Users, "filter", `role = 'job_seeker'`},
	{"seeker", collections.Jobs, "filter", `applications_via_job.coverLetter !~ 'a'`},
	{"guest", collections.Jobs, "filter", `employer.owner.role = 'employer'`},
	{"guest", collections.Employers, "sort", `jobs_via_employer.title`},
	{"guest", collections.Employers, "filter", `jobs_via_employer.applications_via_job.seeker ?= 'x'`},
	{"guest", collections.Employers, "filter", `name ~ '%a%b%c%d%e%'`},
	{"guest", collections.Employers, "filter", `about ~ name`},
	{"guest", collections.Employers, "filter", strings.Repeat(`name = 'x' || `, 60) + `name = 'y'`},
	{"guest", collections.Employers, "filter", `name = '` + strings.Repeat("x", 3000) + `'`},
	{"guest", collections.Employers, "filter", `name = `},
	{"guest", collections.Employers, "expand", `jobs_via_employer.applications_via_job`},
	{"guest", collections.Employers, "expand", `jobs(employer).job_reviews(job)`},
	{"guest", collections.Employers, "expand", ` jobs_ via_employer . job_reviews_ via_job`},
	{"guest", collections.Employers, "expand", `owner,members,industry,fields,a,b,c,d,e,f`},
	{"guest", collections.Employers, "sort", `name,-name,slug,-slug,created,-created`},
	{"guest", collections.Employers, "fields", strings.Repeat("name,", 200) + "id"},
	{"admin", collections.Users, "filter", `@collection.reports.id != ''`},
}

// lists is where each door lists a collection, as far as it does.
func (s *scene) lists(collection string) []string {
	doors := []string{testapp.Records(collection)}
	switch collection {
	case collections.Applications:
		job := s.published()
		doors = append(doors, "/api/jobs/"+job.Id+"/applications", "/api/users/"+s.seeker().Id+"/applications/")
	case collections.Users:
		doors = append(doors, "/api/users/")
	case collections.Employers:
		doors = append(doors, "/api/employers")
	}
	return doors
}

// loginQueries is what a request costs whose path leads nowhere: the login is read, and nothing else.
func (s *scene) loginQueries(t testing.TB, token string) int {
	most := 0
	for range 3 {
		most = max(most, len(testapp.Statements(t, s.TestApp, func() { s.CallWithToken(token, "GET", "/api/nowhere", nil) })))
	}
	return most
}

// asked returns the statements that came while do ran. What runs in the background asks now and then too, so that do runs
// again where there were more than for the login: what it asks itself, it asks each time.
func (s *scene) asked(t testing.TB, login int, do func()) (statements []string) {
	for range 5 {
		if statements = testapp.Statements(t, s.TestApp, do); len(statements) <= login {
			break
		}
	}
	return statements
}

func TestRefusedQueriesReachNoDatabase(t *testing.T) {
	s := newScene(t)
	for _, c := range refusedQueries {
		token := s.Token(s.people[c.actor])
		login := s.loginQueries(t, token)
		for _, list := range s.lists(c.collection) {
			name := fmt.Sprintf("%s?%s=%.60s as %s", list, c.param, c.value, c.actor)
			var got testapp.Response
			asked := s.asked(t, login, func() {
				got = s.CallWithToken(token, "GET", list+"?"+url.Values{c.param: {c.value}}.Encode(), nil)
			})
			if got.Status != 400 && got.Status != 403 || got.Code(c.param) == "" {
				t.Errorf("%s: %d %.300s", name, got.Status, got.Raw)
			}
			if len(asked) > login {
				t.Errorf("%s: the database was asked %d times more than for the login: %.2000s", name, len(asked)-login,
					strings.Join(asked, "\n"))
			}
		}
	}
}

// An expansion that is refused in a list is refused wherever else an answer shows records, before anything is written.
func TestRefusedExpansionsWriteNothing(t *testing.T) {
	s := newScene(t)
	const tooDeep = "expand=employer.jobs_via_employer.applications_via_job.seeker"
	job := s.draft()
	token := s.Token(s.people["owner"])
	login := s.loginQueries(t, token)
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", testapp.Records(collections.Jobs, job.Id), nil},
		{"PATCH", testapp.Records(collections.Jobs, job.Id), map[string]any{"title": "Changed"}},
		{"POST", testapp.Records(collections.Jobs), map[string]any{"title": "New"}},
		{"DELETE", testapp.Records(collections.Jobs, job.Id), nil},
		{"POST", "/api/collections/users/auth-refresh", nil},
		{"POST", "/api/collections/users/auth-with-password", map[string]any{"identity": "x@example.com", "password": "x"}},
		{"GET", "/api/jobs/" + job.Id + "/", nil},
		{"PUT", "/api/jobs/" + job.Id, map[string]any{"title": "Changed"}},
		{"PATCH", "/api/jobs/" + job.Id, map[string]any{"title": "Changed"}},
		{"POST", "/api/jobs/" + job.Id + "/publish", nil},
		{"DELETE", "/api/jobs/" + job.Id + "/close", nil},
		{"GET", "/api/jobs", nil},
		{"GET", "/api/jobs/" + job.Id + "/similar", nil},
	} {
		path := c.path + "?" + tooDeep
		var got testapp.Response
		asked := s.asked(t, login, func() { got = s.CallWithToken(token, c.method, path, c.body) })
		if c.method == "DELETE" && strings.HasPrefix(path, "/api/collections/") {
			continue // nothing is shown
		}
		if got.Status != 400 || got.Code("expand") == "" {
			t.Errorf("%s %s: %d %.300s", c.method, path, got.Status, got.Raw)
		}
		if len(asked) > login {
			t.Errorf("%s %s: the database was asked %s", c.method, path, strings.Join(asked, "\n"))
		}
	}
}

func TestRefusedQueriesInBatch(t *testing.T) {
	s := newScene(t)
	job := s.draft()
	token := s.Token(s.people["owner"])
	login := s.loginQueries(t, token)
	path := testapp.Records(collections.Jobs, job.Id)
	for _, one := range []map[string]any{
		{"method": "PATCH", "url": path + "?expand=employer.jobs_via_employer.applications_via_job", "body": map[string]any{"title": "x"}},
		{"method": "PATCH", "url": path + "?x=1&expand=employer.jobs_%20via_employer.applications(job)",
			"body": map[string]any{"title": "x"}},
		{"method": "PUT", "url": testapp.Records(collections.Jobs) + "?expand=applications_via_job.user_reviews_via_application",
			"body": map[string]any{"id": job.Id, "title": "x"}},
		{"method": "POST", "url": testapp.Records(collections.Jobs) + "?fields=" + strings.Repeat("id,", 300),
			"body": map[string]any{"title": "x"}},
	} {
		var got testapp.Response
		asked := s.asked(t, login, func() {
			got = s.CallWithToken(token, "POST", "/api/batch", map[string]any{"requests": []any{
				map[string]any{"method": "PATCH", "url": path, "body": map[string]any{"title": "First"}}, one}})
		})
		if got.Status != 400 || !strings.Contains(got.Raw, `"1":`) || !strings.Contains(got.Raw, `"expand":`) &&
			!strings.Contains(got.Raw, `"fields":`) {
			t.Errorf("%v: %d %s", one["url"], got.Status, got.Raw)
		}
		if len(asked) > login {
			t.Errorf("%v: the database was asked %s", one["url"], strings.Join(asked, "\n"))
		}
	}
	if title := s.Reload(job).GetString("title"); title == "First" || title == "x" {
		t.Errorf("the title is %s", title)
	}
}

func TestRefusedQueriesInTopics(t *testing.T) {
	s := newScene(t)
	address := s.Serve()
	token := s.Token(s.people["owner"])
	listener := testapp.Listen(t, address, token, "applications/*")
	login := s.loginQueries(t, token)
	for _, c := range slices.Concat(refusedQueries, []struct{ actor, collection, param, value string }{
		{"owner", collections.Jobs, "expand", "a,b,c,d,e,f"},
	}) {
		if c.actor == "seeker" || c.collection == collections.Users {
			continue // refused for what the caller is, which here is always the owner
		}
		options, err := json.Marshal(map[string]any{"query": map[string]any{c.param: c.value}})
		if err != nil {
			t.Fatal(err)
		}
		for _, topic := range []string{c.collection + "/*", c.collection, c.collection + "/" + someID} {
			topic += "?options=" + url.QueryEscape(string(options))
			asked := s.asked(t, login, func() {
				if status := listener.Subscribe(t, token, "jobs/*", topic); status != 400 && status != 403 {
					t.Errorf("%s=%.60s: %d", c.param, c.value, status)
				}
			})
			if len(asked) > login {
				t.Errorf("%s=%.60s: the database was asked %v", c.param, c.value, asked)
			}
		}
	}
}

// What everybody asks passes at every door.
func TestUsualQueriesPass(t *testing.T) {
	s := newScene(t)
	for _, c := range []struct{ actor, collection, query string }{
		{"guest", collections.Jobs, "perPage=5&sort=-publishedAt&expand=employer"},
		{"guest", collections.Jobs,
			"perPage=1000&skipTotal=1&expand=employer,industry,fields&fields=id,title,expand.employer.name,description:excerpt(200,true)"},
		{"guest", collections.Jobs,
			"filter=" + url.QueryEscape(`fields.slug ?= 'it' && (title ~ 'dev%er' || skills ~ '"go"') && created > @yesterday`)},
		{"guest", collections.Employers, "filter=" + url.QueryEscape(`jobs_via_employer.title ?~ 'fresh'`) + "&sort=name,-created"},
		{"guest", collections.Employers, "expand=jobs_via_employer,owner,members,industry"},
		{"seeker", collections.Applications, "perPage=1000&expand=job,job.employer&sort=-created"},
		{"owner", collections.Applications,
			"filter=" + url.QueryEscape(`job.employer.name = 'Acme' && seeker.applications_via_seeker.status ?= 'submitted'`)},
		{"owner", collections.Applications,
			"expand=seeker,seeker.job_seekers_via_user,application_events_via_application&sort=seeker.name"},
		{"admin", collections.Users, "filter=" + url.QueryEscape(`role = 'job_seeker' && email ~ 'example'`) + "&sort=-created"},
		{"superuser", collections.Jobs, "filter=" + url.QueryEscape(`@collection.users.id ?!= ''`) +
			"&sort=applications_via_job.created&expand=employer.jobs_via_employer.applications_via_job"},
	} {
		for _, list := range s.lists(c.collection) {
			got := s.Call(s.people[c.actor], "GET", list+"?"+c.query, nil)
			if got.Status != 200 && !(c.actor == "seeker" && got.Status == 403) {
				t.Errorf("%s?%s as %s: %d %s", list, c.query, c.actor, got.Status, got.Raw)
			}
		}
	}
}
