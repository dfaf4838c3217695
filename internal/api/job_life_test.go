package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

func TestADuplicateIsADraftOfTheSameJob(t *testing.T) {
	board := newBoard(t)
	employer, owner := board.Employer("Acme")
	job := board.Job(employer, "Gardener", map[string]any{
		"locations": []string{"Lyon, France"}, "applicantCountries": []string{"FR"}, "skills": []string{"roses"}, "salaryMin": 10,
		"salaryMax": 20, "salaryCurrency": "EUR", "salaryPeriod": "hour", "experienceLevel": "mid",
		"applyMethod": "email", "applyEmail": "hr@acme.example",
		"questions": []map[string]any{{"id": "a", "label": "Why?", "type": "text"}}, "source": "feed", "externalId": "1",
		"deadline": time.Now().Add(time.Hour),
	})
	job = board.Update(job, map[string]any{"applyMethod": "board"})
	board.Application(board.Seeker("sara"), job)
	answer := board.Call(owner, "POST", "/api/jobs/"+job.Id+"/duplicate/", map[string]any{"title": "Ignored", "status": "published"})
	id, _ := answer.Body["id"].(string)
	if answer.Status != 201 || id == job.Id || answer.Header.Get("Location") != "/api/jobs/"+id+"/" {
		t.Fatalf("%d %v %s", answer.Status, answer.Header, answer.Raw)
	}
	made, err := board.FindRecordById(collections.Jobs, id)
	if err != nil {
		t.Fatal(err)
	}
	job = board.Reload(job)
	fresh := map[string]string{"status": "draft", "deadline": "", "publishAt": "", "publishedAt": "", "closedAt": "", "firstPublishedAt": "",
		"postedAt": "", "publicationCount": "0", "applicationCount": "0", "source": "", "externalId": ""}
	for _, field := range job.Collection().Fields {
		name := field.GetName()
		want, isFresh := fresh[name]
		if !isFresh {
			want = job.GetString(name)
		}
		if name != "id" && name != "created" && name != "updated" && made.GetString(name) != want {
			t.Errorf("%s is %q, want %q", name, made.GetString(name), want)
		}
	}
	onlyText := board.Job(employer, "Somewhere", map[string]any{"location": "Somewhere nice"})
	if answer := board.Call(owner, "POST", "/api/jobs/"+onlyText.Id+"/duplicate", nil); answer.Body["location"] != "Somewhere nice" {
		t.Errorf("a place as text: %d %s", answer.Status, answer.Raw)
	}
}

func TestAJobIsRenewed(t *testing.T) {
	board := newBoard(t)
	employer, owner := board.Employer("Acme")
	const long = 40 * 24 * time.Hour
	in := func(after time.Duration) string {
		return time.Now().Add(after).UTC().Format("2006-01-02 15:04:05.000Z")
	}
	type step struct {
		status, deadline string // before; a deadline may have passed
		body             any
		days             int // until the deadline afterwards; 0 is no deadline
		publications     int
	}
	for name, c := range map[string]step{
		"published":                     {"published", in(time.Hour), map[string]any{"deadline": in(long)}, 40, 1},
		"published, by default":         {"published", in(time.Hour), nil, 30, 1},
		"published, with more":          {"published", in(long), nil, 40, 1},
		"published, without a deadline": {"published", "", nil, 0, 1},
		"closed":                        {"closed", in(-time.Hour), map[string]any{"deadline": in(long)}, 40, 2},
		"closed, by default":            {"closed", in(-time.Hour), nil, 30, 2},
		"closed, without a deadline":    {"closed", "", nil, 0, 2},
		"expired":                       {"expired", in(-time.Hour), map[string]any{"deadline": ""}, 0, 2},
		"expired, by default":           {"expired", in(-long), nil, 30, 2},
	} {
		job := board.Job(employer, name)
		first := job.GetString("firstPublishedAt")
		if c.status != "published" {
			board.Update(job, map[string]any{"status": c.status})
		}
		if _, err := board.DB().Update(collections.Jobs, dbx.Params{"deadline": c.deadline}, dbx.HashExp{"id": job.Id}).Execute(); err != nil {
			t.Fatal(err)
		}
		answer := board.Call(owner, "POST", "/api/jobs/"+job.Id+"/renew/", c.body)
		job = board.Reload(job)
		days := 0
		if at := job.GetDateTime("deadline"); !at.IsZero() {
			days = int(time.Until(at.Time()).Round(time.Hour).Hours() / 24)
		}
		got := fmt.Sprint(answer.Status, answer.Body["status"], days, job.GetInt("publicationCount"), job.GetString("closedAt"))
		if want := fmt.Sprint(200, "published", c.days, c.publications, ""); got != want {
			t.Errorf("%s: %s, want %s: %s", name, got, want, answer.Raw)
		}
		if job.GetString("firstPublishedAt") != first || job.GetString("postedAt") != first {
			t.Errorf("%s: first published %s, posted %s, want %s", name, job.GetString("firstPublishedAt"), job.GetString("postedAt"), first)
		}
		posting := board.Call(nil, "GET", "/api/jobs/"+job.Id+"/jsonld", nil)
		if want := strings.Replace(first[:19], " ", "T", 1) + "Z"; !strings.Contains(posting.Raw, `"datePosted":"`+want+`"`) {
			t.Errorf("%s: not posted on %s: %d %s", name, want, posting.Status, posting.Raw)
		}
	}
	job := board.Job(employer, "Not renewed")
	closed := board.Update(job, map[string]any{"status": "closed"})
	draft := board.Job(employer, "Draft", map[string]any{"status": "draft"})
	for _, c := range []struct {
		job         *core.Record
		body        any
		field, code string
	}{
		{closed, map[string]any{"deadline": in(-time.Hour)}, "deadline", problem.InvalidValue},
		{closed, map[string]any{"deadline": "soon"}, "deadline", problem.WrongType},
		{closed, map[string]any{"deadline": 5}, "deadline", problem.WrongType},
		{draft, map[string]any{"deadline": in(long)}, "status", problem.InvalidTransition},
	} {
		answer := board.Call(owner, "POST", "/api/jobs/"+c.job.Id+"/renew", c.body)
		if answer.Status != 400 || answer.Code(c.field) != c.code || board.Reload(c.job).GetString("status") != c.job.GetString("status") {
			t.Errorf("%v: %d %s", c.body, answer.Status, answer.Raw)
		}
	}
}
