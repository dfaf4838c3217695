package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

func (p *pipeline) patchJob(who *core.Record, id string, body map[string]any) testapp.Response {
	return p.Call(who, "PATCH", testapp.Records(collections.Jobs, id), body)
}

// Every move between every two statuses by every party that may write a job, against the contract's section 4 written anew.
func TestEveryJobMove(t *testing.T) {
	p := newPipeline(t)
	job := p.Job(p.employer, "Moving", map[string]any{"status": "draft"})
	legal := map[string]bool{"draft>published": true, "published>closed": true, "closed>published": true, "expired>published": true}
	for _, who := range []*core.Record{p.owner, p.member, p.admin} {
		for _, from := range workflow.JobStatuses() {
			for _, to := range workflow.JobStatuses() {
				if from == to {
					continue
				}
				values := dbx.Params{"status": from, "publishedAt": "", "closedAt": ""}
				if _, err := p.DB().Update("jobs", values, dbx.HashExp{"id": job.Id}).Execute(); err != nil {
					t.Fatal(err)
				}
				answer := p.patchJob(who, job.Id, map[string]any{"status": to})
				stored := p.Reload(job)
				if !legal[from+">"+to] {
					if answer.Status != 400 || answer.Code("status") != problem.InvalidTransition || stored.GetString("status") != from {
						t.Errorf("%s>%s must be refused: %d %s", from, to, answer.Status, answer.Raw)
					}
					continue
				}
				if answer.Status != 200 || stored.GetString("status") != to {
					t.Errorf("%s>%s: %d %s", from, to, answer.Status, answer.Raw)
				}
				published := to == "published"
				if published == stored.GetDateTime("publishedAt").IsZero() || published != stored.GetDateTime("closedAt").IsZero() {
					t.Errorf("%s>%s: publishedAt %q, closedAt %q", from, to, stored.GetString("publishedAt"), stored.GetString("closedAt"))
				}
			}
		}
	}
}

func TestTheClockExpiresJobsAndTellsApplicants(t *testing.T) {
	p := newPipeline(t)
	p.Application(p.seeker, p.job)
	withdrawn := p.Application(p.other, p.job)
	p.Update(withdrawn, map[string]any{"status": "withdrawn"})
	p.Update(p.job, map[string]any{"status": "expired"})
	if got := fmt.Sprint(p.notificationKinds(t, p.seeker)); got != "[job_closed]" {
		t.Errorf("the live applicant's notifications = %s", got)
	}
	if got := fmt.Sprint(p.notificationKinds(t, p.other)); strings.Contains(got, "job_closed") {
		t.Errorf("the withdrawn applicant was told: %s", got)
	}
}

func TestPublishingAfterTheDeadlineIsRefused(t *testing.T) {
	p := newPipeline(t)
	job := p.Job(p.employer, "Late", map[string]any{"status": "draft"})
	past := time.Now().Add(-time.Hour).UTC().Format("2006-01-02 15:04:05.000Z")
	if _, err := p.DB().Update("jobs", dbx.Params{"deadline": past}, dbx.HashExp{"id": job.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	if answer := p.patchJob(p.owner, job.Id, map[string]any{"status": "published"}); answer.Code("deadline") != problem.InvalidValue {
		t.Errorf("got %d %s", answer.Status, answer.Raw)
	}
	ahead := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	if answer := p.patchJob(p.owner, job.Id, map[string]any{"status": "published", "deadline": ahead}); answer.Status != 200 {
		t.Errorf("with a new deadline: %d %s", answer.Status, answer.Raw)
	}
}

func TestJobInput(t *testing.T) {
	p := newPipeline(t)
	question := func(q map[string]any) any { return []map[string]any{q} }
	cases := []struct {
		name, field string
		value       any
		code        string
	}{
		{"no title", "title", "", problem.Required},
		{"a title of spaces", "title", "   ", problem.Required},
		{"a title as number", "title", 5, problem.WrongType},
		{"a title too long", "title", strings.Repeat("x", 201), "validation_max_text_constraint"},
		{"no description", "description", "", problem.Required},
		{"a description of script alone", "description", "<script>alert(1)</script>", problem.Required},
		{"an unknown workplace", "workplace", "moon", problem.InvalidValue},
		{"an unknown job type", "jobType", "serfdom", problem.InvalidValue},
		{"a workplace as list", "workplace", []string{"remote"}, problem.WrongType},
		{"a text as salary", "salaryMin", "abc", problem.WrongType},
		{"a salary below zero", "salaryMin", -1, "validation_min_number_constraint"},
		{"a salary range upside down", "salaryMin", 90, problem.InvalidValue}, // salaryMax is 50
		{"an unknown currency", "salaryCurrency", "ZZZ", problem.InvalidValue},
		{"a currency in small letters", "salaryCurrency", "eur", "validation_invalid_format"},
		{"a text as deadline", "deadline", "soon", problem.WrongType},
		{"a past deadline", "deadline", "2020-01-01 00:00:00.000Z", problem.InvalidValue},
		{"a number as deadline", "deadline", 5, problem.WrongType},
		{"skills as text", "skills", "go", problem.InvalidValue},
		{"skills of numbers", "skills", []int{1}, problem.InvalidValue},
		{"101 skills", "skills", strings.Fields(strings.Repeat("go ", 101)), problem.InvalidValue},
		{"21 places", "locations", strings.Fields(strings.Repeat("Lyon ", 21)), problem.InvalidValue},
		{"a place of another shape", "locations", []map[string]any{{"town": "Lyon"}}, problem.InvalidValue},
		{"a place in no country", "locations", []map[string]any{{"city": "Lyon", "country": "XX"}}, problem.InvalidValue},
		{"a place off the globe", "locations", []map[string]any{{"name": "Up", "lat": 95, "lon": 0}}, problem.InvalidValue},
		{"half a point", "locations", []map[string]any{{"name": "Up", "lat": 9}}, problem.InvalidValue},
		{"an unknown applicant country", "applicantCountries", []string{"FR", "XX"}, problem.InvalidValue},
		{"a question without type", "questions", question(map[string]any{"label": "Why?"}), problem.InvalidValue},
		{"a question without label", "questions", question(map[string]any{"type": "text"}), problem.InvalidValue},
		{"a choice without options", "questions", question(map[string]any{"label": "Shift?", "type": "choice"}), problem.InvalidValue},
		{"an absent industry", "industry", "nosuchfield0000", problem.MissingRelation},
		{"created as closed", "status", "closed", problem.InvalidTransition},
		{"created as nonsense", "status", "open", problem.InvalidTransition},
		{"a count", "applicationCount", 9, problem.ReadOnly},
		{"publishedAt", "publishedAt", "2030-01-01 00:00:00.000Z", problem.ReadOnly},
	}
	before, _ := p.CountRecords(collections.Jobs)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			body := p.jobBody()
			body["salaryMax"] = 50
			body[c.field] = c.value
			answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body)
			if answer.Status != 400 || answer.Code(c.field) != c.code {
				t.Errorf("got %d %s, want 400 with %s: %s", answer.Status, answer.Raw, c.field, c.code)
			}
		})
	}
	if after, _ := p.CountRecords(collections.Jobs); after != before {
		t.Errorf("%d jobs were written", after-before)
	}
	for _, body := range []string{"not json", `[1]`, `"text"`, `{"title":`} {
		if answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body); answer.Status != 400 {
			t.Errorf("body %q: %d", body, answer.Status)
		}
	}
}

func TestJobIsTidied(t *testing.T) {
	p := newPipeline(t)
	body := p.jobBody()
	body["title"] = "  Senior   Go Developer "
	body["description"] = `<h2 onclick="x()">Hello</h2><script>alert(1)</script>` +
		`<a href="javascript:x()">a</a><a href="https://example.com">b</a>`
	body["skills"] = []string{" Go ", "go", "PostgreSQL", ""}
	body["locations"] = []any{"Lyon", map[string]any{"city": "Berlin", "country": "de"}}
	body["applicantCountries"] = []string{"fr", "FR", "de"}
	body["status"] = "Published"
	answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body)
	if answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Raw)
	}
	want := map[string]string{
		"title":              "Senior Go Developer",
		"description":        `<h2>Hello</h2>a<a href="https://example.com" rel="nofollow noopener" target="_blank">b</a>`,
		"skills":             "[go postgresql]",
		"applicantCountries": "[FR DE]",
		"status":             "published",
		"location":           "Lyon; Berlin, Germany",
	}
	for field, value := range want {
		if got := fmt.Sprint(answer.Body[field]); got != value {
			t.Errorf("%s = %s, want %s", field, got, value)
		}
	}
	places := answer.Body["locations"].([]any)
	lyon := places[0].(map[string]any)
	if lyon["country"] != "FR" || lyon["lat"].(float64) < 45 || lyon["lat"].(float64) > 46 {
		t.Errorf("Lyon = %v", lyon)
	}
	id := answer.Body["id"].(string)
	moved := p.patchJob(p.owner, id, map[string]any{"location": "Paris"})
	if got := fmt.Sprintf("%v %d", moved.Body["location"], len(moved.Body["locations"].([]any))); got != "Paris 1" {
		t.Errorf("after sending only the text: %s", got)
	}
	if answer.Body["applicationCount"] != float64(0) {
		t.Errorf("the owner sees applicationCount = %v", answer.Body["applicationCount"])
	}
	if _, shown := p.Call(nil, "GET", testapp.Records(collections.Jobs, id), nil).Body["applicationCount"]; shown {
		t.Error("a guest sees applicationCount")
	}
	if probe := p.Call(p.seeker, "GET", testapp.Records(collections.Jobs)+"?filter=applicationCount=0", nil); probe.Status != 400 {
		t.Errorf("a seeker filters by applicationCount: %d", probe.Status)
	}
}

// A deadline given as a day is the end of that day where the job is; given with a time it is that time.
func TestDeadlineAsADayEndsWithThatDay(t *testing.T) {
	p := newPipeline(t)
	body := p.jobBody()
	body["locations"], body["deadline"] = []any{"Berlin"}, "2099-12-24"
	made := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body)
	if made.Body["deadline"] != "2099-12-24 22:59:59.000Z" {
		t.Fatalf("a day in Berlin: %d %v", made.Status, made.Raw)
	}
	id := made.Body["id"].(string)
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"title": "Other"}, "2099-12-24 22:59:59.000Z"},
		{map[string]any{"locations": []any{"Austin, Texas"}, "deadline": "2099-07-01"}, "2099-07-02 04:59:59.000Z"},
		{map[string]any{"deadline": "2099-07-01 10:00:00.000Z"}, "2099-07-01 10:00:00.000Z"},
		{map[string]any{"deadline": "2099-07-01T00:00:00Z"}, "2099-07-01 00:00:00.000Z"},
		{map[string]any{"deadline": ""}, ""},
	} {
		if got := p.patchJob(p.owner, id, c.change); got.Body["deadline"] != c.want {
			t.Errorf("%v: %d, deadline %v, want %s", c.change, got.Status, got.Body["deadline"], c.want)
		}
	}
	today := p.patchJob(p.owner, id, map[string]any{"deadline": time.Now().Add(-48 * time.Hour).UTC().Format(time.DateOnly)})
	if today.Status != 400 || today.Code("deadline") != problem.InvalidValue {
		t.Errorf("a day that is over: %d %s", today.Status, today.Raw)
	}
}

func TestJobOfOneEmployerNeedsNoEmployer(t *testing.T) {
	p := newPipeline(t)
	body := p.jobBody()
	delete(body, "employer")
	answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body)
	if answer.Status != 200 || answer.Body["employer"] != p.employer.Id {
		t.Errorf("%d %s", answer.Status, answer.Raw)
	}
	p.Record(collections.Employers, map[string]any{"owner": p.owner.Id, "name": "Second"})
	if answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body); answer.Status != 400 || answer.Code("employer") == "" {
		t.Errorf("with two employers: %d %s", answer.Status, answer.Raw)
	}
}

func TestJobKeepsItsEmployer(t *testing.T) {
	p := newPipeline(t)
	other := p.Record(collections.Employers, map[string]any{"owner": p.owner.Id, "name": "Second"})
	for _, who := range []*core.Record{p.owner, p.admin} {
		if answer := p.patchJob(who, p.job.Id, map[string]any{"employer": other.Id}); answer.Code("employer") != problem.ReadOnly {
			t.Errorf("%s: %d %s", who.GetString("name"), answer.Status, answer.Raw)
		}
	}
}

func TestImportedJobIsUniqueBySource(t *testing.T) {
	p := newPipeline(t)
	p.Job(p.employer, "One", map[string]any{"source": "feed", "externalId": "1"})
	body := p.jobBody()
	body["source"], body["externalId"] = "feed", "1"
	again := p.Call(p.admin, "POST", testapp.Records(collections.Jobs), body)
	if again.Status != 400 || again.Code("externalId") != problem.NotUnique {
		t.Errorf("%d %s", again.Status, again.Raw)
	}
}

// By these two an import finds its jobs again: whoever could write them would receive the applicants of another's job.
func TestWhereAJobComesFromIsTheAdmins(t *testing.T) {
	p := newPipeline(t)
	imported := p.Job(p.employer, "Imported", map[string]any{"source": "feed", "externalId": "1"})
	batch := func(method, path string, body map[string]any) map[string]any {
		return map[string]any{"requests": []map[string]any{{"method": method, "url": path, "body": body}}}
	}
	p.Settings().Batch.Enabled, p.Settings().Batch.MaxRequests = true, 10
	for _, who := range []*core.Record{p.owner, p.member} {
		for field, value := range map[string]string{"source": "elsewhere", "externalId": "2"} {
			body := p.jobBody()
			body[field] = value
			change := map[string]any{field: value}
			for _, attempt := range []struct {
				method, path string
				body         map[string]any
			}{
				{"POST", testapp.Records(collections.Jobs), body},
				{"POST", "/api/batch", batch("POST", testapp.Records(collections.Jobs), body)},
				{"PATCH", testapp.Records(collections.Jobs, p.job.Id), change},
				{"POST", "/api/batch", batch("PATCH", testapp.Records(collections.Jobs, p.job.Id), change)},
				{"POST", "/api/batch", batch("PUT", testapp.Records(collections.Jobs), map[string]any{"id": p.job.Id, field: value})},
				{"PATCH", testapp.Records(collections.Jobs, imported.Id), change},
				{"PATCH", testapp.Records(collections.Jobs, imported.Id), map[string]any{field: ""}},
			} {
				answer := p.Call(who, attempt.method, attempt.path, attempt.body)
				if answer.Status != 400 || !strings.Contains(string(answer.Raw), problem.ReadOnly) {
					t.Errorf("%s %s with %v: %d %s", attempt.method, attempt.path, attempt.body, answer.Status, answer.Raw)
				}
			}
			if kept := p.Reload(p.job).GetString(field); kept != "" {
				t.Errorf("%s is %q now", field, kept)
			}
			if kept := p.Reload(imported).GetString(field); kept != imported.GetString(field) {
				t.Errorf("%s of the imported job is %q now", field, kept)
			}
		}
		whole := map[string]any{"title": "Renamed", "source": "feed", "externalId": "1"} // front ends save whole records
		if answer := p.patchJob(who, imported.Id, whole); answer.Status != 200 {
			t.Errorf("unchanged: %d %s", answer.Status, answer.Raw)
		}
	}
	if answer := p.patchJob(p.admin, p.job.Id, map[string]any{"source": "feed", "externalId": "9"}); answer.Status != 200 {
		t.Errorf("an admin: %d %s", answer.Status, answer.Raw)
	}
}
