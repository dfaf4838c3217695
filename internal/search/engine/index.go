package engine

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"jobboard/internal/search/text"
)

// Index is a searchable set of documents. Any number of goroutines may search while one after the other changes
// it: a change makes a new snapshot, and a running search keeps the one it began with.
type Index struct {
	analyzer *text.Analyzer

	current    atomic.Pointer[snapshot]
	rebuilding atomic.Pointer[Rebuild] // changed under write; nil most of the time

	searchSlots chan struct{} // as many searches at once as there are cores, the rest wait in line

	applyMu       sync.Mutex // held through a change
	snapshotMu    sync.Mutex // held while a snapshot is replaced
	maintainMu    sync.Mutex // held while segments are merged or saved
	files         files
	rebuildReason atomic.Pointer[error] // why it must be rebuilt
}

// Batch is a set of changes. Seq is the number of the last one in the log they come from.
type Batch struct {
	Put    []Document // new, or replacing what has the same id
	Delete []string
	Seq    int64
}

// NewMemory makes an empty index that lives in memory alone.
func NewMemory(a *text.Analyzer) *Index {
	ix := &Index{analyzer: a, searchSlots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	ix.current.Store(&snapshot{})
	return ix
}

// Analyzer gives what the index reads texts with; queries for it are parsed with the same.
func (ix *Index) Analyzer() *text.Analyzer { return ix.analyzer }

// Apply makes a batch of changes visible, all at once. It is quick; Maintain does the slow work later.
func (ix *Index) Apply(batch Batch) error {
	ix.applyMu.Lock()
	defer ix.applyMu.Unlock()
	puts := lastOfEach(batch.Put)
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
		if r := ix.rebuilding.Load(); r != nil {
			r.apply(&batch, fresh)
		}
		ix.current.Store(next)
		return nil
	})
}

// read runs f on the present snapshot. As many run at once as there are cores, the rest wait in line.
func (ix *Index) read(f func(snap *snapshot)) {
	ix.searchSlots <- struct{}{}
	defer func() { <-ix.searchSlots }()
	_ = ix.withRecovery(func() error { // f has no error to give
		snap := ix.current.Load()
		defer snap.keepAlive()
		f(snap)
		return nil
	})
}

// lastOfEach keeps the last document of each id.
func lastOfEach(docs []Document) []*Document {
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

// view makes a segment of what a builder has gathered.
func (ix *Index) newSegmentView(b *builder) (*segmentView, error) {
	s, err := b.build()
	if err != nil {
		return nil, fmt.Errorf("index %d documents: %w", len(b.rows), err)
	}
	return newView(ix.files.saveIfLarge(s)), nil
}

// Seq gives the number of the last change that is searchable.
func (ix *Index) Seq() int64 { return ix.current.Load().seq }

// Stats is the size of an index.
type Stats struct {
	Documents int
	Deleted   int // replaced or deleted, and not yet swept out
	Segments  int
	Bytes     int64 // of all segments, most of them in mapped files
	Unsaved   int64 // of these, bytes in memory only
}

// Stats measures the index.
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

// Doubt notes a reason to rebuild the index that the index could not find out by itself.
func (ix *Index) MarkStale(reason error) { ix.rebuildReason.CompareAndSwap(nil, &reason) }

// Damage tells what could not be read when the index was opened, or Doubt: nil, or the reason to rebuild it.
func (ix *Index) RebuildReason() error {
	if err := ix.rebuildReason.Load(); err != nil {
		return *err
	}
	return nil
}

// WriteError tells why the last segment could not be saved (a full disk), nil when all is saved that can be.
func (ix *Index) WriteError() error {
	ix.files.mu.Lock()
	defer ix.files.mu.Unlock()
	return ix.files.err
}
