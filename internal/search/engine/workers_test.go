package engine

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Queries that the oracle does not know: spellings that are corrected, and terms that are weighted.
func TestSeveralCoresFindTheSame(t *testing.T) {
	corrected := 0
	for seed := range uint64(4) {
		if seed == 3 {
			forcePartitioning(t)
		}
		ix, w := manySegments(t, seed, seed%2 == 0)
		for round := range 60 {
			q := w.query(ix.analyzer, 10)
			q.NoSpelling, q.IDs = false, nil
			if round%2 == 0 {
				q.Words = Parse(ix.analyzer, w.pick("nurrse", "developr senior", "managger jva"))
			}
			if searchBothWays(t, ix, q).DidYouMean != "" {
				corrected++
			}
			terms := []WeightedTerm{{Stem: "nurs", Field: FieldTitle, Weight: 3}, {Stem: "develop", Field: FieldAny, Weight: 1, IgnoreIDF: true},
				{Value: Value{"type", "full"}, Weight: 0.5}}
			ix.parallel = parallelNever
			one, err := ix.MoreLikeThis(q, terms)
			must(t, err)
			ix.parallel = parallelAlways
			several, err := ix.MoreLikeThis(q, terms)
			must(t, err)
			if !reflect.DeepEqual(one, several) {
				t.Fatalf("%q: one core finds %v, several %v", q.Words.Source, one, several)
			}
		}
	}
	if corrected < 20 {
		t.Errorf("only %d corrected spellings", corrected)
	}
}

// The phrase budget is used in the same documents, wherever it ends.
func TestSeveralCoresShareThePhraseBudget(t *testing.T) {
	before := phraseBudget
	t.Cleanup(func() { phraseBudget = before })
	ix, w := NewMemory(newAnalyzer(t)), newWorld(1)
	for s := range 9 {
		var b Batch
		for i := range 70 {
			var words []string
			for range 12 {
				words = append(words, w.pick("night", "nurse", "java"))
			}
			d := Document{ID: fmt.Sprintf("doc%d-%d", s, i), Title: "Porter", Body: strings.Join(words, " "), Published: w.now}
			b.Put = append(b.Put, d)
		}
		must(t, ix.Apply(b))
	}
	cut := 0
	for _, words := range []string{`"night nurse"`, `"night nurse java" "java java night"`, `-"nurse night java"`,
		`"java java" -"nurse night night"`, `"java night night" OR "night java java" "nurse java nurse"`} {
		for phraseBudget = 0; phraseBudget < 1300; phraseBudget += 41 {
			q := Query{Words: Parse(ix.analyzer, words), Scope: Everything(), Now: w.now, Limit: 1000, Partial: true}
			q.NoSpelling = true
			if searchBothWays(t, ix, q).Estimated {
				cut++
			}
		}
	}
	if cut < 20 {
		t.Errorf("only %d searches met the end of the budget", cut)
	}
}

// A search has several cores only while no other search wants them.
func TestCoresAreShared(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	ix.searchSlots = make(chan struct{}, 3)
	w := &workers{ix: ix, most: 3}
	sizes := []int{1, 1, 1, 1, 1, 1, 1, 1}
	pauseUntil := time.Unix(0, 0)
	var mu sync.Mutex
	tasks := map[int]int{} // by worker
	slow := func(worker, _ int) {
		time.Sleep(time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		tasks[worker]++
	}
	run := func() int {
		t.Helper()
		clear(tasks)
		ix.pauses.until.Store(pauseUntil.UnixNano()) // whatever the machine did to the last run
		w.each(sizes, slow)
		sum := 0
		for _, n := range tasks {
			sum += n
		}
		if sum != len(sizes) {
			t.Fatalf("%d tasks run of %d", sum, len(sizes))
		}
		return len(tasks)
	}
	ix.searchSlots <- struct{}{} // of this search
	if n := run(); n != 3 {
		t.Errorf("%d workers with two cores to spare, want 3", n)
	}
	for len(ix.searchSlots) > 1 { // the last worker gives its slot back after the search has gone on
		time.Sleep(time.Millisecond)
	}
	ix.searchSlots <- struct{}{}
	ix.searchSlots <- struct{}{}
	if n := run(); n != 1 {
		t.Errorf("%d workers without a core to spare, want 1", n)
	}
	<-ix.searchSlots
	ix.waiting.Add(1)
	if n := run(); n != 1 {
		t.Errorf("%d workers while a search waits, want 1", n)
	}
	ix.waiting.Add(-1)
	pauseUntil = time.Now().Add(time.Hour)
	if n := run(); n != 1 {
		t.Errorf("%d workers during a pause, want 1", n)
	}
	pauseUntil = time.Now()
	if n := run(); n != 2 {
		t.Errorf("%d workers after the pause, want 2", n)
	}
	quick := func(int, int) {}
	w.each(sizes, quick)
	if len(ix.searchSlots) != 2 {
		t.Errorf("quick tasks took %d cores", len(ix.searchSlots)-1)
	}
}

func TestSharingThatCostsTimePausesLongerAndLonger(t *testing.T) {
	var p pauses
	pause := func() time.Duration { return time.Until(time.Unix(0, p.until.Load())) }
	p.learn(2*time.Millisecond, time.Millisecond)
	if first := pause(); first > firstPause {
		t.Errorf("the first pause is %v, want %v", first, firstPause)
	}
	for range 50 {
		p.learn(2*time.Millisecond, time.Millisecond)
	}
	if last := pause(); last < maxPause/2 || last > maxPause {
		t.Errorf("after many losses the pause is %v, want %v", last, maxPause)
	}
	p.learn(time.Millisecond, 2*time.Millisecond)
	if n := p.losses.Load(); n != 0 {
		t.Errorf("%d losses are counted after a gain", n)
	}
}

// A panic of one worker ends the search, but not before the others have stopped.
func TestPanicOfAWorkerPropagates(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	ix.parallel = parallelAlways
	w := &workers{ix: ix, most: 4}
	var running atomic.Int32
	defer func() {
		if cause, ok := recover().(*caughtPanic); !ok || cause.value != "a mistake" || running.Load() != 0 {
			t.Errorf("recovered %v with %d tasks running", cause, running.Load())
		}
	}()
	w.each(make([]int, 50), func(_, task int) {
		running.Add(1)
		defer running.Add(-1)
		time.Sleep(time.Millisecond)
		if task == 7 {
			panic("a mistake")
		}
	})
	t.Error("no panic")
}
