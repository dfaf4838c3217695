package engine

import (
	"cmp"
	"slices"
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

// growing is a snapshot that changes are made to: that of the index that is searched, or of one that a rebuild makes. Both
// functions are called with the lock on writes.
type growing struct {
	load  func() *snapshot // nil when it is no more
	store func(*snapshot)
}

func (ix *Index) searched() growing { return growing{ix.current.Load, ix.current.Store} }

// Maintain does what Apply left to do: it merges segments until they are in order. Searches and changes go on
// meanwhile.
func (ix *Index) Maintain() error {
	ix.maintain.Lock()
	defer ix.maintain.Unlock()
	return ix.survive(func() error {
		all := []growing{ix.searched()}
		ix.write.Lock()
		if ix.rebuilding != nil {
			all = append(all, ix.rebuilding.growing())
		}
		ix.write.Unlock()
		for _, g := range all {
			if err := ix.tidy(g); err != nil {
				return err
			}
		}
		return nil
	})
}

func (ix *Index) tidy(g growing) error {
	for {
		ix.write.Lock()
		snap := g.load()
		ix.write.Unlock()
		if snap == nil {
			return nil
		}
		chosen := pickMerge(snap.segments)
		if len(chosen) == 0 {
			return nil
		}
		if err := ix.merge(chosen, g); err != nil {
			return err
		}
		snap.keep()
	}
}

// merge replaces segments by one with their living documents.
func (ix *Index) merge(chosen []*segmentView, g growing) error {
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
	old := g.load()
	if old == nil {
		return nil
	}
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
	g.store(next)
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
