package engine

import (
	"errors"
	"slices"
	"testing"
)

// Changes that come while the documents are read anew must win over what was read, whatever the order of the two.
func TestRebuildTakesInTheChangesMeanwhile(t *testing.T) {
	a := newAnalyzer(t)
	for seed := range uint64(8) {
		w := newWorld(seed)
		const ids = 60
		ix, o := NewMemory(a), newOracle(a)
		fromEmpty := seed%2 == 0
		if !fromEmpty { // an old index, which serves meanwhile and may know what is long gone
			must(t, ix.Apply(w.batch(ids, ids)))
			ix.rebuildReason.Store(&errBadFile)
		}
		o.apply(w.batch(ids, 2*ids)) // the truth, which the index has not heard of
		var read []Document          // as some reader saw it, each part at its own moment
		for _, d := range o.docs {
			read = append(read, *d)
		}
		r := ix.NewRebuild(5)
		if ix.Seq() != 5 {
			t.Fatalf("a rebuild from 5 follows %d", ix.Seq())
		}
		for seq := int64(6); len(read) > 0; seq++ {
			n := min(len(read), 1+w.IntN(20))
			docs := slices.Clone(read[:n])
			read = read[n:]
			change := w.batch(ids, 6)
			change.Seq = seq
			must(t, ix.Apply(change))
			o.apply(change)
			if err := r.Add(docs); err != nil { // read before the change
				t.Fatal(err)
			}
			shown := w.IntN(2) == 0 // else the next change comes between
			if shown {
				must(t, r.Flush())
			}
			must(t, ix.Maintain())
			if ix.RebuildReason() == nil {
				t.Fatal("an index that is being built counts as whole")
			}
			if fromEmpty && shown && !ix.has(docs[0].ID) && o.docs[docs[0].ID] != nil {
				t.Fatal("what is shown is not found yet")
			}
		}
		must(t, r.Commit())
		if ix.RebuildReason() != nil {
			t.Fatalf("damaged after a rebuild: %v", ix.RebuildReason())
		}
		must(t, ix.Maintain())
		for range 40 {
			checkAgrees(t, ix, o, w.query(a, ids))
		}
	}
}

// The changes of a long rebuild must not leave as many segments, which every search would have to visit.
func TestChangesDuringARebuildAreMerged(t *testing.T) {
	a := newAnalyzer(t)
	w := newWorld(3)
	ix, o := NewMemory(a), newOracle(a)
	const ids, changes = 100, 500
	must(t, ix.Apply(w.batch(ids, ids))) // what the old index says of it is of no matter
	r := ix.NewRebuild(0)
	most := 0
	for seq := range int64(changes) {
		change := w.batch(ids, 1)
		change.Seq = seq + 1
		must(t, ix.Apply(change))
		o.apply(change)
		must(t, ix.Maintain())
		most = max(most, len(r.next.Load().segments))
	}
	if most > 3*mergeFactor {
		t.Errorf("the new index had %d segments from %d changes", most, changes)
	}
	must(t, r.Commit())
	if got := ix.current.Load(); got.seq != changes || len(got.segments) > most {
		t.Errorf("%d segments at %d", len(got.segments), got.seq)
	}
	for range 40 {
		checkAgrees(t, ix, o, w.query(a, ids))
	}
	r = ix.NewRebuild(changes)
	must(t, ix.Apply(w.batch(ids, 1)))
	if n := len(ix.growingSnapshots()); n != 2 {
		t.Errorf("%d indexes grow during a rebuild", n)
	}
	r.Abort()
	if n := len(ix.growingSnapshots()); n != 1 {
		t.Error("a rebuild that was given up still grows")
	}
}

func TestUnfinishedRebuildIsNotSaved(t *testing.T) {
	a := newAnalyzer(t)
	dir := t.TempDir()
	ix, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	r := ix.NewRebuild(7)
	must(t, r.Add([]Document{{ID: "one", Title: "Nurse"}}))
	if _, err := ix.Checkpoint(); !errors.Is(err, errNoIndex) {
		t.Errorf("half an index is saved: %v", err)
	}
	r.Abort()
	must(t, ix.Close())
	again, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(again.RebuildReason(), errNoIndex) || again.has("one") {
		t.Errorf("after a restart the damage is %v", again.RebuildReason())
	}
	r = again.NewRebuild(7)
	must(t, r.Add([]Document{{ID: "one", Title: "Nurse"}}))
	must(t, r.Commit())
	must(t, again.Close())
	whole, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	if whole.RebuildReason() != nil || whole.Seq() != 7 || !whole.has("one") {
		t.Errorf("a finished rebuild comes back with damage %v at %d", whole.RebuildReason(), whole.Seq())
	}
	must(t, whole.Close())
}

// A segment whose documents all die while it is merged must not come back to life.
func TestMergeDoesNotRestoreDeletedDocuments(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	for _, id := range []string{"one", "two"} {
		must(t, ix.Apply(Batch{Put: []Document{{ID: id, Title: "Nurse"}}}))
	}
	chosen := slices.Clone(ix.current.Load().segments)
	must(t, ix.Apply(Batch{Delete: []string{"one"}}))
	must(t, ix.merge(chosen, &ix.current))
	if ix.has("one") || !ix.has("two") {
		t.Errorf("one: %v, two: %v", ix.has("one"), ix.has("two"))
	}
}
