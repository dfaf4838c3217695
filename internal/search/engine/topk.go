package engine

import (
	"cmp"
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

// worstFirst is a heap. The library's asks for the order through an interface, which deep pages are too long for.
type worstFirst []candidate

func (w worstFirst) worse(i, j int) bool {
	if w[i].key != w[j].key {
		return w[i].key < w[j].key
	}
	return compareCandidates(w[i], w[j]) > 0
}

func (w worstFirst) up(i int) {
	for parent := (i - 1) / 2; i > 0 && w.worse(i, parent); i, parent = parent, (parent-1)/2 {
		w[i], w[parent] = w[parent], w[i]
	}
}

func (w worstFirst) down() {
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
		b.kept = append(b.kept, c)
		b.kept.up(len(b.kept) - 1)
	case b.k > 0 && compareCandidates(c, b.kept[0]) < 0:
		b.kept[0] = c
		b.kept.down()
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
