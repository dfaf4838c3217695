package hooks_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

const elsewhere = "https://jobs.acme.example/42?ref=board"

func TestHowOneAppliesIsChecked(t *testing.T) {
	p := newPipeline(t)
	for _, c := range []struct {
		body        map[string]any
		field, code string
	}{
		{map[string]any{"applyMethod": "url"}, "applyUrl", problem.Required},
		{map[string]any{"applyMethod": "email"}, "applyEmail", problem.Required},
		{map[string]any{"applyMethod": "email", "applyEmail": "nobody"}, "applyEmail", "validation_is_email"},
		{map[string]any{"applyMethod": "email", "applyEmail": 5}, "applyEmail", problem.WrongType},
		{map[string]any{"applyMethod": "fax"}, "applyMethod", "validation_invalid_value"},
		{map[string]any{"applyMethod": "url", "applyUrl": "http://acme.example"}, "applyUrl", problem.InvalidValue},
		{map[string]any{"applyUrl": "javascript:alert(1)"}, "applyUrl", problem.InvalidValue},
		{map[string]any{"applyUrl": "https://user:pass@acme.example"}, "applyUrl", problem.InvalidValue},
		{map[string]any{"applyUrl": "https://acme.example/\"><script>"}, "applyUrl", problem.InvalidValue},
		{map[string]any{"applyUrl": "//acme.example"}, "applyUrl", problem.InvalidValue},
		{map[string]any{"firstPublishedAt": "2020-01-01 00:00:00.000Z"}, "firstPublishedAt", problem.ReadOnly},
		{map[string]any{"publicationCount": 7}, "publicationCount", problem.ReadOnly},
		{map[string]any{"postedAt": "2020-01-01 00:00:00.000Z"}, "postedAt", problem.ReadOnly},
		{map[string]any{"publishAt": "2099-01-01 00:00:00.000Z"}, "publishAt", problem.InvalidValue},
	} {
		if answer := p.patchJob(p.owner, p.job.Id, c.body); answer.Status != 400 || answer.Code(c.field) != c.code {
			t.Errorf("%v: %d %s", c.body, answer.Status, answer.Raw)
		}
		body := p.jobBody()
		for key, value := range c.body {
			body[key] = value
		}
		if _, later := c.body["publishAt"]; later {
			body["status"] = "published"
		}
		if answer := p.Call(p.owner, "POST", testapp.Records(collections.Jobs), body); answer.Status != 400 || answer.Code(c.field) != c.code {
			t.Errorf("create with %v: %d %s", c.body, answer.Status, answer.Raw)
		}
	}
	if got := p.Reload(p.job); got.GetString("applyMethod") != "board" || got.GetInt("publicationCount") != 1 {
		t.Errorf("a refused change was stored: %v", got)
	}
	written := " " + strings.Replace(elsewhere, "https", "HTTPS", 1) + " "
	answer := p.patchJob(p.owner, p.job.Id, map[string]any{"applyMethod": "url", "applyUrl": written})
	if answer.Status != 200 || answer.Body["applyUrl"] != elsewhere {
		t.Errorf("an address: %d %s", answer.Status, answer.Raw)
	}
	if answer := p.patchJob(p.owner, p.job.Id, map[string]any{"applyMethod": ""}); answer.Body["applyMethod"] != "board" {
		t.Errorf("no method: %d %s", answer.Status, answer.Raw)
	}
}

func TestOneAppliesOnTheBoardOnlyWhereTheJobSaysSo(t *testing.T) {
	p := newPipeline(t)
	for _, values := range []map[string]any{
		{"applyMethod": "url", "applyUrl": elsewhere}, {"applyMethod": "email", "applyEmail": "hr@acme.example"},
	} {
		job := p.Job(p.employer, "Elsewhere", values)
		answer := p.apply(t, p.seeker, map[string]any{"job": job.Id})
		if answer.Status != 400 || answer.Code("job") != problem.AppliesElsewhere {
			t.Errorf("%v: %d %s", values, answer.Status, answer.Raw)
		}
		closed := p.Update(job, map[string]any{"status": "closed"})
		if answer := p.apply(t, p.seeker, map[string]any{"job": closed.Id}); answer.Code("job") != problem.JobNotOpen {
			t.Errorf("%v, closed: %d %s", values, answer.Status, answer.Raw)
		}
	}
	if count, err := p.CountRecords(collections.Applications); err != nil || count != 0 {
		t.Errorf("%d applications (%v)", count, err)
	}
}

// The address for applications by e-mail is for seekers, the people and admins, wherever a job is shown or asked about.
func TestWhoSeesTheAddressForApplications(t *testing.T) {
	p := newPipeline(t)
	p.super = p.Superuser("root")
	const address = "hr@acme.example"
	job := p.Job(p.employer, "By mail", map[string]any{"applyMethod": "email", "applyEmail": address})
	unused := p.Job(p.employer, "On the board", map[string]any{"applyEmail": address})
	p.Record(collections.SavedJobs, map[string]any{"seeker": p.seeker.Id, "job": job.Id})
	sees := map[string]bool{"seeker": true, "other": true, "owner": true, "member": true, "admin": true, "superuser": true}
	for _, name := range actors {
		who := p.actor(name)
		for _, path := range []string{
			testapp.Records(collections.Jobs, job.Id), testapp.Records(collections.Jobs, job.Id) + "?fields=applyEmail",
			testapp.Records(collections.Jobs) + "?filter=" + url.QueryEscape("id='"+job.Id+"'"),
			testapp.Records(collections.Employers, p.employer.Id) + "?expand=jobs_via_employer",
		} {
			answer := p.Call(who, "GET", path, nil)
			if shown := strings.Contains(answer.Raw, address); answer.Status != 200 || shown != sees[name] {
				t.Errorf("%s, %s: %d, shown %v: %s", name, path, answer.Status, shown, answer.Raw)
			}
		}
		manages := sees[name] && name != "seeker" && name != "other"
		answer := p.Call(who, "GET", testapp.Records(collections.Jobs, unused.Id), nil)
		if shown := strings.Contains(answer.Raw, address); shown != manages {
			t.Errorf("%s: an address that is not in use: shown %v", name, shown)
		}
	}
	saved := p.Call(p.seeker, "GET", testapp.Records(collections.SavedJobs)+"?expand=job", nil)
	if !strings.Contains(saved.Raw, address) {
		t.Errorf("expanded: %s", saved.Raw)
	}
	for _, name := range []string{"guest", "seeker", "rival", "owner", "admin"} {
		p.mustNotAskFor(t, name, p.actor(name), "applyEmail", "postedAt")
	}
}

// mustNotAskFor checks that a caller can't find out hidden fields of jobs by filter or sort, directly or by a relation.
func (p *pipeline) mustNotAskFor(t *testing.T, name string, who *core.Record, fields ...string) {
	t.Helper()
	for _, field := range fields {
		for collection, path := range map[string]string{
			collections.Jobs: field, collections.Applications: "job." + field, collections.JobReviews: "job." + field,
			collections.SavedJobs: "job." + field, collections.Employers: "jobs_via_employer." + field,
		} {
			for _, query := range []string{
				"filter=" + url.QueryEscape(path+" ?~ 'a'"), "filter=" + url.QueryEscape(path+":lower ?= 'a'"), "sort=" + path,
			} {
				if answer := p.Call(who, "GET", testapp.Records(collection)+"?"+query, nil); answer.Status != 400 {
					t.Errorf("%s may ask %s?%s: %d %s", name, collection, query, answer.Status, answer.Raw)
				}
			}
		}
	}
}

// Figures of a published job, which everybody sees, are for its people: no filter tells others how often it is read.
func TestFiguresCannotBeFoundOutByFilter(t *testing.T) {
	p := newPipeline(t)
	p.Record(collections.JobDays, map[string]any{"job": p.job.Id, "day": "2026-01-31", "views": 70})
	find := func(who *core.Record, collection, filter string) (status, found int) {
		answer := p.Call(who, "GET", testapp.Records(collection)+"?filter="+url.QueryEscape(filter), nil)
		return answer.Status, len(answer.Items())
	}
	if status, found := find(p.owner, collections.Jobs, "job_days_via_job.views ?= 70"); status != 200 || found != 1 {
		t.Errorf("the owner: %d, %d jobs", status, found)
	}
	for _, name := range []string{"guest", "seeker", "rival"} {
		for collection, path := range map[string]string{collections.Jobs: "job_days_via_job.", collections.SavedJobs: "job.job_days_via_job.",
			collections.Employers: "jobs_via_employer.job_days_via_job."} {
			for _, condition := range []string{
				"views ?= 70", "views ?> 1", "views > 1", "views ?!= 1", "day ?~ '2026'", "id ?!= ''", "views:length = 0",
			} {
				if status, found := find(p.actor(name), collection, path+condition); found != 0 {
					t.Errorf("%s finds %d of %s by %s%s (%d)", name, found, collection, path, condition, status)
				}
			}
		}
		expanded := p.Call(p.actor(name), "GET", testapp.Records(collections.Jobs, p.job.Id)+"?expand=job_days_via_job", nil)
		if strings.Contains(expanded.Raw, "2026-01-31") {
			t.Errorf("%s expands: %s", name, expanded.Raw)
		}
	}
}

func TestPublicationsAreNoted(t *testing.T) {
	p := newPipeline(t)
	draft := p.Job(p.employer, "Later", map[string]any{"status": "draft", "publishAt": time.Now().Add(time.Hour)})
	if draft.GetInt("publicationCount") != 0 || !draft.GetDateTime("firstPublishedAt").IsZero() {
		t.Errorf("a draft counts as published: %v", draft)
	}
	published := p.Update(draft, map[string]any{"status": "published"})
	first := published.GetString("firstPublishedAt")
	if first != published.GetString("publishedAt") || published.GetInt("publicationCount") != 1 || published.GetString("publishAt") != "" {
		t.Errorf("published: %v", published)
	}
	posted := first
	for n, offline := range []time.Duration{0, 29 * 24 * time.Hour, 30*24*time.Hour + time.Second, time.Hour} {
		p.Update(draft, map[string]any{"status": "closed"})
		at := time.Now().Add(-offline).UTC().Format("2006-01-02 15:04:05.000Z")
		if _, err := p.DB().Update("jobs", dbx.Params{"closedAt": at}, dbx.HashExp{"id": draft.Id}).Execute(); err != nil {
			t.Fatal(err)
		}
		again := p.Update(draft, map[string]any{"status": "published"})
		if offline > 30*24*time.Hour {
			posted = again.GetString("publishedAt")
		}
		got := fmt.Sprint(again.GetInt("publicationCount"), again.GetString("firstPublishedAt"), again.GetString("postedAt"))
		if want := fmt.Sprint(n+2, first, posted); got != want {
			t.Errorf("offline for %v: %s, want %s", offline, got, want)
		}
	}
}
