package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// Segments are immutable and independent, so the parts of a search are tasks on one segment each, and several cores can share them.
// The results are the same however they are shared: counts add up, and the best matches of each core are merged by an order in which
// no two documents are equal. A core takes part only while it would otherwise be idle: it needs one of the slots of ix.read, of which
// there are as many as cores, never waits for one, and gives it back when a search waits.

// parallelDocs is the number of documents from which on a search may use several cores.
const parallelDocs = 1 << 16

// parallelGain is the estimated time that the remaining tasks take one core from which on others are asked to share them. To wake them
// takes some 10 to 50 µs.
const parallelGain = 250 * time.Microsecond

// The slots say nothing about other processes or the rest of this one. Where the cores are busy with those, a shared task may wait for
// milliseconds until the system runs its thread. So after a step that took longer than it would have on one core, searches use one core
// for a while, which doubles each time up to the maximum.
const (
	firstPause = 20 * time.Millisecond
	maxPause   = 10 * time.Second
)

// pauses says until when searches use one core only.
type pauses struct {
	until  atomic.Int64 // Unix nanoseconds
	losses atomic.Int32
}

// learn is given how long a step took with several cores, and how long it would have taken with one.
func (p *pauses) learn(took, alone time.Duration) {
	switch {
	case took > alone:
		n := p.losses.Add(1)
		pause := maxPause
		if n <= 10 {
			pause = min(pause, firstPause<<(n-1))
		}
		p.until.Store(time.Now().Add(pause).UnixNano())
	case took < alone*3/4:
		p.losses.Store(0)
	}
}

// parallelMode says when searches use several cores. Tests compare both ways on small indexes.
type parallelMode int

const (
	parallelByGain parallelMode = iota
	parallelNever
	parallelAlways // also without free slots
)

// workers are the cores that evaluate one search.
type workers struct {
	ix   *Index
	most int // the number of cores that may take part
	pool bitsetPool
}

// workersFor returns the workers of a search in a snapshot.
func (ix *Index) workersFor(snap *snapshot) *workers {
	w := &workers{ix: ix, most: 1}
	segments, docs := len(snap.segments), 0
	for _, v := range snap.segments {
		docs += v.docs
	}
	switch {
	case ix.parallel == parallelAlways:
		w.most = 4
	case ix.parallel == parallelByGain && docs >= parallelDocs:
		w.most = cap(ix.searchSlots)
	}
	w.most = max(1, min(w.most, segments))
	return w
}

// tasks are those of one step of a search.
type tasks struct {
	*workers
	do func(worker, task int)

	mu      sync.Mutex
	sizes   []int
	next    int // the first task that nobody has taken
	running int
	failed  *caughtPanic
	ended   sync.Cond // a task has ended
}

// each runs tasks of so many relative sizes, several at once perhaps, and returns when all have ended. A task is told which worker runs
// it, a number below w.most.
func (w *workers) each(sizes []int, do func(worker, task int)) {
	if w.most == 1 || len(sizes) < 2 {
		for task := range sizes {
			do(0, task)
		}
		return
	}
	left, done := 0, 0
	for _, size := range sizes {
		left += size
	}
	began := time.Now()
	for task, size := range sizes {
		if took := time.Since(began); task+1 < len(sizes) && w.worthSharing(began, took, done, left) {
			t := &tasks{workers: w, do: do, sizes: sizes, next: task}
			t.ended.L = &t.mu
			if t.share() {
				t.work(0)
				t.wait()
				if done > 0 {
					w.ix.pauses.learn(time.Since(began)-took, timeFor(left, took, done))
				}
				return
			}
		}
		do(0, task)
		done, left = done+size, left-size
	}
}

// timeFor returns how long the tasks that are left take, given how long those took that are done.
func timeFor(left int, took time.Duration, done int) time.Duration {
	return time.Duration(float64(took) * float64(left) / float64(done))
}

// worthSharing reports whether other workers would save time.
func (w *workers) worthSharing(began time.Time, took time.Duration, done, left int) bool {
	return w.ix.parallel == parallelAlways ||
		done > 0 && timeFor(left, took, done) >= parallelGain && began.UnixNano() > w.ix.pauses.until.Load()
}

// share starts as many further workers as there are free cores, and reports whether there was one.
func (t *tasks) share() bool {
	always := t.ix.parallel == parallelAlways
	started := 0
	for started < t.most-1 && (always || t.ix.takeSpareSlot()) {
		started++
		worker := started
		go func() {
			if !always {
				defer func() { <-t.ix.searchSlots }()
			}
			t.work(worker)
		}()
	}
	return started > 0
}

// work runs tasks until there are none. Worker 0 is the search itself; the others end when another search waits for a core.
func (t *tasks) work(worker int) {
	for worker == 0 || t.ix.waiting.Load() == 0 {
		task, ok := t.take()
		if !ok {
			return
		}
		t.run(worker, task)
	}
}

// take returns the next task, if there is one.
func (t *tasks) take() (task int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == len(t.sizes) || t.failed != nil {
		return 0, false
	}
	task = t.next
	t.next++
	t.running++
	return task, true
}

// run runs a task. A panic ends the step; wait propagates it.
func (t *tasks) run(worker, task int) {
	cause, _ := attempt(func() error {
		t.do(worker, task)
		return nil
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	if cause != nil && t.failed == nil {
		t.failed = cause
	}
	t.ended.Signal()
}

// wait returns when no task is running any more. A worker that has not begun yet finds no task, so it needs no waiting for.
func (t *tasks) wait() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.running > 0 {
		t.ended.Wait()
	}
	if t.failed != nil {
		panic(t.failed)
	}
}
