package engine

import (
	"errors"
	"sync/atomic"
)

// ErrIncomplete is the Damage of an index that a rebuild is filling for the first time.
var errIncomplete = errors.New("the search index is not complete yet")

var errRebuildAborted = errors.New("the rebuild was given up, for another one or for damage to what it had written")

// Rebuild is a new index growing from documents read anew, while changes go on: Apply brings each of them to both the
// old index and the new one. The old index serves until Commit. When it is empty, there is only one: what is shown can be
// found at once, so the newest documents are best added first.
type Rebuild struct {
	ix      *Index
	next    atomic.Pointer[snapshot] // changed under write; nil while the index that is searched is itself the one that grows
	changed map[string]bool          // what Apply has put or deleted meanwhile: newer than the same document in Add
	pending *builder                 // documents that are not in a segment yet
}

// NewRebuild begins a rebuild; one that is under way is given up. Seq is the last change that the documents to be added
// contain for certain; those after it are to be applied, also while documents are being added.
func (ix *Index) NewRebuild(seq int64) *Rebuild {
	ix.snapshotMu.Lock()
	defer ix.snapshotMu.Unlock()
	r := &Rebuild{ix: ix, changed: map[string]bool{}, pending: newBuilder(ix.analyzer)}
	old := ix.current.Load()
	defer old.keepAlive()
	if old.liveDocs() == 0 {
		if ix.rebuildReason.Load() == nil {
			ix.rebuildReason.Store(&errIncomplete)
		}
	} else {
		r.next.Store(&snapshot{seq: seq})
	}
	ix.current.Store(&snapshot{segments: old.segments, seq: seq})
	ix.rebuilding.Store(r)
	return r
}

// Add takes documents in, each id once in the whole rebuild. They are shown when they fill a segment, so that nothing needs
// to be merged later.
func (r *Rebuild) Add(docs []Document) error {
	for i := range docs {
		r.pending.addDocument(&docs[i])
		if len(r.pending.rows) == maxSegmentDocs {
			if err := r.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Show lets be found what has been added.
func (r *Rebuild) Flush() error {
	if len(r.pending.rows) == 0 {
		return nil
	}
	v, err := r.ix.newSegmentView(r.pending)
	if err != nil {
		return err
	}
	r.pending.clear()

	r.ix.snapshotMu.Lock()
	defer r.ix.snapshotMu.Unlock()
	if r.ix.rebuilding.Load() != r {
		return errRebuildAborted
	}
	var stale []int
	for id := range r.changed {
		if doc, ok := v.findID(id); ok {
			stale = append(stale, doc)
		}
	}
	if len(stale) > 0 {
		v = v.withDeleted(stale)
	}
	if next := r.next.Load(); next != nil {
		r.next.Store(next.withChanges(nil, []*segmentView{v}, 0))
		return nil
	}
	old := r.ix.current.Load()
	r.ix.current.Store(old.withChanges(nil, []*segmentView{v}, 0))
	old.keepAlive()
	return nil
}

// apply brings changes to the index that grows. Apply calls it with the lock held.
func (r *Rebuild) apply(batch *Batch, fresh []*segmentView) {
	for _, id := range batch.Delete {
		r.changed[id] = true
	}
	for i := range batch.Put {
		r.changed[batch.Put[i].ID] = true
	}
	if next := r.next.Load(); next != nil {
		r.next.Store(next.withChanges(batch, fresh, batch.Seq))
	}
}

// Commit makes the new index the one that is searched, and heals the damage.
func (r *Rebuild) Commit() error {
	if err := r.Flush(); err != nil {
		return err
	}
	// a merge of the old index must not end in the new one
	r.ix.maintainMu.Lock()
	defer r.ix.maintainMu.Unlock()
	r.ix.snapshotMu.Lock()
	defer r.ix.snapshotMu.Unlock()
	if r.ix.rebuilding.Load() != r {
		return errRebuildAborted
	}
	if next := r.next.Load(); next != nil {
		old := r.ix.current.Swap(next)
		old.keepAlive()
	}
	r.ix.rebuilding.Store(nil)
	r.ix.rebuildReason.Store(nil)
	return nil
}

// Abandon gives the rebuild up. An index that was growing before the eyes of the searchers stays as far as it got, and
// damaged.
func (r *Rebuild) Abort() {
	r.ix.snapshotMu.Lock()
	defer r.ix.snapshotMu.Unlock()
	r.ix.rebuilding.CompareAndSwap(r, nil)
}
