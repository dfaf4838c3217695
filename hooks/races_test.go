package hooks_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

// together runs the calls at once and returns their answers.
func together(calls ...func() testapp.Response) []testapp.Response {
	answers := make([]testapp.Response, len(calls))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, call := range calls {
		done.Go(func() {
			start.Wait()
			answers[i] = call()
		})
	}
	start.Done()
	done.Wait()
	return answers
}

func TestTwoMovesAtOnceLeaveOneChain(t *testing.T) {
	p := newPipeline(t)
	p.Handler()
	tokens := []string{p.Token(p.owner), p.Token(p.member)}
	for range 15 {
		application := p.Application(p.seeker, p.Job(p.employer, p.fresh()))
		path := testapp.Records(collections.Applications, application.Id)
		answers := together(
			func() testapp.Response {
				return p.CallWithToken(tokens[0], "PATCH", path, map[string]any{"status": "rejected"})
			},
			func() testapp.Response {
				return p.CallWithToken(tokens[1], "PATCH", path, map[string]any{"status": "shortlisted"})
			},
		)
		for _, answer := range answers {
			lost := answer.Status == 400 && (answer.Code("status") == problem.ChangedMeanwhile ||
				answer.Code("status") == problem.InvalidTransition)
			if answer.Status != 200 && !lost {
				t.Errorf("answer %d %s", answer.Status, answer.Raw)
			}
		}
		at := ""
		for _, step := range p.chain(t, application.Id) {
			from, to, _ := strings.Cut(step, ">")
			if from != at {
				t.Fatalf("the timeline breaks: %v", p.chain(t, application.Id))
			}
			at = to
		}
		if stored := p.Reload(application).GetString("status"); stored != at {
			t.Errorf("the timeline ends at %s, the application is %s", at, stored)
		}
	}
}

// Two people have loaded the same record before either saves: what a request does not change must not be written back.
func TestStaleSaveKeepsWhatOthersChanged(t *testing.T) {
	p := newPipeline(t)
	application := p.Application(p.seeker, p.job)
	stale := p.Reload(application)
	p.Update(application, map[string]any{"status": "in_review"})

	stale.Set("interviewLocation", "Room 5")
	if err := p.Save(stale); err != nil {
		t.Fatal(err)
	}
	if got := p.Reload(application).GetString("status"); got != "in_review" {
		t.Errorf("a stale save set the status back to %s", got)
	}
	moving := p.Reload(application)
	p.Update(application, map[string]any{"status": "shortlisted"})
	moving.Set("status", "offered")
	if err := p.Save(moving); err == nil || !strings.Contains(err.Error(), "Somebody else") {
		t.Errorf("a stale move: %v", err)
	}
	if got := p.Reload(p.job).GetInt("applicationCount"); got != 1 {
		t.Fatalf("applicationCount = %d", got)
	}
	p.Update(p.job, map[string]any{"title": "New title"})
	if got := p.Reload(p.job).GetInt("applicationCount"); got != 1 {
		t.Errorf("saving the job set applicationCount to %d", got)
	}
}

func TestTwoApplicationsAtOnceLeaveOne(t *testing.T) {
	p := newPipeline(t)
	p.Handler()
	token := p.Token(p.seeker)
	for range 15 {
		job := p.Job(p.employer, p.fresh())
		apply := func() testapp.Response {
			return p.CallWithToken(token, "POST", testapp.Records(collections.Applications), map[string]any{"job": job.Id})
		}
		won := 0
		for _, answer := range together(apply, apply, apply) {
			switch {
			case answer.Status == 200:
				won++
			case answer.Status != 400 || answer.Code("job") != problem.AlreadyApplied:
				t.Errorf("the loser gets %d %s", answer.Status, answer.Raw)
			}
		}
		if count := p.Reload(job).GetInt("applicationCount"); won != 1 || count != 1 {
			t.Errorf("%d won, applicationCount %d", won, count)
		}
	}
}

// What a batch writes stands or falls as one, with the timeline, the count and the notifications.
func TestFailingBatchLeavesNothing(t *testing.T) {
	p := newPipeline(t)
	second := p.Job(p.employer, "Second")
	batch := func(requests ...map[string]any) testapp.Response {
		return p.Call(p.seeker, "POST", "/api/batch", map[string]any{"requests": requests})
	}
	apply := func(job *core.Record, more map[string]any) map[string]any {
		body := map[string]any{"job": job.Id, "seeker": p.seeker.Id}
		for key, value := range more {
			body[key] = value
		}
		return map[string]any{"method": "POST", "url": testapp.Records(collections.Applications), "body": body}
	}
	if answer := batch(apply(p.job, nil), apply(second, map[string]any{"decidedAt": "2030-01-01 00:00:00Z"})); answer.Status != 400 {
		t.Fatalf("a batch with a starred field: %d %s", answer.Status, answer.Raw)
	}
	if answer := batch(apply(p.job, nil), apply(second, map[string]any{"coverLetter": 5})); answer.Status != 400 {
		t.Fatalf("a batch with a wrong type: %d %s", answer.Status, answer.Raw)
	}
	for _, collection := range []string{collections.Applications, collections.ApplicationEvents, collections.Notifications} {
		if count, _ := p.CountRecords(collection); count != 0 {
			t.Errorf("%d rows of %s were left", count, collection)
		}
	}
	if answer := batch(apply(p.job, nil), apply(second, nil)); answer.Status != 200 {
		t.Fatalf("a good batch: %d %s", answer.Status, answer.Raw)
	}
	if count, _ := p.CountRecords(collections.ApplicationEvents); count != 2 {
		t.Errorf("%d timeline rows, want 2", count)
	}
}
