package hooks_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// Who belongs to an employer but is no employer by role, or has left the board, has no part in its business.
func TestPeopleAreActiveEmployers(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"without the role": {"role": collections.RoleJobSeeker},
		"as an admin":      {"role": collections.RoleAdmin},
		"deactivated":      {"deactivatedAt": "2026-01-01 00:00:00.000Z"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t)
			former := p.Update(p.member, change)
			before := len(p.notificationKinds(t, former))
			if answer := p.apply(t, p.seeker, nil); answer.Status != 200 {
				t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
			}
			application := p.Reload(p.live(t, p.seeker))
			p.Record(collections.JobReviews, map[string]any{"author": p.seeker.Id, "job": p.job.Id, "rating": 4})
			if told := p.notificationKinds(t, former)[before:]; len(told) != 0 {
				t.Errorf("the former member is told of %v", told)
			}
			if told := p.notificationKinds(t, p.owner); !slices.Contains(told, "application_submitted") {
				t.Errorf("the owner is told of %v", told)
			}
			answer := p.Call(former, "POST", testapp.Records(collections.UserReviews),
				map[string]any{"subject": p.seeker.Id, "application": application.Id, "rating": 1})
			if answer.Status != 400 {
				t.Errorf("the former member reviews an applicant: %d %s", answer.Status, answer.Raw)
			}
			answer = p.Call(p.seeker, "POST", testapp.Records(collections.UserReviews),
				map[string]any{"subject": former.Id, "application": application.Id, "rating": 1})
			if answer.Status != 400 {
				t.Errorf("an applicant reviews the former member: %d %s", answer.Status, answer.Raw)
			}
		})
	}
}

// live is the live application of a seeker to the pipeline's job.
func (p *pipeline) live(t *testing.T, seeker *core.Record) *core.Record {
	t.Helper()
	application, err := p.FindFirstRecordByFilter(collections.Applications, "seeker = {:seeker} && status != 'withdrawn'",
		map[string]any{"seeker": seeker.Id})
	if err != nil {
		t.Fatal(err)
	}
	return application
}

func TestOnlyActiveEmployersBecomePeople(t *testing.T) {
	p := newPipeline(t)
	gone := p.User(collections.RoleEmployer, "gone")
	p.Update(gone, map[string]any{"deactivatedAt": "2026-01-01 00:00:00.000Z"})
	company := testapp.Records(collections.Employers, p.employer.Id)
	for name, user := range map[string]*core.Record{"a seeker": p.seeker, "an admin": p.admin, "a deactivated employer": gone} {
		for field, body := range map[string]map[string]any{
			"owner":   {"owner": user.Id},
			"members": {"members": []string{p.member.Id, user.Id}},
		} {
			if answer := p.Call(p.owner, "PATCH", company, body); answer.Status != 400 || answer.Code(field) == "" {
				t.Errorf("%s as %s: %d %s", name, field, answer.Status, answer.Raw)
			}
		}
		if answer := p.Call(p.owner, "PATCH", company, map[string]any{"members+": user.Id}); answer.Code("members") == "" {
			t.Errorf("%s as members+: %d %s", name, answer.Status, answer.Raw)
		}
	}
	if answer := p.Call(p.owner, "PATCH", company, map[string]any{"members+": p.stranger.Id}); answer.Status != 200 {
		t.Errorf("an active employer as members+: %d %s", answer.Status, answer.Raw)
	}
	// Who has lost the role meanwhile is no obstacle for the rest.
	p.Update(p.member, map[string]any{"role": collections.RoleJobSeeker})
	fresh := p.User(collections.RoleEmployer, "fresh")
	if answer := p.Call(p.owner, "PATCH", company, map[string]any{"members+": fresh.Id}); answer.Status != 200 {
		t.Errorf("beside a former member: %d %s", answer.Status, answer.Raw)
	}
	if answer := p.Call(p.owner, "PATCH", company, map[string]any{"owner": fresh.Id}); answer.Status != 200 {
		t.Errorf("hand over: %d %s", answer.Status, answer.Raw)
	}
	// An admin may found one for the board, but not for another admin.
	if answer := p.Call(p.admin, "POST", testapp.Records(collections.Employers), map[string]any{"name": "Board"}); answer.Status != 200 {
		t.Errorf("an admin founds an employer: %d %s", answer.Status, answer.Raw)
	}
	second := p.Admin("second")
	answer := p.Call(p.admin, "POST", testapp.Records(collections.Employers), map[string]any{"name": "Board", "owner": second.Id})
	if answer.Code("owner") == "" {
		t.Errorf("an admin founds an employer for another: %d %s", answer.Status, answer.Raw)
	}
}

func TestMembersLeave(t *testing.T) {
	for name, role := range map[string]string{"a member": collections.RoleEmployer, "a former employer": collections.RoleJobSeeker,
		"an admin": collections.RoleAdmin} {
		for spelling, leave := range map[string]func(p *pipeline) map[string]any{
			"the whole list": func(p *pipeline) map[string]any { return map[string]any{"members": []string{p.stranger.Id}} },
			"members-":       func(p *pipeline) map[string]any { return map[string]any{"members-": p.member.Id} },
			"members- list":  func(p *pipeline) map[string]any { return map[string]any{"members-": []string{p.member.Id}} },
		} {
			t.Run(name+" by "+spelling, func(t *testing.T) {
				p := newPipeline(t)
				p.Update(p.employer, map[string]any{"members": []string{p.member.Id, p.stranger.Id}})
				p.Update(p.member, map[string]any{"role": role})
				company := testapp.Records(collections.Employers, p.employer.Id)
				refused := []map[string]any{
					{"members": []string{}},
					{"members": []string{p.stranger.Id, p.seeker.Id}},
					{"members-": p.stranger.Id},
					{"members-": []string{p.member.Id, p.stranger.Id}},
					{"members-": p.member.Id, "owner": p.member.Id},
				}
				if role == collections.RoleJobSeeker {
					refused = append(refused, map[string]any{"name": "Mine"}, map[string]any{"members-": p.member.Id, "name": "Mine"},
						map[string]any{}, map[string]any{"about": "<p>x</p>"})
				}
				for _, body := range refused {
					if role == collections.RoleAdmin {
						continue // admins may do these
					}
					if answer := p.Call(p.member, "PATCH", company, body); answer.Status != 400 && answer.Status != 404 {
						t.Errorf("%v: %d %s", body, answer.Status, answer.Raw)
					}
				}
				if answer := p.Call(p.member, "PATCH", company, leave(p)); answer.Status != 200 {
					t.Fatalf("leave: %d %s", answer.Status, answer.Raw)
				}
				fresh := p.Reload(p.employer)
				if got, want := fmt.Sprint(fresh.GetStringSlice("members")), fmt.Sprint([]string{p.stranger.Id}); got != want {
					t.Errorf("members = %s, want %s", got, want)
				}
				if fresh.GetString("name") != "Acme" || fresh.GetString("owner") != p.owner.Id {
					t.Error("leaving changed something else")
				}
				if role == collections.RoleJobSeeker {
					if answer := p.Call(p.member, "PATCH", company, leave(p)); answer.Status != 404 {
						t.Errorf("after leaving: %d %s", answer.Status, answer.Raw)
					}
				}
			})
		}
	}
}

// An owner leaves by handing over, not by leaving the employer without one.
func TestOwnersHandOver(t *testing.T) {
	p := newPipeline(t)
	company := testapp.Records(collections.Employers, p.employer.Id)
	for _, body := range []map[string]any{{"owner": ""}, {"owner": nil}, {"owner-": p.owner.Id}} {
		if answer := p.Call(p.owner, "PATCH", company, body); answer.Status != 400 || answer.Code("owner") == "" {
			t.Errorf("%v: %d %s", body, answer.Status, answer.Raw)
		}
	}
	if answer := p.Call(p.owner, "PATCH", company, map[string]any{"owner": p.member.Id}); answer.Status != 200 {
		t.Fatalf("hand over: %d %s", answer.Status, answer.Raw)
	}
	if answer := p.Call(p.owner, "PATCH", company, map[string]any{"name": "Mine"}); answer.Status != 404 {
		t.Errorf("after handing over: %d %s", answer.Status, answer.Raw)
	}
}
