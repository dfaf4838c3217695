package engine

import (
	"cmp"
	"slices"
	"sync/atomic"
)

// Small changes make small segments. Maintain merges them step by step into large ones, eight of a kind at a time,
// so a document is moved a handful of times in its life; and it rewrites segments of which a good part is dead.

var tierDocs = [...]int{8, 64, 512, 4096, maxSegmentDocs}

const (
	tierWidth   = 8
	fullSegment = maxSegmentDocs * 3 / 4
	deadShare   = 4 // rewrite when one in so many is dead
)

func tierOf(docs int) int {
	for t, most := range tierDocs {
		if docs <= most {
			return t
		}
	}
	return len(tierDocs) - 1
}

// pickMerge chooses segments to be merged into one; none when all is well.
func pickMerge(segments []*segmentView) []*segmentView {
	var tiers [len(tierDocs)][]*segmentView
	for _, v := range segments {
		if v.docs-v.alive > max(32, v.docs/deadShare) {
			return []*segmentView{v}
		}
		if v.alive < fullSegment {
			t := tierOf(v.alive)
			tiers[t] = append(tiers[t], v)
		}
	}
	for t, members := range tiers {
		if len(members) < tierWidth {
			continue
		}
		if chosen := neighbours(members); t < len(tiers)-1 || len(chosen) > 1 {
			return chosen
		}
	}
	return nil
}

// neighbours takes segments that lie next to each other in time, the oldest first, as many as fit into one.
func neighbours(members []*segmentView) []*segmentView {
	slices.SortFunc(members, func(x, y *segmentView) int {
		return cmp.Compare(x.high[ColumnPublished], y.high[ColumnPublished])
	})
	sum := 0
	for i, v := range members {
		if sum += v.alive; sum > maxSegmentDocs {
			return members[:i]
		}
	}
	return members
}

// growing gives where the snapshots are that changes are made to: the index that is searched, and the one that a rebuild makes
// beside it, which many changes during a long rebuild would else leave in as many small segments.
func (ix *Index) growing() []*atomic.Pointer[snapshot] {
	all := []*atomic.Pointer[snapshot]{&ix.current}
	if r := ix.rebuilding.Load(); r != nil && r.next.Load() != nil {
		all = append(all, &r.next)
	}
	return all
}

// Maintain does what Apply left to do: it merges segments until they are in order. Searches and changes go on
// meanwhile.
func (ix *Index) Maintain() error {
	ix.maintain.Lock()
	defer ix.maintain.Unlock()
	return ix.survive(func() error {
		for _, at := range ix.growing() { // if the rebuild is given up meanwhile, for nothing
			for {
				snap := at.Load()
				chosen := pickMerge(snap.segments)
				if len(chosen) == 0 {
					break
				}
				if err := ix.merge(chosen, at); err != nil {
					return err
				}
				snap.keep()
			}
		}
		return nil
	})
}

// merge replaces segments of a snapshot by one with their living documents.
func (ix *Index) merge(chosen []*segmentView, at *atomic.Pointer[snapshot]) error {
	b := newBuilder(ix.analyzer)
	for _, v := range chosen {
		b.addFrom(v.segment, v.dead)
	}
	var merged *segmentView
	if len(b.rows) > 0 {
		var err error
		if merged, err = ix.view(b); err != nil {
			return err
		}
	}

	ix.write.Lock()
	defer ix.write.Unlock()
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
		if died := diedMeanwhile(merged, chosen, now); len(died) > 0 {
			merged = merged.without(died)
		}
		if merged.alive > 0 {
			next.segments = append([]*segmentView{merged}, next.segments...)
		}
	}
	at.Store(next)
	old.keep()
	return nil
}

// diedMeanwhile gives the documents of merged that were deleted or replaced while it was made out of chosen. A segment
// that is no longer there has lost them all.
func diedMeanwhile(merged *segmentView, chosen []*segmentView, now map[*segment]*segmentView) []int {
	var died []int
	for _, before := range chosen {
		after := now[before.segment]
		for doc := range before.docs {
			if before.dead.has(doc) || after != nil && !after.dead.has(doc) {
				continue
			}
			if at, ok := merged.find(before.ids.get(doc)); ok {
				died = append(died, at)
			}
		}
	}
	return died
}
