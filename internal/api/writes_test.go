package api_test

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// PUT empties what it leaves out, save what is moved or given once; PATCH leaves it.
func TestPutReplacesAndPatchChanges(t *testing.T) {
	board := newBoard(t)
	employer, owner := board.Employer("Acme")
	job := board.Job(employer, "Gopher",
		map[string]any{"skills": []string{"go"}, "salaryMin": 10, "salaryCurrency": "EUR", "experienceLevel": "senior",
			"locations": []string{"Lyon, France"}, "externalId": "7", "source": "feed"})
	path := "/api/jobs/" + job.Id + "/"

	if got := board.Call(owner, "PATCH", path, map[string]any{"title": "Gardener"}); got.Status != 200 {
		t.Fatalf("PATCH: %d %s", got.Status, got.Raw)
	}
	after := board.Reload(job)
	for _, field := range []string{"skills", "salaryMin", "salaryCurrency", "experienceLevel", "location", "status", "publishedAt",
		"externalId"} {
		if after.GetString(field) != job.GetString(field) {
			t.Errorf("PATCH changed %s from %q to %q", field, job.GetString(field), after.GetString(field))
		}
	}
	if after.GetString("title") != "Gardener" {
		t.Errorf("the title is %q", after.GetString("title"))
	}

	got := board.Call(owner, "PUT", path,
		map[string]any{"title": "Baker", "description": "<p>Bread.</p>", "workplace": "on_site", "jobType": "part_time"})
	if got.Status != 200 {
		t.Fatalf("PUT: %d %s", got.Status, got.Raw)
	}
	after = board.Reload(job)
	for field, want := range map[string]string{
		"title": "Baker", "workplace": "on_site", "jobType": "part_time", "salaryMin": "0", "salaryCurrency": "", "experienceLevel": "",
		"location": "",
		"status":   "published", "publishedAt": job.GetString("publishedAt"), "employer": employer.Id, "externalId": "7", "source": "feed",
	} {
		if after.GetString(field) != want {
			t.Errorf("after PUT %s is %q, want %q", field, after.GetString(field), want)
		}
	}
	if skills := after.GetStringSlice("skills"); len(skills) != 0 {
		t.Errorf("after PUT the skills are %v", skills)
	}
	missing := board.Call(owner, "PUT", path, map[string]any{"title": "Baker"})
	for _, field := range []string{"description", "workplace", "jobType"} {
		if missing.Status != 400 || missing.Code(field) == "" {
			t.Errorf("PUT without %s: %d %s", field, missing.Status, missing.Raw)
		}
	}

	seeker := board.Update(board.Seeker("sara"), map[string]any{"locale": "fr"})
	if got := board.Call(seeker, "PUT", "/api/users/"+seeker.Id, map[string]any{"name": "Sara B."}); got.Status != 200 {
		t.Fatalf("PUT user: %d %s", got.Status, got.Raw)
	}
	if changed := board.Reload(seeker); changed.GetString("locale") != "" || changed.GetString("role") != "job_seeker" ||
		changed.Email() != seeker.Email() || !changed.ValidatePassword(testapp.Password) {
		t.Errorf("after PUT the user is %v", changed.PublicExport())
	}
}

// What is made is where Location says.
func TestCreationsSayWhere(t *testing.T) {
	s := newScene(t)
	application := s.application()
	for _, c := range []struct {
		actor, path string
		body        any
	}{
		{"admin", "/api/users", newAccount(s, "role", "employer")},
		{"owner", "/api/jobs", job(s)},
		{"owner", "/api/employers", map[string]any{"name": s.fresh()}},
		{"seeker", "/api/jobs/" + s.published().Id + "/applications", map[string]any{}},
		{"seeker", "/api/jobs/" + application.GetString("job") + "/reviews", map[string]any{"rating": 4}},
		{"owner", "/api/users/" + s.seeker().Id + "/reviews", map[string]any{"rating": 4, "application": application.Id}},
		{"admin", "/api/reports", map[string]any{"kind": "jobs", "format": "csv"}},
	} {
		made := s.Call(s.people[c.actor], "POST", c.path, c.body)
		location := made.Header.Get("Location")
		if made.Status != 201 || location == "" {
			t.Errorf("POST %s: %d, Location %q: %s", c.path, made.Status, location, made.Raw)
			continue
		}
		if got := s.Call(s.people[c.actor], "GET", location, nil); got.Status != 200 || got.Body["id"] != made.Body["id"] {
			t.Errorf("GET %s: %d %s", location, got.Status, got.Raw)
		}
	}
}

func TestApplyingWithFiles(t *testing.T) {
	board := newBoard(t)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Gopher", map[string]any{"questions": []map[string]any{
		{"id": "car", "label": "A car?", "type": "yes_no", "required": true}, {"id": "years", "label": "Years?", "type": "number"}}})
	apply := func(user *core.Record, f form) testapp.Response {
		body, media := f.encode(t)
		r := httptest.NewRequest("POST", "/api/jobs/"+job.Id+"/applications/", bytes.NewReader(body))
		r.Header.Set("Content-Type", media)
		r.Header.Set("Authorization", board.Token(user))
		return board.Send(r)
	}
	answers := part{name: "answers", value: `{"car": true, "years": 3}`}
	for name, field := range map[string]string{"documents": "documents", "documents[]": "documents"} {
		got := apply(board.Seeker(strings.Trim(name, "[]")+map[bool]string{true: "2"}[name != field]),
			form{answers, {name: "coverLetter", value: "12"}, {name, "A life.", "cv.txt"}, {name, "A diploma.", "diploma.txt"}})
		documents, _ := got.Body["documents"].([]any)
		given, _ := got.Body["answers"].(map[string]any)
		if got.Status != 201 || len(documents) != 2 || got.Body["coverLetter"] != "12" || given["car"] != true || given["years"] != 3.0 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	sara := board.Seeker("sara")
	six := form{answers}
	for range 6 {
		six = append(six, part{"documents", "A life.", "cv.txt"})
	}
	for _, c := range []struct {
		what   string
		form   form
		status int
		field  string
	}{
		{"a picture", form{answers, {"documents", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "cv.png"}}, 400, "documents"},
		{"six", six, 400, "documents"},
		{"one above 10 MB", form{answers, {"documents", strings.Repeat("life ", 2_200_000), "cv.txt"}}, 413, "documents"},
		{"no answer", form{{"documents", "A life.", "cv.txt"}}, 400, "answers"},
	} {
		if got := apply(sara, c.form); got.Status != c.status || got.Code(c.field) == "" {
			t.Errorf("%s: %d %s", c.what, got.Status, got.Raw)
		}
	}
	if all, err := board.FindAllRecords(collections.Applications); err != nil || len(all) != 2 {
		t.Errorf("there are %d applications (%v), want 2", len(all), err)
	}
}
