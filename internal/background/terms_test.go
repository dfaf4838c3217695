package background_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/testapp"
)

// counted is a loop that counts how often it began and how many steps it made, each of which lasts until its context ends.
type counted struct {
	loop          *background.Loop
	begun, steps  atomic.Int32
	running, ends atomic.Int32
	together      atomic.Bool // two steps ran at once
}

func newCounted(options background.Options) *counted {
	c := &counted{}
	options.Interval = time.Millisecond
	options.Begin = func(context.Context, core.App) error {
		if c.begun.Add(1) == 1 {
			return errors.New("not yet") // it is tried again
		}
		return nil
	}
	c.loop = background.NewLoop("count", options, func(ctx context.Context, _ core.App) (bool, error) {
		c.steps.Add(1)
		if c.running.Add(1) > 1 {
			c.together.Store(true)
		}
		<-ctx.Done()
		c.running.Add(-1)
		c.ends.Add(1)
		return false, errors.New("attempt to write a readonly database")
	})
	return c
}

func TestALoopRunsOnTheLeaderOnly(t *testing.T) {
	t.Parallel()
	leaders, everywhere := newCounted(background.Options{}), newCounted(background.Options{EveryNode: true})
	board := testapp.NewBoard(t, func(app core.App) { background.Bind(app, leaders.loop, everywhere.loop) })
	node := testapp.Join(board.TestApp, false)
	board.Handler()
	eventually(t, "a step of the loop for every node", func() bool { return everywhere.steps.Load() == 1 })
	leaders.loop.Wake()
	time.Sleep(20 * time.Millisecond)
	if leaders.begun.Load() != 0 || leaders.steps.Load() != 0 {
		t.Fatal("a loop ran on a follower")
	}
	for term := range int32(3) {
		node.Lead(true)
		eventually(t, "a step", func() bool { return leaders.steps.Load() == term+1 })
		if want := term + 2; leaders.begun.Load() != want { // the first failed
			t.Errorf("it began %d times, want %d", leaders.begun.Load(), want)
		}
		node.Lead(false)
		eventually(t, "the step's end", func() bool { return leaders.ends.Load() == term+1 })
	}
	for range 20 { // a step that has not ended yet is waited for
		node.Lead(true)
		node.Lead(false)
	}
	node.Lead(true)
	eventually(t, "a step after many changes", func() bool { return leaders.running.Load() == 1 })
	if failures := testapp.LoggedErrors(t, board.TestApp); len(failures) != 2 { // that both failed to begin
		t.Errorf("logged as errors: %q", failures)
	}
	if err := board.OnTerminate().Trigger(&core.TerminateEvent{App: board.TestApp}); err != nil {
		t.Fatal(err)
	}
	if leaders.running.Load() != 0 || leaders.together.Load() {
		t.Error("a step outlived the board, or two ran at once")
	}
	if everywhere.steps.Load() != 1 || everywhere.begun.Load() != 2 {
		t.Errorf("the loop for every node began %d times and made %d steps, want 2 and 1: changes are none of its business",
			everywhere.begun.Load(), everywhere.steps.Load())
	}
}

func TestScheduledJobsRunOnTheLeaderOnly(t *testing.T) {
	t.Parallel()
	var once, everywhere atomic.Int32
	board := testapp.NewBoard(t, func(app core.App) {
		count := func(n *atomic.Int32) func(core.App, time.Time) error {
			return func(core.App, time.Time) error { n.Add(1); return nil }
		}
		background.Schedule(app, "once", "0 0 1 1 *", count(&once))
		background.ScheduleOnEveryNode(app, "everywhere", "0 0 1 1 *", count(&everywhere))
	})
	node := testapp.Join(board.TestApp, false)
	testapp.RunCron(t, board.TestApp, "once")
	testapp.RunCron(t, board.TestApp, "everywhere")
	if once.Load() != 0 || everywhere.Load() != 1 {
		t.Errorf("a follower ran %d and %d jobs, want 0 and 1", once.Load(), everywhere.Load())
	}
	node.Lead(true)
	testapp.RunCron(t, board.TestApp, "once")
	testapp.RunCron(t, board.TestApp, "everywhere")
	if once.Load() != 1 || everywhere.Load() != 2 {
		t.Errorf("then the leader ran %d and %d jobs, want 1 and 2", once.Load(), everywhere.Load())
	}
}
