package engine

import (
	"cmp"
	"slices"
	"sync/atomic"
)

// Small batches make small segments. The merge policy is tiered: segments are grouped by size class, and mergeFactor of one
// class become one segment of the next, so each document is rewritten only a handful of times. A segment with many deleted
// documents is rewritten by itself.

var mergeSizes = [...]int{8, 64, 512, 4096, maxSegmentDocs}

const (
	mergeFactor  = 8
	fullSegment  = maxSegmentDocs * 3 / 4
	deletedShare = 4 // a segment is rewritten when more than one in so many of its documents is deleted
)

func sizeClass(docs int) int {
	for t, most := range mergeSizes {
		if docs <= most {
			return t
		}
	}
	return len(mergeSizes) - 1
}

// pickMerge returns the segments to merge next, or none.
func pickMerge(segments []*segmentView) []*segmentView {
	var classes [len(mergeSizes)][]*segmentView
	for _, v := range segments {
		if v.docs-v.live > max(32, v.docs/deletedShare) {
			return []*segmentView{v}
		}
		if v.live < fullSegment {
			t := sizeClass(v.live)
			classes[t] = append(classes[t], v)
		}
	}
	for t, members := range classes {
		if len(members) < mergeFactor {
			continue
		}
		if chosen := neighbours(members); t < len(classes)-1 || len(chosen) > 1 {
			return chosen
		}
	}
	return nil
}

// neighbours returns segments that are adjacent in time, the oldest first, as many as fit into one.
func neighbours(members []*segmentView) []*segmentView {
	slices.SortFunc(members, func(x, y *segmentView) int {
		return cmp.Compare(x.columnMax[ColumnPublished], y.columnMax[ColumnPublished])
	})
	sum := 0
	for i, v := range members {
		if sum += v.live; sum > maxSegmentDocs {
			return members[:i]
		}
	}
	return members
}

// growingSnapshots returns the snapshots that receive changes: the searched index and, during a rebuild, the new one, which
// would otherwise end up with many small segments.
func (ix *Index) growingSnapshots() []*atomic.Pointer[snapshot] {
	all := []*atomic.Pointer[snapshot]{&ix.current}
	if r := ix.rebuilding.Load(); r != nil && r.next.Load() != nil {
		all = append(all, &r.next)
	}
	return all
}

// Maintain merges segments until the merge policy is satisfied. Searches and changes go on meanwhile.
func (ix *Index) Maintain() error {
	ix.maintainMu.Lock()
	defer ix.maintainMu.Unlock()
	return ix.withRecovery(func() error {
		for _, at := range ix.growingSnapshots() { // a merge is wasted if the rebuild is aborted meanwhile
			for {
				snap := at.Load()
				chosen := pickMerge(snap.segments)
				if len(chosen) == 0 {
					break
				}
				if err := ix.merge(chosen, at); err != nil {
					return err
				}
				snap.keepAlive()
			}
		}
		return nil
	})
}

// merge replaces segments of a snapshot by one with their live documents.
func (ix *Index) merge(chosen []*segmentView, at *atomic.Pointer[snapshot]) error {
	b := newBuilder(ix.analyzer)
	for _, v := range chosen {
		b.addSegment(v.segment, v.deleted)
	}
	var merged *segmentView
	if len(b.rows) > 0 {
		var err error
		if merged, err = ix.newSegmentView(b); err != nil {
			return err
		}
	}

	ix.snapshotMu.Lock()
	defer ix.snapshotMu.Unlock()
	old := at.Load()
	next := &snapshot{seq: old.seq}
	now := map[*segment]*segmentView{}
	for _, v := range old.segments {
		now[v.segment] = v
		if !slices.ContainsFunc(chosen, func(c *segmentView) bool { return c.segment == v.segment }) {
			next.segments = append(next.segments, v)
		}
	}
	if merged != nil {
		if died := deletedMeanwhile(merged, chosen, now); len(died) > 0 {
			merged = merged.withDeleted(died)
		}
		if merged.live > 0 {
			next.segments = append([]*segmentView{merged}, next.segments...)
		}
	}
	at.Store(next)
	old.keepAlive()
	return nil
}

// deletedMeanwhile returns the documents of merged that were deleted or replaced while it was being built from chosen. A
// segment that is gone has lost all its documents.
func deletedMeanwhile(merged *segmentView, chosen []*segmentView, now map[*segment]*segmentView) []int {
	var died []int
	for _, before := range chosen {
		after := now[before.segment]
		for doc := range before.docs {
			if before.deleted.has(doc) || after != nil && !after.deleted.has(doc) {
				continue
			}
			if at, ok := merged.findID(before.ids.get(doc)); ok {
				died = append(died, at)
			}
		}
	}
	return died
}
