package engine

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"jobboard/internal/search/text"
)

// Index is a searchable set of documents. Any number of goroutines may search it at once, and changes are applied one after
// the other: a change publishes a new snapshot, and a running search keeps the one it began with.
type Index struct {
	analyzer  *text.Analyzer
	knownWord func(term string) bool // see KnowWords; may be nil

	current    atomic.Pointer[snapshot]
	rebuilding atomic.Pointer[Rebuild] // guarded by snapshotMu; usually nil

	searchSlots chan struct{} // limits the cores that search to their number; further searches queue
	waiting     atomic.Int32  // the searches that queue
	parallel    parallelMode
	pauses      pauses

	applyMu       sync.Mutex // held while a batch is applied
	snapshotMu    sync.Mutex // held while a snapshot is replaced
	maintainMu    sync.Mutex // held while segments are merged or saved
	files         files
	rebuildReason atomic.Pointer[error] // nil unless the index must be rebuilt
}

// Batch is a set of changes. Seq is the number of the last of them in the change log that they come from.
type Batch struct {
	Put    []Document // replaces documents with the same ids
	Delete []string
	Seq    int64
	Rewind bool // Seq is lower than before: the log has lost the changes after it
}

// NewMemory returns an empty index that is kept in memory only.
func NewMemory(a *text.Analyzer) *Index {
	ix := &Index{analyzer: a, searchSlots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	ix.current.Store(&snapshot{})
	return ix
}

// Analyzer returns the analyzer of the indexed texts, which queries must be parsed with.
func (ix *Index) Analyzer() *text.Analyzer { return ix.analyzer }

// Apply makes a batch of changes searchable, all at once. It is quick; Maintain merges the small segments later.
func (ix *Index) Apply(batch Batch) error {
	ix.applyMu.Lock()
	defer ix.applyMu.Unlock()
	puts := latestOfEach(batch.Put)
	var fresh []*segmentView
	for len(puts) > 0 {
		n := min(len(puts), maxSegmentDocs)
		v, err := ix.buildSegment(puts[:n])
		if err != nil {
			return err
		}
		fresh = append(fresh, v)
		puts = puts[n:]
	}

	return ix.withRecovery(func() error {
		ix.snapshotMu.Lock()
		defer ix.snapshotMu.Unlock()
		old := ix.current.Load()
		defer old.keepAlive()
		next := old.withChanges(&batch, fresh, batch.Seq)
		if batch.Rewind {
			next.seq = batch.Seq
		}
		if r := ix.rebuilding.Load(); r != nil {
			r.apply(&batch, fresh)
		}
		ix.current.Store(next)
		return nil
	})
}

// read runs f on the current snapshot. As many run at once as there are cores; the others queue.
func (ix *Index) read(f func(snap *snapshot)) {
	if !ix.takeSpareSlot() {
		ix.waiting.Add(1)
		ix.searchSlots <- struct{}{}
		ix.waiting.Add(-1)
	}
	defer func() { <-ix.searchSlots }()
	_ = ix.withRecovery(func() error { // f returns no error
		snap := ix.current.Load()
		defer snap.keepAlive()
		f(snap)
		return nil
	})
}

// takeSpareSlot reports whether there was a free slot, which the caller then has.
func (ix *Index) takeSpareSlot() bool {
	select {
	case ix.searchSlots <- struct{}{}:
		return true
	default:
		return false
	}
}

// latestOfEach returns the last document of each id.
func latestOfEach(docs []Document) []*Document {
	place := make(map[string]int, len(docs))
	out := make([]*Document, 0, len(docs))
	for i := range docs {
		if at, ok := place[docs[i].ID]; ok {
			out[at] = &docs[i]
			continue
		}
		place[docs[i].ID] = len(out)
		out = append(out, &docs[i])
	}
	return out
}

func (ix *Index) buildSegment(docs []*Document) (*segmentView, error) {
	b := newBuilder(ix.analyzer)
	for _, d := range docs {
		b.addDocument(d)
	}
	return ix.newSegmentView(b)
}

// newSegmentView builds a segment from the builder's documents.
func (ix *Index) newSegmentView(b *builder) (*segmentView, error) {
	s, err := b.build()
	if err != nil {
		return nil, fmt.Errorf("index %d documents: %w", len(b.rows), err)
	}
	return newView(ix.files.saveIfLarge(s)), nil
}

// Seq returns the number of the last change that is searchable.
func (ix *Index) Seq() int64 { return ix.current.Load().seq }

// Stats describes the size of an index.
type Stats struct {
	Documents int
	Deleted   int // replaced or deleted, but not yet merged away
	Segments  int
	Bytes     int64 // of all segments, most of them in mapped files
	Unsaved   int64 // of Bytes, those in memory only
}

// Stats returns the size of the index.
func (ix *Index) Stats() Stats {
	snap := ix.current.Load()
	st := Stats{Segments: len(snap.segments), Documents: snap.liveDocs()}
	for _, v := range snap.segments {
		st.Deleted += v.docs - v.live
		st.Bytes += int64(len(v.data))
		if v.file == "" {
			st.Unsaved += int64(len(v.data))
		}
	}
	return st
}

// MarkStale records a reason to rebuild the index that it cannot find by itself, unless there is one already.
func (ix *Index) MarkStale(reason error) { ix.rebuildReason.CompareAndSwap(nil, &reason) }

// RebuildReason returns why the index must be rebuilt (unreadable files, or the reason given to MarkStale), or nil.
func (ix *Index) RebuildReason() error {
	if err := ix.rebuildReason.Load(); err != nil {
		return *err
	}
	return nil
}

// WriteError returns why the last segment could not be saved (say, a full disk), or nil when everything is saved.
func (ix *Index) WriteError() error {
	ix.files.mu.Lock()
	defer ix.files.mu.Unlock()
	return ix.files.err
}
