package database_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// scene is a board whose database can be made unavailable, with a request for each way of writing.
type scene struct {
	*testapp.Board
	admin, owner, seeker       *core.Record
	employer, job, application *core.Record
	text                       string // needs a new page
	requests                   []request
}

type request struct {
	who          *core.Record
	method, path string
	body         any
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{Board: testapp.NewBoard(t, hooks.Bind, api.Bind, database.Bind)}
	s.admin, s.seeker = s.Admin("ada"), s.Seeker("sam")
	s.employer, s.owner = s.Board.Employer("Acme")
	s.job = s.Job(s.employer, "Developer")
	s.application = s.Application(s.seeker, s.job)
	s.text = strings.Repeat("work ", 4_000)
	job := map[string]any{
		"employer": s.employer.Id, "title": "Nurse", "description": "<p>" + s.text + "</p>", "workplace": "remote", "jobType": "full_time",
	}
	user := func(name string) map[string]any {
		return map[string]any{
			"email": name + "@example.com", "name": name, "role": "job_seeker",
			"password": testapp.Password, "passwordConfirm": testapp.Password,
		}
	}
	search := map[string]any{"name": "Mine", "query": map[string]any{"q": "nurse"}, "frequency": "daily"}
	batch := map[string]any{"requests": []any{map[string]any{"method": "POST", "url": testapp.Records(collections.Jobs), "body": job}}}
	application := s.Application(s.Seeker("sue"), s.job)
	s.requests = []request{
		{s.owner, "POST", testapp.Records(collections.Jobs), job},
		{s.owner, "PATCH", testapp.Records(collections.Jobs, s.job.Id), map[string]any{"description": "<p>" + s.text + "</p>"}},
		{s.admin, "DELETE", testapp.Records(collections.Applications, application.Id), nil},
		{s.seeker, "POST", testapp.Records(collections.SavedJobs), map[string]any{"seeker": s.seeker.Id, "job": s.job.Id}},
		{s.seeker, "POST", testapp.Records(collections.SavedSearches), search},
		{nil, "POST", testapp.Records(collections.Users), user("new")},
		{s.owner, "POST", "/api/batch", batch},
		{s.owner, "POST", "/api/jobs/", job},
		{s.owner, "PATCH", "/api/jobs/" + s.job.Id + "/", map[string]any{"description": "<p>" + s.text + "</p>"}},
		{s.owner, "PATCH", fmt.Sprintf("/api/jobs/%s/applications/%s/status/", s.job.Id, s.application.Id),
			map[string]any{"status": "in_review"}},
		{nil, "POST", "/api/users/auth/register/", user("newer")},
	}
	return s
}

// pragma sets a pragma of the one connection that writes.
func (s *scene) pragma(t *testing.T, pragma string) {
	t.Helper()
	if _, err := s.NonconcurrentDB().NewQuery("PRAGMA " + pragma).Execute(); err != nil {
		t.Fatal(err)
	}
}

// mustAll sends every request and compares the status of the answers.
func (s *scene) mustAll(t *testing.T, status int, header string) {
	t.Helper()
	for _, r := range s.requests {
		got := s.Call(r.who, r.method, r.path, r.body)
		if got.Status != status || header != "" && got.Header.Get(header) == "" || got.Body["status"] != float64(status) {
			t.Errorf("%s %s: %d %s %v, want %d", r.method, r.path, got.Status, got.Raw, got.Header, status)
		}
	}
}

// mustNone checks that no request is answered as if the database were unavailable.
func (s *scene) mustNone(t *testing.T) {
	t.Helper()
	for _, r := range s.requests {
		if got := s.Call(r.who, r.method, r.path, r.body); got.Status >= 300 {
			t.Errorf("%s %s, out of trouble: %d %s", r.method, r.path, got.Status, got.Raw)
		}
	}
}

func TestLockedDatabaseIsNoWrongRequest(t *testing.T) {
	s := newScene(t)
	s.pragma(t, "busy_timeout(10)")
	other, err := database.Connect(filepath.Join(s.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.Transactional(func(*dbx.Tx) error { // as an import does that takes long
		s.mustAll(t, 503, "Retry-After")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.mustNone(t)
}

func TestFullDiskIsNoWrongRequest(t *testing.T) {
	s := newScene(t)
	s.pragma(t, "max_page_count(1)") // as few as there are
	for _, r := range s.requests {
		got := s.Call(r.who, r.method, r.path, r.body)
		fits := got.Status < 300 && !strings.Contains(fmt.Sprint(r.body), s.text) // there is room in the pages
		if got.Status != 507 && !fits {
			t.Errorf("%s %s: %d %s", r.method, r.path, got.Status, got.Raw)
		}
	}
}
