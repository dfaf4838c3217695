package engine

import (
	"cmp"
	"math"
	"slices"
)

// match is a matching document with its sort key. Matches are ordered by descending key, then newest first, then by id.
type match struct {
	key       float64
	published float64
	segment   *segmentMatch
	doc       int
}

func (c match) id() string { return c.segment.ids.get(c.doc) }

func compareMatches(x, y match) int {
	if c := cmp.Compare(y.key, x.key); c != 0 {
		return c
	}
	if c := cmp.Compare(y.published, x.published); c != 0 {
		return c
	}
	return cmp.Compare(x.id(), y.id())
}

// topK collects the first k matches of an order, after the cursor if there is one.
type topK struct {
	k     int
	after *Cursor
	heap  minHeap
	// Several cores collect into one each, of which no match is kept that is below the best threshold of them.
	best  *sharedThreshold // nil: it is the only one
	floor float64          // the best threshold when it was last looked at
}

func newTopK(k int, after *Cursor) *topK { return &topK{k: k, after: after, floor: math.Inf(-1)} }

// minHeap is a heap with the worst match at the root. It does not use container/heap, whose interface calls are too slow for
// deep pages.
type minHeap []match

func (w minHeap) worse(i, j int) bool {
	if w[i].key != w[j].key {
		return w[i].key < w[j].key
	}
	return compareMatches(w[i], w[j]) > 0
}

func (w minHeap) up(i int) {
	for parent := (i - 1) / 2; i > 0 && w.worse(i, parent); i, parent = parent, (parent-1)/2 {
		w[i], w[parent] = w[parent], w[i]
	}
}

func (w minHeap) down() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(w) {
			return
		}
		if child+1 < len(w) && w.worse(child+1, child) {
			child++
		}
		if !w.worse(child, i) {
			return
		}
		w[i], w[child] = w[child], w[i]
		i = child
	}
}

// threshold returns the key that a match must reach to be kept.
func (b *topK) threshold() float64 {
	if len(b.heap) < b.k {
		return b.floor
	}
	if b.k == 0 {
		return math.Inf(1)
	}
	if b.floor > b.heap[0].key {
		return b.floor
	}
	return b.heap[0].key
}

// full reports whether k matches are kept.
func (b *topK) full() bool { return len(b.heap) >= b.k }

// acceptsMissing reports whether a match without a key, published at that time, can still be kept.
func (b *topK) acceptsMissing(published float64) bool {
	return !b.full() || b.k > 0 && isMissing(b.heap[0].key) && published >= b.heap[0].published
}

func (b *topK) offer(c match) {
	if b.after != nil && !b.after.isBefore(c) {
		return
	}
	switch {
	case len(b.heap) < b.k:
		b.heap = append(b.heap, c)
		b.heap.up(len(b.heap) - 1)
	case b.k > 0 && compareMatches(c, b.heap[0]) < 0:
		b.heap[0] = c
		b.heap.down()
	default:
		return
	}
	if b.best != nil && b.full() {
		b.best.raise(b.heap[0].key)
		b.learn()
	}
}

func (b *topK) sorted() []match {
	slices.SortFunc(b.heap, compareMatches)
	return b.heap
}

// newestFirst returns segments sorted by their newest document.
func newestFirst(views []*segmentView) []*segmentView {
	sorted := slices.Clone(views)
	slices.SortStableFunc(sorted, func(x, y *segmentView) int {
		return cmp.Compare(y.columnMax[ColumnPublished], x.columnMax[ColumnPublished])
	})
	return sorted
}
