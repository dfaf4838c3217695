package background_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/testapp"
)

const long = time.Hour // an interval that no test waits for

// eventually fails the test unless a condition holds within a few seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}

// start runs a loop of its own until the test ends.
func start(t *testing.T, loop *background.Loop) *background.Group {
	t.Helper()
	group := background.NewGroup(testapp.New(t))
	t.Cleanup(func() { group.Stop() })
	group.Start(loop)
	return group
}

func TestALoopRepeatsWhileThereIsMoreAndThenWaitsToBeWoken(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	loop := background.NewLoop("count", background.Options{Interval: long}, func(context.Context, core.App) (bool, error) {
		return steps.Add(1)%3 != 0, nil
	})
	start(t, loop)
	for round := range int32(3) {
		eventually(t, "three steps", func() bool { return steps.Load() == 3*(round+1) })
		time.Sleep(20 * time.Millisecond)
		if got := steps.Load(); got != 3*(round+1) {
			t.Fatalf("%d steps though nothing woke the loop", got)
		}
		loop.Wake()
	}
}

func TestALoopLooksForWorkAfterItsInterval(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	start(t, background.NewLoop("look", background.Options{Interval: 5 * time.Millisecond}, func(context.Context, core.App) (bool, error) {
		steps.Add(1)
		return false, nil
	}))
	eventually(t, "three steps", func() bool { return steps.Load() >= 3 })
}

func TestALoopRestsAsLongAsItsStepTook(t *testing.T) {
	t.Parallel()
	var ends, begins []time.Time
	done := make(chan struct{})
	start(t, background.NewLoop("rest", background.Options{Interval: long, Rest: 2}, func(context.Context, core.App) (bool, error) {
		begins = append(begins, time.Now())
		time.Sleep(20 * time.Millisecond)
		ends = append(ends, time.Now())
		if len(begins) == 3 {
			close(done)
		}
		return len(begins) < 3, nil
	}))
	<-done
	for i := range 2 {
		if rest := begins[i+1].Sub(ends[i]); rest < 40*time.Millisecond {
			t.Errorf("rest %d took %v, want 40 ms at least", i, rest)
		}
	}
}

func TestALoopGoesOnAfterErrorsAndPanics(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	start(t, background.NewLoop("fail", background.Options{Interval: time.Millisecond}, func(context.Context, core.App) (bool, error) {
		switch n := steps.Add(1); {
		case n == 1:
			panic("broken")
		case n < 4:
			return true, errors.New("failed") // more work does not shorten the pause after an error
		}
		return false, nil
	}))
	eventually(t, "steps after a panic and errors", func() bool { return steps.Load() >= 6 })
}

func TestStoppingEndsTheStepsContextAndWaits(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}), false
	group := start(t, background.NewLoop("stop", background.Options{Interval: long}, func(ctx context.Context, _ core.App) (bool, error) {
		close(began)
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond)
		ended = true
		return true, ctx.Err()
	}))
	<-began
	if !group.Stop() || !ended {
		t.Error("Stop returned before the step had ended")
	}
}

func TestStoppingWaitsNoLongerThanAllowed(t *testing.T) {
	t.Parallel()
	began, release := make(chan struct{}), make(chan struct{})
	options := background.Options{Interval: long, StopTimeout: 10 * time.Millisecond}
	group := start(t, background.NewLoop("hang", options, func(context.Context, core.App) (bool, error) {
		close(began)
		<-release
		return false, nil
	}))
	<-began
	if group.Stop() {
		t.Error("Stop reports that a step has ended that hangs")
	}
	close(release)
}

func TestEachLoopHasItsOwnStopTimeout(t *testing.T) {
	t.Parallel()
	var began sync.WaitGroup
	began.Add(2)
	release, slowEnded := make(chan struct{}), false
	group := start(t, background.NewLoop("hang", background.Options{Interval: long, StopTimeout: time.Millisecond},
		func(context.Context, core.App) (bool, error) {
			began.Done()
			<-release
			return false, nil
		}))
	group.Start(background.NewLoop("slow", background.Options{Interval: long, StopTimeout: background.NoStopTimeout},
		func(ctx context.Context, _ core.App) (bool, error) {
			began.Done()
			<-ctx.Done()
			time.Sleep(50 * time.Millisecond)
			slowEnded = true
			return false, nil
		}))
	began.Wait()
	if group.Stop() {
		t.Error("Stop reports that a step has ended that hangs")
	}
	if !slowEnded {
		t.Error("Stop did not wait for the loop without a limit")
	}
	close(release)
}

func TestALoopRunsOnceAndNotAfterStopping(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	loop := background.NewLoop("once", background.Options{Interval: long}, func(context.Context, core.App) (bool, error) {
		steps.Add(1)
		return false, nil
	})
	group := start(t, loop)
	group.Start(loop)
	eventually(t, "the first step", func() bool { return steps.Load() == 1 })
	group.Stop()
	group.Start(loop)
	time.Sleep(20 * time.Millisecond)
	if got := steps.Load(); got != 1 {
		t.Errorf("%d steps, want the one of the first start", got)
	}
}

func TestBindStartsOnServeAndStopsOnTerminate(t *testing.T) {
	t.Parallel()
	var steps, stopped atomic.Int32
	loops := make([]*background.Loop, 2)
	for i := range loops {
		loops[i] = background.NewLoop(fmt.Sprintf("loop %d", i), background.Options{Interval: long},
			func(ctx context.Context, _ core.App) (bool, error) {
				steps.Add(1)
				<-ctx.Done()
				stopped.Add(1)
				return false, nil
			})
	}
	board := testapp.NewBoard(t, func(app core.App) { background.Bind(app, loops[0]) },
		func(app core.App) { background.Bind(app, loops[1]) })
	time.Sleep(20 * time.Millisecond)
	if steps.Load() > 0 {
		t.Error("a loop ran before the board served")
	}
	board.Handler()
	eventually(t, "a step of both loops", func() bool { return steps.Load() == 2 })
	event := &core.TerminateEvent{App: board.TestApp}
	if err := board.OnTerminate().Trigger(event); err != nil || stopped.Load() != 2 || background.Context(board.TestApp).Err() == nil {
		t.Errorf("%d of 2 loops have stopped (%v)", stopped.Load(), err)
	}
}

func TestScheduledJobsRunOneAtATimeAndSurvivePanics(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	began, release := make(chan struct{}), make(chan struct{})
	board := testapp.NewBoard(t, func(app core.App) {
		background.Schedule(app, "test_job", "0 0 1 1 *", func(core.App, time.Time) error {
			if runs.Add(1) == 1 {
				close(began)
				<-release
				panic("broken")
			}
			return errors.New("failed")
		})
	})
	run := func() {
		for _, job := range board.Cron().Jobs() {
			if job.Id() == "test_job" {
				job.Run()
			}
		}
	}
	first := make(chan struct{})
	go func() { run(); close(first) }()
	<-began
	run() // is left out while the first one runs
	close(release)
	<-first
	run()
	if got := runs.Load(); got != 2 {
		t.Errorf("%d runs, want 2", got)
	}
}
