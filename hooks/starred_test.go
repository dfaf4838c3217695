package hooks_test

import (
	"net/url"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

// Every starred field of the contract, and every field that only some may write: set by an update, by a modifier and in a
// batch, it is refused by name and stays as it was.
func TestFieldsOfTheSystemCannotBeSet(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)
	profile := p.profile(p.seeker)
	jobReview := p.Record(collections.JobReviews, map[string]any{"author": p.seeker.Id, "job": p.job.Id, "rating": 4})
	userReview := p.Record(collections.UserReviews, map[string]any{
		"author": p.owner.Id, "subject": p.seeker.Id, "application": application.Id, "rating": 4,
	})
	notification, err := p.FindFirstRecordByData(collections.Notifications, "user", p.owner.Id)
	if err != nil {
		t.Fatal(err)
	}
	search := p.Record(collections.SavedSearches, map[string]any{"seeker": p.seeker.Id, "name": "Go", "query": map[string]any{"q": "go"}})
	const date = "2031-01-01 10:00:00.000Z"
	cases := []struct {
		who    *core.Record
		record *core.Record
		field  string
		value  any
	}{
		{p.seeker, p.seeker, "role", "admin"},
		{p.seeker, p.seeker, "role", "employer"},
		{p.seeker, p.seeker, "deactivatedAt", date},
		{p.admin, p.seeker, "deactivatedAt", date},
		{p.seeker, profile, "user", p.other.Id},
		{p.seeker, profile, "ratingAverage", 5},
		{p.admin, profile, "ratingCount", 99},
		{p.owner, p.employer, "verified", true},
		{p.owner, p.employer, "ratingAverage", 5},
		{p.admin, p.employer, "ratingCount", 99},
		{p.member, p.employer, "owner", p.member.Id},
		{p.member, p.employer, "members", []string{p.member.Id, p.stranger.Id}},
		{p.owner, p.job, "publishedAt", date},
		{p.owner, p.job, "closedAt", date},
		{p.admin, p.job, "applicationCount", 0},
		{p.owner, notification, "title", "Changed"},
		{p.owner, notification, "user", p.member.Id},
		{p.owner, notification, "kind", "account"},
		{p.owner, notification, "data", map[string]any{}},
		{p.owner, notification, "readAt", date},
		{p.seeker, jobReview, "status", "hidden"},
		{p.seeker, jobReview, "job", p.Job(p.employer, "Another").Id},
		{p.seeker, jobReview, "employer", p.employer.Id + "x"},
		{p.admin, jobReview, "rating", 1},
		{p.admin, userReview, "body", "Changed"},
		{p.owner, userReview, "subject", p.other.Id},
		{p.owner, userReview, "status", "hidden"},
		{p.seeker, search, "lastSentAt", date},
		{p.seeker, search, "seeker", p.other.Id},
	}
	for _, c := range cases {
		t.Run(c.record.Collection().Name+"."+c.field, func(t *testing.T) {
			before := p.Reload(c.record).GetString(c.field)
			path := testapp.Records(c.record.Collection().Name, c.record.Id)
			answer := p.Call(c.who, "PATCH", path, map[string]any{c.field: c.value})
			if answer.Status != 400 || answer.Code(c.field) != problem.ReadOnly {
				t.Errorf("update: %d %s", answer.Status, answer.Raw)
			}
			if modified := p.Call(c.who, "PATCH", path, map[string]any{c.field + "+": c.value}); modified.Status == 500 {
				t.Errorf("modifier: %d %s", modified.Status, modified.Raw)
			}
			batch := p.Call(c.who, "POST", "/api/batch", map[string]any{"requests": []map[string]any{
				{"method": "PATCH", "url": path, "body": map[string]any{c.field: c.value}},
			}})
			if batch.Status != 400 {
				t.Errorf("batch: %d %s", batch.Status, batch.Raw)
			}
			if after := p.Reload(c.record).GetString(c.field); after != before {
				t.Errorf("%s changed from %q to %q", c.field, before, after)
			}
		})
	}
}

// A front end that saves a whole record back, unchanged fields and all, is not refused.
func TestSavingAWholeRecordBack(t *testing.T) {
	p := newPipeline(t)
	for _, c := range []struct{ who, record *core.Record }{
		{p.owner, p.job}, {p.owner, p.employer}, {p.seeker, p.profile(p.seeker)}, {p.seeker, p.seeker},
	} {
		path := testapp.Records(c.record.Collection().Name, c.record.Id)
		whole := p.Call(c.who, "GET", path, nil).Body
		if answer := p.Call(c.who, "PATCH", path, whole); answer.Status != 200 {
			t.Errorf("%s: %d %s", c.record.Collection().Name, answer.Status, answer.Raw)
		}
	}
}

// Nobody learns by filter, sort or expand what a view would not show.
func TestHiddenThingsCannotBeProbed(t *testing.T) {
	p := newPipeline(t)
	p.Application(p.seeker, p.job)
	p.Job(p.employer, "Secret draft", map[string]any{"status": "draft"})
	list := func(who *core.Record, collection, query string) testapp.Response {
		return p.Call(who, "GET", testapp.Records(collection)+"?"+query, nil)
	}
	filter := func(text string) string { return "filter=" + url.QueryEscape(text) }
	for name, answer := range map[string]testapp.Response{
		"drafts by title":             list(nil, collections.Jobs, filter("title ~ 'Secret'")),
		"applicants by job":           list(nil, collections.Jobs, filter("applications_via_job.status = 'submitted'")),
		"applicants' names by job":    list(p.other, collections.Jobs, filter("applications_via_job.seeker.name = 'ada'")),
		"drafts through the employer": list(p.seeker, collections.Employers, filter("jobs_via_employer.title ~ 'Secret'")),
		"applicants through field": list(p.stranger, collections.FieldsOfInterest,
			filter("job_seeker_interests_via_field.seeker.name = 'ada'")),
		"users through employers": list(nil, collections.Employers, filter("owner.name ~ 'acme'")),
		"reports through users":   list(p.seeker, collections.Users, filter("reports_via_requestedBy.kind = 'jobs'")),
		"notifications of others through user": list(p.owner, collections.Users,
			filter("notifications_via_user.title ~ 'e' && id != '"+p.owner.Id+"'")),
	} {
		if answer.Status == 200 && len(answer.Items()) > 0 || answer.Status >= 500 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		}
	}
	for name, answer := range map[string]testapp.Response{
		"sort by count":         list(p.seeker, collections.Jobs, "sort=-applicationCount"),
		"filter by count":       list(p.seeker, collections.Jobs, filter("applicationCount > 0")),
		"filter by mail state":  list(p.owner, collections.Notifications, filter("mail = 'pending'")),
		"filter by token key":   list(p.seeker, collections.Users, filter("tokenKey ~ 'a'")),
		"filter by deactivated": list(p.owner, collections.Users, filter("deactivatedAt = ''")),
		"filter by password":    list(p.seeker, collections.Users, filter("password ~ 'a'")),
	} {
		if answer.Status != 400 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		}
	}
	expanded := list(nil, collections.Jobs, "expand=employer.owner,applications_via_job")
	for _, job := range expanded.Items() {
		expand, _ := job["expand"].(map[string]any)
		employer, _ := expand["employer"].(map[string]any)
		people, _ := employer["expand"].(map[string]any)
		if employer == nil || len(people) != 0 || expand["applications_via_job"] != nil {
			t.Errorf("a guest expands to %v", expand)
		}
	}
}
