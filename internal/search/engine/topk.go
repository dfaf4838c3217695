package engine

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// candidate is a match with its place in the order: by key, the greatest first; then the newest; then by id.
type candidate struct {
	key       float64
	published float64
	part      *part
	doc       int
}

func (c candidate) id() string { return c.part.ids.get(c.doc) }

func compareCandidates(x, y candidate) int {
	if c := cmp.Compare(y.key, x.key); c != 0 {
		return c
	}
	if c := cmp.Compare(y.published, x.published); c != 0 {
		return c
	}
	return cmp.Compare(x.id(), y.id())
}

// best keeps the first k candidates of an order, behind a cursor if there is one.
type best struct {
	k     int
	after *Cursor
	kept  worstFirst
}

type worstFirst []candidate

func (w worstFirst) Len() int           { return len(w) }
func (w worstFirst) Less(i, j int) bool { return compareCandidates(w[i], w[j]) > 0 }
func (w worstFirst) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *worstFirst) Push(x any)        { *w = append(*w, x.(candidate)) }
func (w *worstFirst) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

// bar is the key that a candidate must reach to be kept.
func (b *best) bar() float64 {
	if len(b.kept) < b.k {
		return math.Inf(-1)
	}
	if b.k == 0 {
		return math.Inf(1)
	}
	return b.kept[0].key
}

// full tells whether as many are kept as are wanted.
func (b *best) full() bool { return len(b.kept) >= b.k }

// mayKeepLast tells whether a candidate without a key, published then, can still be kept.
func (b *best) mayKeepLast(published float64) bool {
	return !b.full() || b.k > 0 && isLast(b.kept[0].key) && published >= b.kept[0].published
}

func (b *best) offer(c candidate) {
	if b.after != nil && !b.after.before(c) {
		return
	}
	switch {
	case len(b.kept) < b.k:
		heap.Push(&b.kept, c)
	case b.k > 0 && compareCandidates(c, b.kept[0]) < 0:
		b.kept[0] = c
		heap.Fix(&b.kept, 0)
	}
}

func (b *best) sorted() []candidate {
	slices.SortFunc(b.kept, compareCandidates)
	return b.kept
}

// newestFirst orders segments by their newest document.
func newestFirst(views []*segmentView) []*segmentView {
	sorted := slices.Clone(views)
	slices.SortStableFunc(sorted, func(x, y *segmentView) int {
		return cmp.Compare(y.high[ColumnPublished], x.high[ColumnPublished])
	})
	return sorted
}
