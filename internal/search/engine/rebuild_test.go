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
			if err := ix.Apply(w.batch(ids, ids)); err != nil {
				t.Fatal(err)
			}
			ix.damage.Store(&errDamaged)
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
			if err := ix.Apply(change); err != nil {
				t.Fatal(err)
			}
			o.apply(change)
			if err := r.Add(docs); err != nil { // read before the change
				t.Fatal(err)
			}
			if err := ix.Maintain(); err != nil {
				t.Fatal(err)
			}
			if ix.Damage() == nil {
				t.Fatal("an index that is being built counts as whole")
			}
			if fromEmpty && !ix.Has(docs[0].ID) && o.docs[docs[0].ID] != nil {
				t.Fatal("what is indexed first is not found yet")
			}
		}
		r.Commit()
		if ix.Damage() != nil {
			t.Fatalf("damaged after a rebuild: %v", ix.Damage())
		}
		if err := ix.Maintain(); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			agree(t, ix, o, w.query(a, ids))
		}
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
	if err := r.Add([]Document{{ID: "one", Title: "Nurse"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := ix.Checkpoint(); !errors.Is(err, ErrMissing) {
		t.Errorf("half an index is saved: %v", err)
	}
	r.Abandon()
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(again.Damage(), ErrMissing) || again.Has("one") {
		t.Errorf("after a restart the damage is %v", again.Damage())
	}
	r = again.NewRebuild(7)
	if err := r.Add([]Document{{ID: "one", Title: "Nurse"}}); err != nil {
		t.Fatal(err)
	}
	r.Commit()
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Damage() != nil || whole.Seq() != 7 || !whole.Has("one") {
		t.Errorf("a finished rebuild comes back with damage %v at %d", whole.Damage(), whole.Seq())
	}
	if err := whole.Close(); err != nil {
		t.Fatal(err)
	}
}

// A segment whose documents all die while it is merged must not come back to life.
func TestMergeDoesNotReviveTheDead(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	for _, id := range []string{"one", "two"} {
		if err := ix.Apply(Batch{Put: []Document{{ID: id, Title: "Nurse"}}}); err != nil {
			t.Fatal(err)
		}
	}
	chosen := slices.Clone(ix.current.Load().segments)
	if err := ix.Apply(Batch{Delete: []string{"one"}}); err != nil {
		t.Fatal(err)
	}
	if err := ix.merge(chosen); err != nil {
		t.Fatal(err)
	}
	if ix.Has("one") || !ix.Has("two") {
		t.Errorf("one: %v, two: %v", ix.Has("one"), ix.Has("two"))
	}
}
