package engine

import "math/bits"

// bitset is a set of documents of one segment: bit n stands for document n. For 65,536 documents it takes 8 KB, so an AND
// over a whole segment takes well under a microsecond, whatever the words are.
type bitset []uint64

func wordsFor(docs int) int { return (docs + 63) / 64 }

func (b bitset) has(doc int) bool { return b[doc>>6]&(1<<(doc&63)) != 0 }

func (b bitset) set(doc int) { b[doc>>6] |= 1 << (doc & 63) }

func (b bitset) clear(doc int) { b[doc>>6] &^= 1 << (doc & 63) }

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func (b bitset) countAnd(o bitset) int {
	n := 0
	o = o[:len(b)]
	for i, w := range b {
		n += bits.OnesCount64(w & o[i])
	}
	return n
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bitset) and(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] &= o[i]
	}
}

func (b bitset) andNot(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] &^= o[i]
	}
}

func (b bitset) or(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] |= o[i]
	}
}

// split moves the documents that are also in o from b to in, and returns their number.
func (b bitset) split(o, in bitset) (moved int) {
	o, in = o[:len(b)], in[:len(b)]
	for i, w := range b {
		both := w & o[i]
		in[i], b[i] = both, w^both
		moved += bits.OnesCount64(both)
	}
	return moved
}

// fill sets the bits of documents 0 to docs-1 and clears the rest.
func (b bitset) fill(docs int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if rest := docs & 63; rest != 0 {
		b[len(b)-1] = 1<<rest - 1
	}
}

// each calls visit with every document, lowest first.
func (b bitset) each(visit func(doc int)) {
	for i, w := range b {
		for w != 0 {
			visit(i<<6 + bits.TrailingZeros64(w))
			w &= w - 1
		}
	}
}

// eachDown calls visit with every document, highest (newest) first, until visit returns false.
func (b bitset) eachDown(visit func(doc int) bool) {
	for i := len(b) - 1; i >= 0; i-- {
		for w := b[i]; w != 0; {
			top := 63 - bits.LeadingZeros64(w)
			if !visit(i<<6 + top) {
				return
			}
			w &^= 1 << top
		}
	}
}
