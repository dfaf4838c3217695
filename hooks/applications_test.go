package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

// pipeline is a board with one job and the people around it.
type pipeline struct {
	*testapp.Board
	employer, owner, member, stranger, admin, seeker, other, job *core.Record
	super                                                        *core.Record // only where a test needs one
	deleting                                                     bool         // the target being made will be deleted
	counter                                                      int
}

func newPipeline(t testing.TB) *pipeline {
	t.Helper()
	b := testapp.NewBoard(t, hooks.Bind)
	p := &pipeline{Board: b, admin: b.Admin("admin"), seeker: b.Seeker("ada"), other: b.Seeker("bob")}
	p.employer, p.owner = b.Employer("Acme")
	p.member = b.User(collections.RoleEmployer, "member")
	p.employer = b.Update(p.employer, map[string]any{"members": []string{p.member.Id}})
	_, p.stranger = b.Employer("Other")
	p.job = b.Job(p.employer, "Go Developer")
	return p
}

func (p *pipeline) apply(t testing.TB, seeker *core.Record, body map[string]any) testapp.Response {
	t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	if body["job"] == nil {
		body["job"] = p.job.Id
	}
	return p.Call(seeker, "POST", testapp.Records(collections.Applications), body)
}

func (p *pipeline) move(who *core.Record, application, status string, more ...map[string]any) testapp.Response {
	body := map[string]any{"status": status}
	for _, extra := range more {
		for key, value := range extra {
			body[key] = value
		}
	}
	return p.Call(who, "PATCH", testapp.Records(collections.Applications, application), body)
}

// chain reads the timeline as "from>to" steps, oldest first.
func (p *pipeline) chain(t testing.TB, application string) []string {
	t.Helper()
	events, err := p.FindRecordsByFilter(collections.ApplicationEvents, "application = {:id}", "@rowid", 0, 0,
		dbx.Params{"id": application})
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, event := range events {
		steps = append(steps, event.GetString("from")+">"+event.GetString("to"))
	}
	return steps
}

// notificationKinds reads the kinds of a user's notifications, oldest first.
func (p *pipeline) notificationKinds(t testing.TB, user *core.Record) []string {
	t.Helper()
	rows, err := p.FindRecordsByFilter(collections.Notifications, "user = {:id}", "@rowid", 0, 0, dbx.Params{"id": user.Id})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, row := range rows {
		kinds = append(kinds, row.GetString("kind"))
	}
	return kinds
}

func TestApplyingWritesTimelineCountAndNotifications(t *testing.T) {
	p := newPipeline(t)
	answer := p.apply(t, p.seeker, map[string]any{"coverLetter": "Hello"})
	if answer.Status != 200 {
		t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	id := answer.Body["id"].(string)
	if got := answer.Body["seeker"]; got != p.seeker.Id {
		t.Errorf("seeker = %v, want the caller", got)
	}
	if got := answer.Body["status"]; got != workflow.Submitted {
		t.Errorf("status = %v", got)
	}
	if answer.Body["submittedAt"] == "" {
		t.Error("submittedAt is empty")
	}
	if got := fmt.Sprint(p.chain(t, id)); got != "[>submitted]" {
		t.Errorf("timeline = %s", got)
	}
	if got := p.Reload(p.job).GetInt("applicationCount"); got != 1 {
		t.Errorf("applicationCount = %d, want 1", got)
	}
	for _, person := range []*core.Record{p.owner, p.member} {
		if got := fmt.Sprint(p.notificationKinds(t, person)); got != "[application_submitted]" {
			t.Errorf("notifications of %s = %s", person.GetString("name"), got)
		}
	}
	if got := p.notificationKinds(t, p.stranger); got != nil {
		t.Errorf("a stranger was told: %v", got)
	}
	again := p.apply(t, p.seeker, nil)
	if again.Status != 400 || again.Code("job") != problem.AlreadyApplied {
		t.Errorf("applying twice: %d %s", again.Status, again.Raw)
	}
}

func TestApplyingIsRefused(t *testing.T) {
	p := newPipeline(t)
	draft := p.Job(p.employer, "Draft", map[string]any{"status": "draft"})
	closed := p.Update(p.Job(p.employer, "Closed"), map[string]any{"status": "closed"})
	late := p.Job(p.employer, "Late")
	_, err := p.DB().Update("jobs", dbx.Params{"deadline": "2020-01-01 00:00:00.000Z"}, dbx.HashExp{"id": late.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	asks := p.Job(p.employer, "Asks", map[string]any{"questions": []map[string]any{
		{"id": "why", "label": "Why?", "type": "text", "required": true},
		{"id": "visa", "label": "Visa?", "type": "yes_no"},
		{"id": "years", "label": "Years?", "type": "number"},
		{"id": "shift", "label": "Shift?", "type": "choice", "options": []string{"day", "night"}},
	}})
	why := map[string]any{"why": "because"}
	with := func(key string, value any) map[string]any { return map[string]any{"why": "because", key: value} }
	cases := []struct {
		name  string
		who   *core.Record
		body  map[string]any
		field string
		code  string
	}{
		{"a guest", nil, map[string]any{}, "", ""},
		{"an employer", p.owner, map[string]any{}, "", ""},
		{"an admin", p.admin, map[string]any{}, "", ""},
		{"for somebody else", p.seeker, map[string]any{"seeker": p.other.Id}, "", ""},
		{"to an absent job", p.seeker, map[string]any{"job": "nosuchjob000000"}, "job", problem.MissingRelation},
		{"to no job", p.seeker, map[string]any{"job": ""}, "job", problem.Required},
		{"to a draft", p.seeker, map[string]any{"job": draft.Id}, "job", problem.MissingRelation},
		{"to a closed job", p.seeker, map[string]any{"job": closed.Id}, "job", problem.JobNotOpen},
		{"after the deadline", p.seeker, map[string]any{"job": late.Id}, "job", problem.JobNotOpen},
		{"as hired", p.seeker, map[string]any{"status": "hired"}, "status", problem.InvalidTransition},
		{"with decidedAt", p.seeker, map[string]any{"decidedAt": "2030-01-01 00:00:00Z"}, "decidedAt", problem.ReadOnly},
		{"with interviewAt", p.seeker, map[string]any{"interviewAt": "2030-01-01 00:00:00Z"}, "interviewAt", problem.ReadOnly},
		{"with a number as letter", p.seeker, map[string]any{"coverLetter": 5}, "coverLetter", problem.WrongType},
		{"with a letter too long", p.seeker, map[string]any{"coverLetter": strings.Repeat("x", 5_001)},
			"coverLetter", "validation_max_text_constraint"},
		{"without a required answer", p.seeker, map[string]any{"job": asks.Id}, "answers", problem.Required},
		{"with answers as a list", p.seeker, map[string]any{"job": asks.Id, "answers": []int{1}}, "answers", problem.InvalidValue},
		{"with an unknown question", p.seeker, map[string]any{"job": asks.Id, "answers": with("nope", 1)}, "answers", problem.InvalidValue},
		{"with a text for yes or no", p.seeker,
			map[string]any{"job": asks.Id, "answers": with("visa", "yes")}, "answers", problem.InvalidValue},
		{"with a text for a number", p.seeker,
			map[string]any{"job": asks.Id, "answers": with("years", "5")}, "answers", problem.InvalidValue},
		{"with another option", p.seeker,
			map[string]any{"job": asks.Id, "answers": with("shift", "noon")}, "answers", problem.InvalidValue},
		{"with answers nobody asked for", p.seeker, map[string]any{"answers": why}, "answers", problem.InvalidValue},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := p.apply(t, c.who, c.body)
			if answer.Status != 400 || c.field != "" && answer.Code(c.field) != c.code {
				t.Errorf("got %d %s, want 400 with %s: %s", answer.Status, answer.Raw, c.field, c.code)
			}
		})
	}
	if count, err := p.CountRecords(collections.Applications); err != nil || count != 0 {
		t.Errorf("%d applications were written (%v)", count, err)
	}
	answers := map[string]any{"why": "because", "visa": true, "years": 5, "shift": "night"}
	good := p.apply(t, p.seeker, map[string]any{"job": asks.Id, "answers": answers})
	if good.Status != 200 {
		t.Errorf("good answers: %d %s", good.Status, good.Raw)
	}
}

// forceStatus gives an application a status without the workflow, as a fixture.
func (p *pipeline) forceStatus(t testing.TB, application *core.Record, status string) {
	t.Helper()
	if _, err := p.DB().Update("applications", dbx.Params{"status": status}, dbx.HashExp{"id": application.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
}

// Every move from every status by every party, legal and illegal, against the contract's section 4 written out anew.
func TestEveryApplicationMove(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)
	active := []string{"submitted", "in_review", "shortlisted", "interview_scheduled", "offered"}
	legal := func(party, from, to string) bool {
		isActive := strings.Contains(strings.Join(active, " "), from)
		if party == "seeker" {
			return isActive && to == "withdrawn"
		}
		if from == "rejected" {
			return to == "in_review"
		}
		return isActive && to != "submitted" && to != "withdrawn"
	}
	parties := map[string]*core.Record{"seeker": p.seeker, "owner": p.owner, "member": p.member, "admin": p.admin}
	interview := map[string]any{"interviewAt": time.Now().Add(48 * time.Hour).UTC().Format("2006-01-02 15:04:05.000Z")}
	moves := 0
	for party, who := range parties {
		for _, from := range workflow.ApplicationStatuses() {
			for _, to := range workflow.ApplicationStatuses() {
				if from == to {
					continue
				}
				moves++
				p.forceStatus(t, application, from)
				more := map[string]any{}
				if party != "seeker" && to == "interview_scheduled" {
					more = interview
				}
				before := len(p.chain(t, application.Id))
				answer := p.move(who, application.Id, to, more)
				stored := p.Reload(application)
				steps := p.chain(t, application.Id)
				if legal(party, from, to) {
					if answer.Status != 200 || stored.GetString("status") != to {
						t.Errorf("%s %s>%s: got %d %s", party, from, to, answer.Status, answer.Raw)
						continue
					}
					if len(steps) != before+1 || steps[before] != from+">"+to {
						t.Errorf("%s %s>%s: timeline %v", party, from, to, steps[before:])
					}
					if decided := to == "hired" || to == "rejected"; decided == stored.GetDateTime("decidedAt").IsZero() {
						t.Errorf("%s %s>%s: decidedAt = %q", party, from, to, stored.GetString("decidedAt"))
					}
					continue
				}
				refused := answer.Status == 400 && answer.Code("status") == problem.InvalidTransition
				if !refused || stored.GetString("status") != from || len(steps) != before {
					t.Errorf("%s %s>%s must be refused: got %d %s, stored %s", party, from, to, answer.Status, answer.Raw,
						stored.GetString("status"))
				}
			}
		}
	}
	if moves != 4*8*7 {
		t.Errorf("tried %d moves", moves)
	}
}

// Within the transaction of an application nobody is read twice: neither the seeker, nor the employer's people who are notified.
func TestApplyingAndMovingReadUsersOnce(t *testing.T) {
	p := newPipeline(t)
	submitted := p.Application(p.other, p.job)
	seeker, owner := p.Token(p.seeker), p.Token(p.owner)
	for name, do := range map[string]func() testapp.Response{
		"apply": func() testapp.Response {
			return p.CallWithToken(seeker, "POST", testapp.Records(collections.Applications), map[string]any{"job": p.job.Id})
		},
		"move": func() testapp.Response {
			return p.CallWithToken(owner, "PATCH", testapp.Records(collections.Applications, submitted.Id), map[string]any{"status": "in_review"})
		},
	} {
		var answer testapp.Response
		asked := testapp.Statements(t, p.TestApp, func() { answer = do() })
		if answer.Status != 200 {
			t.Fatalf("%s: %d %s", name, answer.Status, answer.Raw)
		}
		times := map[string]int{}
		for _, statement := range asked {
			if times[statement]++; strings.HasPrefix(statement, "SELECT") && strings.Contains(statement, "FROM `users`") && times[statement] > 1 {
				t.Errorf("%s asks again: %s", name, statement)
			}
		}
	}
}

func TestMovingAnApplication(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)

	for _, stranger := range []*core.Record{nil, p.stranger, p.other} {
		if answer := p.move(stranger, application.Id, "in_review"); answer.Status != 404 {
			t.Errorf("a stranger moved it: %d", answer.Status)
		}
	}
	answer := p.move(p.owner, application.Id, "In Review", map[string]any{"note": "Looks good"})
	if answer.Status != 200 || answer.Body["status"] != "in_review" {
		t.Fatalf("lenient status: %d %s", answer.Status, answer.Raw)
	}
	event, err := p.FindFirstRecordByFilter(collections.ApplicationEvents, "to = 'in_review'")
	if err != nil {
		t.Fatal(err)
	}
	if event.GetString("note") != "Looks good" || event.GetString("actor") != p.owner.Id {
		t.Errorf("event = %v", event.PublicExport())
	}
	if got := fmt.Sprint(p.notificationKinds(t, p.seeker)); got != "[application_status_changed]" {
		t.Errorf("the seeker's notifications = %s", got)
	}

	updated := p.Reload(application).GetString("updated")
	if answer := p.move(p.owner, application.Id, "in-review"); answer.Status != 200 {
		t.Errorf("the same status: %d", answer.Status)
	}
	if got := p.chain(t, application.Id); len(got) != 2 {
		t.Errorf("the same status wrote the timeline: %v", got)
	}
	if got := p.Reload(application).GetString("updated"); got != updated {
		t.Errorf("the same status was written: updated %s, was %s", got, updated)
	}

	for name, more := range map[string]map[string]any{
		"no date": {}, "a past date": {"interviewAt": "2020-01-01 10:00:00.000Z"},
	} {
		answer := p.move(p.owner, application.Id, "interview_scheduled", more)
		if answer.Status != 400 || answer.Code("interviewAt") == "" {
			t.Errorf("an interview with %s: %d %s", name, answer.Status, answer.Raw)
		}
	}
	if answer := p.move(p.seeker, application.Id, "withdrawn"); answer.Status != 200 {
		t.Fatalf("withdraw: %d %s", answer.Status, answer.Raw)
	}
	if got := p.Reload(p.job).GetInt("applicationCount"); got != 0 {
		t.Errorf("applicationCount after withdrawing = %d", got)
	}
	if got := fmt.Sprint(p.notificationKinds(t, p.owner)); !strings.Contains(got, "application_withdrawn") {
		t.Errorf("the owner's notifications = %s", got)
	}
	if again := p.apply(t, p.seeker, nil); again.Status != 200 {
		t.Errorf("applying again after withdrawing: %d %s", again.Status, again.Raw)
	}
}

func TestFieldsOfAnApplicationBySide(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)
	other := p.Job(p.employer, "Another")
	patch := func(who *core.Record, body map[string]any) testapp.Response {
		return p.Call(who, "PATCH", testapp.Records(collections.Applications, application.Id), body)
	}
	if answer := patch(p.seeker, map[string]any{"coverLetter": "Better"}); answer.Status != 200 {
		t.Errorf("the seeker edits the letter while submitted: %d %s", answer.Status, answer.Raw)
	}
	for _, c := range []struct {
		who   *core.Record
		field string
		value any
	}{
		{p.seeker, "interviewAt", "2031-01-01 10:00:00.000Z"},
		{p.seeker, "interviewLocation", "Mars"},
		{p.seeker, "job", other.Id},
		{p.seeker, "seeker", p.other.Id},
		{p.seeker, "submittedAt", "2031-01-01 10:00:00.000Z"},
		{p.owner, "coverLetter", "Changed"},
		{p.owner, "answers", map[string]any{"a": 1}},
		{p.owner, "job", other.Id},
		{p.owner, "seeker", p.other.Id},
		{p.admin, "seeker", p.other.Id},
		{p.admin, "decidedAt", "2031-01-01 10:00:00.000Z"},
	} {
		if answer := patch(c.who, map[string]any{c.field: c.value}); answer.Status != 400 || answer.Code(c.field) != problem.ReadOnly {
			t.Errorf("%s sets %s: %d %s", c.who.GetString("name"), c.field, answer.Status, answer.Raw)
		}
	}
	p.move(p.owner, application.Id, "in_review")
	if answer := patch(p.seeker, map[string]any{"coverLetter": "Too late"}); answer.Code("coverLetter") != problem.ReadOnly {
		t.Errorf("the seeker edits the letter in review: %d %s", answer.Status, answer.Raw)
	}
}
