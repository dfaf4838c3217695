package realtime_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// holdBack blocks the evaluation of topics, as costly ones would, until the returned function is called.
func holdBack(t testing.TB, board *board) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	board.OnRecordEnrich().BindFunc(func(e *core.RecordEnrichEvent) error {
		if e.RequestInfo.Context == core.RequestInfoContextRealtime {
			<-gate
		}
		return e.Next()
	})
	open := false
	release = func() {
		if !open {
			open = true
			close(gate)
		}
	}
	t.Cleanup(release)
	return release
}

// within fails the test if do blocks.
func within(t testing.TB, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s waits for the topics", what)
	}
}

func TestSavesDoNotWaitForTopics(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job, other := board.Job(employer, "Baker"), board.Job(employer, "Cook")
	listener := board.listen(t, nil, "jobs/*")
	release := holdBack(t, board)
	within(t, "a save", func() {
		for i := range 4 {
			board.Update(job, map[string]any{"title": fmt.Sprint(i)})
		}
		if err := board.Delete(other); err != nil {
			t.Error(err)
		}
		if err := board.Delete(board.Reload(job)); err != nil {
			t.Error(err)
		}
		board.Job(employer, "Gardener")
	})
	release()
	// Everything comes, in order, and as it was when it was saved.
	for i := range 4 {
		if action, seen := listener.MustReceive(t).Change(t); action != "update" || seen["title"] != fmt.Sprint(i) {
			t.Fatalf("event %d: got %s of %v", i, action, seen["title"])
		}
	}
	for _, want := range []string{"delete Cook", "delete 3", "create Gardener"} {
		if action, seen := listener.MustReceive(t).Change(t); fmt.Sprint(action, " ", seen["title"]) != want {
			t.Errorf("got %s of %v, want %s", action, seen["title"], want)
		}
	}
	listener.MustReceiveNothing(t, board.TestApp)
}

// A guest who may see a record now must not get the event of a version that the guest might not see.
func TestLateJudgingShowsNoEarlierState(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	public := board.Job(employer, "Baker")
	draft := board.Job(employer, "A secret", map[string]any{"status": "draft"})
	listener := board.listen(t, nil, "jobs/*")
	release := holdBack(t, board)
	for i := range 60 { // more than snapshots can be open
		board.Update(public, map[string]any{"title": fmt.Sprint(i)})
	}
	board.Update(draft, map[string]any{"title": "Still a secret"})
	board.Update(draft, map[string]any{"title": "Cook", "status": "published"})
	release()
	last := ""
	for last != "Cook" {
		_, seen := listener.MustReceive(t).Change(t)
		if last, _ = seen["title"].(string); last == "A secret" || last == "Still a secret" || seen["status"] != "published" {
			t.Fatalf("a guest is shown %v", seen)
		}
	}
}

func TestConnectionsThatWouldMissSomethingAreClosed(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job, other := board.Job(employer, "Baker"), board.Job(employer, "Cook")
	all := board.listen(t, nil, "jobs/*")
	one := board.listen(t, nil, "jobs/"+other.Id)
	release := holdBack(t, board)
	within(t, "a flood of saves", func() {
		for range 600 { // as 600 saves end
			saved := new(core.ModelEvent)
			saved.App, saved.Type, saved.Model = board.TestApp, core.ModelEventTypeUpdate, job
			if err := board.OnModelAfterUpdateSuccess(collections.Jobs).Trigger(saved); err != nil {
				t.Error(err)
			}
		}
	})
	all.AwaitEnd(t)
	release()
	realtime.AwaitIdle(t, board.TestApp, collections.Jobs) // or the next change would find no room either
	board.Update(other, map[string]any{"title": "Chef"})
	if _, seen := one.MustReceive(t).Change(t); seen["title"] != "Chef" {
		t.Errorf("who has missed nothing got %v", seen)
	}
}

// Records that are deleted together are evaluated as they were before: the rule of an application's events leads to the application.
func TestDeletionsAreJudgedByWhatWasThere(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	application := board.Application(ann, board.Job(employer, "Baker"))
	event, err := board.FindFirstRecordByData(collections.ApplicationEvents, "application", application.Id)
	if err != nil {
		t.Fatal(err)
	}
	hers := board.listen(t, ann, "application_events/*", "applications/"+application.Id)
	his := board.listen(t, ben, "application_events/*", "applications/*")
	if err := board.Delete(application); err != nil {
		t.Fatal(err)
	}
	got := map[any]string{}
	for range 2 {
		action, seen := hers.MustReceive(t).Change(t)
		got[seen["id"]] = action
	}
	if got[application.Id] != "delete" || got[event.Id] != "delete" {
		t.Errorf("got %v", got)
	}
	hers.MustReceiveNothing(t, board.TestApp)
	his.MustReceiveNothing(t, board.TestApp)
}

// Deletions without a snapshot are sent to those whom the record's own fields identify; other followers are disconnected.
func TestManyDeletionsAtOnce(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, owner := board.Employer("Acme")
	var jobs []*core.Record
	for i := range 40 {
		jobs = append(jobs, board.Job(employer, fmt.Sprint(i), map[string]any{"status": "draft"}))
	}
	first := board.Job(employer, "First")
	guest, hers, admin := board.listen(t, nil, "jobs/*"), board.listen(t, owner, "jobs/*"), board.listen(t, board.Admin("root"), "jobs/*")
	release := holdBack(t, board)
	board.Update(first, map[string]any{"title": "Held back"})
	for _, job := range jobs {
		if err := board.Delete(job); err != nil {
			t.Fatal(err)
		}
	}
	release()
	guest.MustReceive(t)
	guest.MustReceiveNothing(t, board.TestApp)
	for range 41 {
		admin.MustReceive(t)
	}
	hers.AwaitEnd(t) // that she is one of the employer's people, only the database tells
}

func TestARefusedDeletionTellsNothing(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	listener := board.listen(t, nil, "jobs/*")
	refuse := board.OnRecordDeleteExecute(collections.Jobs).BindFunc(func(*core.RecordEvent) error { return fmt.Errorf("no") })
	for range 100 { // more than snapshots can be open
		if err := board.Delete(job); err == nil {
			t.Fatal("deleted")
		}
	}
	board.OnRecordDeleteExecute(collections.Jobs).Unbind(refuse)
	listener.MustReceiveNothing(t, board.TestApp)
	if err := board.Delete(job); err != nil {
		t.Fatal(err)
	}
	if action, seen := listener.MustReceive(t).Change(t); action != "delete" || seen["id"] != job.Id {
		t.Errorf("got %s of %v", action, seen)
	}
}

func TestRollbackTellsNothingAnywhere(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	listener := board.listen(t, nil, "jobs/*", "employers/*")
	_ = board.RunInTransaction(func(tx core.App) error {
		fresh, err := tx.FindRecordById(collections.Jobs, job.Id)
		if err != nil {
			return err
		}
		fresh.Set("title", "Cook")
		if err := tx.Save(fresh); err != nil {
			t.Error(err)
		}
		if err := tx.Delete(fresh); err != nil {
			t.Error(err)
		}
		return fmt.Errorf("undo")
	})
	listener.MustReceiveNothing(t, board.TestApp)
}

// When the process ends, pending events are sent before the connections are closed.
func TestTerminationDrains(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	listener := board.listen(t, nil, "jobs/*")
	release := holdBack(t, board)
	board.Update(job, map[string]any{"title": "Cook"})
	time.AfterFunc(100*time.Millisecond, release)
	event := new(core.TerminateEvent)
	event.App = board.TestApp
	var open int
	err := board.OnTerminate().Trigger(event, func(*core.TerminateEvent) error {
		open = board.SubscriptionsBroker().TotalClients()
		return nil
	})
	if err != nil || open != 1 {
		t.Fatalf("%d connections, %v", open, err)
	}
	if _, seen := listener.MustReceive(t).Change(t); seen["title"] != "Cook" {
		t.Errorf("got %v", seen)
	}
}

// Guests share one evaluation; topics by the collection's id, and the old form without a star, still work.
func TestEverySpellingOfATopic(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")
	id := job.Collection().Id
	for _, topic := range []string{"jobs/*", "jobs", id + "/*", id, "jobs/" + job.Id, id + "/" + job.Id} {
		first, second := board.listen(t, nil, topic), board.listen(t, nil, topic)
		board.Update(job, map[string]any{"title": topic})
		for _, listener := range []*testapp.Listener{first, second} {
			if event := listener.MustReceive(t); event.Name != topic {
				t.Errorf("%s: got %+v", topic, event)
			}
		}
	}
}

// PocketBase renews the login of a connection when its account is saved, in the hook that this package bypasses.
func TestASavedAccountStaysLoggedIn(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	listener := board.listen(t, ann, "users/"+ann.Id)
	for _, name := range []string{"Ann", "Anna"} {
		board.Update(ann, map[string]any{"name": name})
		action, seen := listener.MustReceive(t).Change(t)
		if action != "update" || seen["name"] != name || seen["email"] != "ann@example.com" {
			t.Errorf("got %s of %v", action, seen)
		}
	}
}
