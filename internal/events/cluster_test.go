package events_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/changes"
	"jobboard/internal/database"
	"jobboard/internal/events"
	"jobboard/internal/leadership"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// Each node passes on to its own clients what is in the cluster's log: the leader waits for that, a follower for transactions.
func TestEventsArePassedOnOnceTheLogHasThem(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, changes.Bind, hooks.Bind, testapp.With(realtime.Bind, realtime.Options{}), events.Bind)
	employer, owner := board.Employer("Acme")
	node := testapp.Join(board.TestApp, true)
	listener := testapp.Listen(t, board.Serve(), board.Token(owner), "events/*")
	time.Sleep(100 * time.Millisecond) // the loop has begun, and passes on nothing older
	must := func(when, want string) {
		t.Helper()
		if action, event := listener.MustReceive(t).Change(t); action != "create" || event["type"] != want {
			t.Errorf("%s a client is told of %s %v, want %s", when, action, event["type"], want)
		}
	}
	node.Hold()
	job := board.Job(employer, "Baker")
	for end := time.Now().Add(10 * time.Second); node.Awaited() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody waits for the log")
		}
	}
	listener.MustReceiveNothing(t, board.TestApp)
	node.Release(errors.New("the log has failed"))
	listener.MustReceiveNothing(t, board.TestApp)
	node.Release(nil)
	must("when the log has it", "job.published")

	node.Lead(false)
	leaders, err := database.Connect(filepath.Join(board.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer leaders.Close()
	_, err = leaders.NewQuery("UPDATE jobs SET status = 'closed' WHERE id = {:id}").Bind(dbx.Params{"id": job.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	listener.MustReceiveNothing(t, board.TestApp)
	leadership.Applied(board.TestApp)
	must("when a follower has received it", "job.closed")
	listener.MustReceiveNothing(t, board.TestApp)
}
