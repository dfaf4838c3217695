package engine

import (
	"errors"
	"slices"
	"testing"
)

// Changes that are applied during a rebuild replace the documents that were read for it, in whatever order the two arrive.
func TestRebuildIncludesConcurrentChanges(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for seed := range uint64(8) {
		w := newWorld(seed)
		const ids = 60
		ix, o := NewMemory(a), newOracle(a)
		fromEmpty := seed%2 == 0
		if !fromEmpty { // an old index, which is searched meanwhile and may have documents that no longer exist
			must(t, ix.Apply(w.batch(ids, ids)))
			ix.rebuildReason.Store(&errBadFile)
		}
		o.apply(w.batch(ids, 2*ids)) // documents that the index does not have
		var read []Document          // as they were read, in parts
		for _, d := range o.docs {
			read = append(read, *d)
		}
		r := ix.NewRebuild(5)
		if ix.Seq() != 5 {
			t.Fatalf("after the start of a rebuild at 5 the index is at %d", ix.Seq())
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
			shown := w.IntN(2) == 0 // otherwise the next change comes first
			if shown {
				must(t, r.Flush())
			}
			must(t, ix.Maintain())
			if ix.RebuildReason() == nil {
				t.Fatal("an index that is being built counts as complete")
			}
			if fromEmpty && shown && !ix.has(docs[0].ID) && o.docs[docs[0].ID] != nil {
				t.Fatal("a flushed document is not found")
			}
		}
		must(t, r.Commit())
		if ix.RebuildReason() != nil {
			t.Fatalf("after the rebuild: %v", ix.RebuildReason())
		}
		must(t, ix.Maintain())
		for range 40 {
			checkAgrees(t, ix, o, w.query(a, ids))
		}
	}
}

// The many changes during a long rebuild must not leave many segments, which every search would have to visit.
func TestChangesDuringARebuildAreMerged(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	w := newWorld(3)
	ix, o := NewMemory(a), newOracle(a)
	const ids, changes = 100, 500
	must(t, ix.Apply(w.batch(ids, ids))) // the old index, which is replaced
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
		t.Error("an aborted rebuild still grows")
	}
}

func TestUnfinishedRebuildIsNotSaved(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	dir := t.TempDir()
	ix, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	r := ix.NewRebuild(7)
	must(t, r.Add([]Document{{ID: "one", Title: "Nurse"}}))
	if _, err := ix.Checkpoint(); !errors.Is(err, errNoIndex) {
		t.Errorf("an incomplete index is saved: %v", err)
	}
	r.Abort()
	must(t, ix.Close())
	again, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(again.RebuildReason(), errNoIndex) || again.has("one") {
		t.Errorf("after a restart the rebuild reason is %v", again.RebuildReason())
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
		t.Errorf("after a restart a finished rebuild has rebuild reason %v and is at %d", whole.RebuildReason(), whole.Seq())
	}
	must(t, whole.Close())
}

// The documents of a segment that are all deleted while it is merged must not reappear.
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
