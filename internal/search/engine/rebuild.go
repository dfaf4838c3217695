package engine

import (
	"errors"
	"sync/atomic"
)

// errIncomplete is the RebuildReason of an index that a rebuild is filling for the first time.
var errIncomplete = errors.New("the search index is not complete yet")

var errRebuildAborted = errors.New("the search index rebuild was aborted: another one replaced it, or its files were corrupted")

// Rebuild is a new index built from documents read again while changes go on: Apply applies them to both the old and the new
// index. The old index is searched until Commit. If it is empty, there is only one index, whose documents are found as soon
// as they are flushed, so the newest should be added first.
type Rebuild struct {
	ix      *Index
	next    atomic.Pointer[snapshot] // guarded by snapshotMu; nil when the searched index is itself the one being built
	changed map[string]bool          // ids that Apply has put or deleted meanwhile, which are newer than what Add brings
	pending *builder                 // documents that are not in a segment yet
}

// NewRebuild starts a rebuild and aborts one that is in progress. Seq is the last change that the documents to be added are
// certain to contain; later changes must be applied, also while documents are being added.
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

// Add adds documents, each id once in the whole rebuild. They become searchable when they fill a segment, so that nothing
// has to be merged later.
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

// Flush makes the added documents searchable.
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

// apply applies changes to the new index. The caller holds snapshotMu.
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

// Commit makes the new index the searched one, which then needs no rebuild any more.
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

// Abort ends the rebuild. If there was no old index, the documents flushed so far remain searchable, and the index still
// needs a rebuild.
func (r *Rebuild) Abort() {
	r.ix.snapshotMu.Lock()
	defer r.ix.snapshotMu.Unlock()
	r.ix.rebuilding.CompareAndSwap(r, nil)
}
