package engine

// postings is the posting list of a term in a field, or of a filter value, in one of three encodings: one document, a sorted
// array, or a bitset.
type postings struct {
	count  int
	single uint16 // when count is 1
	sparse []uint16
	dense  bitset
}

// denseThreshold returns the count from which a list over n documents is stored as a bitset. An array would be smaller up to
// n/16, but slower: this costs 8 % of the size of an index and saves 10 % of the time of a search.
func denseThreshold(n int) int { return max(2, n/64) }

func (p postings) orInto(dst bitset) {
	switch {
	case p.count == 1:
		dst.set(int(p.single))
	case p.dense != nil:
		dst.or(p.dense)
	default:
		for _, d := range p.sparse {
			dst.set(int(d))
		}
	}
}

// countAnd returns the number of documents that are also in b.
func (p postings) countAnd(b bitset) int {
	n := 0
	switch {
	case p.count == 1:
		if b.has(int(p.single)) {
			n = 1
		}
	case p.dense != nil:
		n = b.countAnd(p.dense)
	default:
		for _, d := range p.sparse {
			n += int(b[d>>6] >> (d & 63) & 1)
		}
	}
	return n
}

func (p postings) each(visit func(doc int)) {
	switch {
	case p.count == 1:
		visit(int(p.single))
	case p.dense != nil:
		p.dense.each(visit)
	default:
		for _, d := range p.sparse {
			visit(int(d))
		}
	}
}
