package hooks_test

import (
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

func (p *pipeline) rating(record *core.Record) string {
	stored := p.Reload(record)
	return fmt.Sprintf("%.2f/%d", stored.GetFloat("ratingAverage"), stored.GetInt("ratingCount"))
}

func TestEmployerRatingFollowsEveryChange(t *testing.T) {
	p := newPipeline(t)
	p.Application(p.seeker, p.job)
	p.Application(p.other, p.job)
	review := func(who *core.Record, rating int) testapp.Response {
		return p.Call(who, "POST", testapp.Records(collections.JobReviews),
			map[string]any{"job": p.job.Id, "rating": rating, "title": "Fine"})
	}
	expect := func(step, want string) {
		t.Helper()
		if got := p.rating(p.employer); got != want {
			t.Errorf("after %s: rating %s, want %s", step, got, want)
		}
	}
	first := review(p.seeker, 5)
	if first.Status != 200 || first.Body["employer"] != p.employer.Id || first.Body["status"] != "visible" {
		t.Fatalf("%d %s", first.Status, first.Raw)
	}
	expect("one review", "5.00/1")
	if got := fmt.Sprint(p.notificationKinds(t, p.owner)); got != "[application_submitted application_submitted review_received]" {
		t.Errorf("the owner's notifications = %s", got)
	}
	second := review(p.other, 2)
	expect("two reviews", "3.50/2")
	path := func(answer testapp.Response) string {
		return testapp.Records(collections.JobReviews, answer.Body["id"].(string))
	}
	if answer := p.Call(p.other, "PATCH", path(second), map[string]any{"rating": 4}); answer.Status != 200 {
		t.Errorf("edit: %d %s", answer.Status, answer.Raw)
	}
	expect("an edit", "4.50/2")
	if answer := p.Call(p.admin, "PATCH", path(first), map[string]any{"status": "hidden"}); answer.Status != 200 {
		t.Errorf("hide: %d %s", answer.Status, answer.Raw)
	}
	expect("hiding", "4.00/1")
	p.Call(p.admin, "PATCH", path(first), map[string]any{"status": "visible"})
	expect("showing again", "4.50/2")
	p.Call(p.other, "DELETE", path(second), nil)
	expect("a deletion", "5.00/1")
	if err := p.Delete(p.Reload(p.seeker)); err != nil {
		t.Fatal(err)
	}
	expect("the author's deletion", "0.00/0")
}

func TestReviewingAJobIsRefused(t *testing.T) {
	p := newPipeline(t)
	p.Application(p.seeker, p.job)
	post := func(who *core.Record, body map[string]any) testapp.Response {
		if body["job"] == nil {
			body["job"] = p.job.Id
		}
		return p.Call(who, "POST", testapp.Records(collections.JobReviews), body)
	}
	cases := []struct {
		name        string
		who         *core.Record
		body        map[string]any
		field, code string
	}{
		{"without applying", p.other, map[string]any{"rating": 5}, "job", problem.NotEligible},
		{"in another's name", p.seeker, map[string]any{"rating": 5, "author": p.other.Id}, "", ""},
		{"by an employer", p.owner, map[string]any{"rating": 5}, "", ""},
		{"with six stars", p.seeker, map[string]any{"rating": 6}, "rating", "validation_max_number_constraint"},
		{"with half a star", p.seeker, map[string]any{"rating": 2.5}, "rating", "validation_only_int_constraint"},
		{"without stars", p.seeker, map[string]any{}, "rating", problem.Required},
		{"as hidden", p.seeker, map[string]any{"rating": 5, "status": "hidden"}, "status", problem.ReadOnly},
		{"of another employer", p.seeker, map[string]any{"rating": 5, "employer": p.employer.Id}, "employer", problem.ReadOnly},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := post(c.who, c.body)
			if answer.Status != 400 || c.field != "" && answer.Code(c.field) != c.code {
				t.Errorf("got %d %s", answer.Status, answer.Raw)
			}
		})
	}
	if answer := post(p.seeker, map[string]any{"rating": 5}); answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Raw)
	}
	if again := post(p.seeker, map[string]any{"rating": 4}); again.Code("job") != problem.AlreadyReviewed {
		t.Errorf("a second review: %d %s", again.Status, again.Raw)
	}
}

func TestReviewingPeople(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)
	profile := p.profile(p.seeker)
	review := func(who, subject *core.Record, rating int) testapp.Response {
		return p.Call(who, "POST", testapp.Records(collections.UserReviews),
			map[string]any{"subject": subject.Id, "application": application.Id, "rating": rating})
	}
	for name, refused := range map[string]testapp.Response{
		"oneself":               review(p.seeker, p.seeker, 5),
		"a stranger's subject":  review(p.stranger, p.seeker, 5),
		"by another seeker":     review(p.other, p.owner, 5),
		"of another seeker":     review(p.owner, p.other, 5),
		"of the own colleague":  review(p.owner, p.member, 5),
		"of another's employer": review(p.seeker, p.stranger, 5),
	} {
		if refused.Status != 400 || refused.Code("application")+refused.Code("subject") != problem.NotEligible {
			t.Errorf("%s: %d %s", name, refused.Status, refused.Raw)
		}
	}
	if answer := review(p.owner, p.seeker, 5); answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Raw)
	}
	if answer := review(p.member, p.seeker, 2); answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Raw)
	}
	if got := p.rating(profile); got != "3.50/2" {
		t.Errorf("the seeker's rating = %s", got)
	}
	if answer := review(p.owner, p.seeker, 1); answer.Code("application") != problem.AlreadyReviewed {
		t.Errorf("a second review: %d %s", answer.Status, answer.Raw)
	}
	if answer := review(p.seeker, p.owner, 4); answer.Status != 200 {
		t.Errorf("the seeker reviews the owner: %d %s", answer.Status, answer.Raw)
	}
}
