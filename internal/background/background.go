// Package background runs everything that the board does by itself: loops, which start when the board serves, and jobs on a
// schedule. All of them follow the same rules.
//
//   - Start: a loop starts once the server is ready, not for a command.
//   - Leader: in a cluster, loops and jobs run on the leader only, unless they say that they belong on every node. On a follower they
//     are idle. They start when the node begins to lead, and when it ceases to, the context of the step in progress ends.
//   - Stop: when the app terminates, the context of every loop ends, and each loop has its StopTimeout to finish its step. A step
//     that takes longer is cut off with the process, so every step must leave work that the next start, perhaps on another node, can
//     resume.
//   - Failure: an error or a panic is logged, once if it repeats, and the loop goes on after its interval.
//   - Pace: a loop repeats its step while there is more work, resting in between. Otherwise it waits to be woken, at most for its
//     interval.
package background

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

// DefaultStopTimeout is the StopTimeout of loops that set none.
const DefaultStopTimeout = 2 * time.Second

// NoStopTimeout is for loops that use what is closed after them: stopping waits for their step however long it takes.
const NoStopTimeout = time.Duration(math.MaxInt64)

// Step does one piece of work and reports whether there may be more to do right away. ctx ends when the loop stops or the node ceases
// to lead.
type Step func(ctx context.Context, app core.App) (more bool, err error)

// Options says how a loop runs.
type Options struct {
	// Interval is the longest pause when there is no more work or the step failed. A loop that is woken needs it only for work that
	// other processes leave behind.
	Interval time.Duration
	// Rest is the pause while there is more work, as a multiple of the time that the step took. It leaves the database to others.
	Rest float64
	// StopTimeout is how long stopping waits for the step in progress; 0 stands for DefaultStopTimeout.
	StopTimeout time.Duration
	// EveryNode lets the loop run on followers too. It is for what each process keeps for itself, such as caches and files.
	EveryNode bool
	// Begin, if set, runs before the first step after the board has started or begun to lead. It looks for what another process or
	// node has left unfinished, and forgets what the loop remembers from before. If it fails, it is tried again after Interval.
	Begin func(ctx context.Context, app core.App) error
}

// Loop is a step that is repeated until the board stops.
type Loop struct {
	name    string
	step    Step
	options Options
	wake    chan struct{}
	running atomic.Bool
	failure string // the last error that was logged, "" after a step without one
}

// NewLoop returns a loop that does nothing until it is started. Its name is for the log, such as "send mails".
func NewLoop(name string, options Options, step Step) *Loop {
	if options.StopTimeout == 0 {
		options.StopTimeout = DefaultStopTimeout
	}
	return &Loop{name: name, step: step, options: options, wake: make(chan struct{}, 1)}
}

// Wake ends the loop's pause, because there may be work. It never blocks; call it after the commit.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

// WakeOn returns a hook that wakes the loop.
func (l *Loop) WakeOn() func(*core.RecordEvent) error {
	return func(e *core.RecordEvent) error {
		l.Wake()
		return e.Next()
	}
}

// run repeats the step until ctx ends.
func (l *Loop) run(ctx context.Context, app core.App) {
	begun := l.options.Begin == nil
	for ctx.Err() == nil {
		began := time.Now()
		more, err := l.safeStep(ctx, app, &begun)
		l.logFailure(ctx, app, err)
		pause, wake := l.options.Interval, l.wake
		if more && err == nil {
			pause, wake = time.Duration(l.options.Rest*float64(time.Since(began))), nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (l *Loop) safeStep(ctx context.Context, app core.App, begun *bool) (more bool, err error) {
	err = Recover(func() (err error) {
		if !*begun {
			if err := l.options.Begin(ctx, app); err != nil {
				return err
			}
			*begun = true
		}
		more, err = l.step(ctx, app)
		return err
	})
	return more, err
}

func (l *Loop) logFailure(ctx context.Context, app core.App, err error) {
	switch {
	case err == nil:
		l.failure = ""
	case ctx.Err() != nil && errors.Is(err, ctx.Err()): // it was stopped
	case !l.options.EveryNode && !leadership.Leading(app): // what it could not write, the new leader does
		app.Logger().Info("A background loop ended, since this node no longer leads.", "loop", l.name, "error", err)
	case err.Error() != l.failure:
		l.failure = err.Error()
		app.Logger().Error("A background loop failed.", append([]any{"loop", l.name}, details(err)...)...)
	}
}

// panicError is a panic that was turned into an error.
type panicError struct {
	value any
	stack string
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// Recover calls do and turns a panic into an error, for work in a goroutine that is no loop.
func Recover(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: string(debug.Stack())}
		}
	}()
	return do()
}

// details returns what the log says of an error.
func details(err error) []any {
	var panicked *panicError
	if errors.As(err, &panicked) {
		return []any{"error", err, "stack", panicked.stack}
	}
	return []any{"error", err}
}

// Group is loops that stop together.
type Group struct {
	app    core.App
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // also so that no loop starts while Stop waits
	started []startedLoop
	terms   *terms // nil until a loop needs them
}

type startedLoop struct {
	loop  *Loop
	ended chan struct{}
}

// NewGroup returns a group without loops.
func NewGroup(app core.App) *Group {
	ctx, cancel := context.WithCancel(context.Background())
	return &Group{app: app, ctx: ctx, cancel: cancel}
}

// Context ends when the group stops.
func (g *Group) Context() context.Context { return g.ctx }

// Start runs a loop in a goroutine of its own. A loop that runs already is left alone, and so is one of a group that has stopped.
func (g *Group) Start(loop *Loop) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() != nil || loop.running.Swap(true) {
		return
	}
	run := func() { loop.run(g.ctx, g.app) }
	if !loop.options.EveryNode {
		if g.terms == nil {
			g.terms = newTerms(g.ctx, g.app)
		}
		run = g.terms.during(func(term context.Context) { loop.run(term, g.app) })
	}
	ended := make(chan struct{})
	g.started = append(g.started, startedLoop{loop, ended})
	go func() {
		defer close(ended)
		defer loop.running.Store(false)
		run()
	}()
}

// Stop ends the loops, waits for each as long as its StopTimeout allows, and reports whether all of them have ended.
func (g *Group) Stop() bool {
	g.mu.Lock()
	g.cancel()
	started := g.started
	g.mu.Unlock()
	began, all := time.Now(), true
	for _, s := range started {
		if !s.endsWithin(s.loop.options.StopTimeout - time.Since(began)) {
			all = false
			g.app.Logger().Warn("A background loop did not stop in time.", "loop", s.loop.name)
		}
	}
	return all
}

func (s startedLoop) endsWithin(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.ended:
		return true
	case <-timer.C:
	}
	select {
	case <-s.ended: // while others were waited for
		return true
	default:
		return false
	}
}
