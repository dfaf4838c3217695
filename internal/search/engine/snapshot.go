package engine

import "runtime"

// snapshot is the index at one moment. It is immutable, so searches read it without locks.
type snapshot struct {
	segments []*segmentView
	seq      int64 // the last change that it contains
}

// segmentView is a segment with its tombstones: the documents that were deleted, or replaced by a newer version.
type segmentView struct {
	*segment
	deleted bitset
	live    int
}

func newView(s *segment) *segmentView {
	return &segmentView{segment: s, deleted: make(bitset, wordsFor(s.docs)), live: s.docs}
}

// withDeleted returns the view with further documents deleted; v itself stays as it is.
func (v *segmentView) withDeleted(docs []int) *segmentView {
	w := &segmentView{segment: v.segment, deleted: append(bitset(nil), v.deleted...), live: v.live}
	for _, d := range docs {
		if !w.deleted.has(d) {
			w.deleted.set(d)
			w.live--
		}
	}
	return w
}

// locate finds the live version of a document.
func (s *snapshot) locate(id string) (view, doc int, ok bool) {
	// newest segments first: what changes has often changed before
	for i := len(s.segments) - 1; i >= 0; i-- {
		v := s.segments[i]
		if doc, ok := v.findID(id); ok && !v.deleted.has(doc) {
			return i, doc, true
		}
	}
	return 0, 0, false
}

// withChanges returns the snapshot after a change: the documents that it names are deleted, except in the fresh segments,
// which hold their new versions. s itself stays as it is.
func (s *snapshot) withChanges(change *Batch, fresh []*segmentView, seq int64) *snapshot {
	deleted := make([][]int, len(s.segments))
	markDeleted := func(id string) {
		if i, doc, ok := s.locate(id); ok {
			deleted[i] = append(deleted[i], doc)
		}
	}
	if change != nil {
		for _, id := range change.Delete {
			markDeleted(id)
		}
		for i := range change.Put {
			markDeleted(change.Put[i].ID)
		}
	}
	next := &snapshot{seq: max(s.seq, seq)}
	for i, v := range s.segments {
		if len(deleted[i]) > 0 {
			v = v.withDeleted(deleted[i])
		}
		if v.live > 0 {
			next.segments = append(next.segments, v)
		}
	}
	for _, v := range fresh {
		if v.live > 0 {
			next.segments = append(next.segments, v)
		}
	}
	return next
}

func (s *snapshot) liveDocs() int {
	n := 0
	for _, v := range s.segments {
		n += v.live
	}
	return n
}

// keepAlive keeps the snapshot, and with it the mapped files, reachable until here.
func (s *snapshot) keepAlive() { runtime.KeepAlive(s) }
