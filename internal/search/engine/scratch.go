package engine

import "sync"

// scratch lends bitsets to one search and takes them all back at its end.
type scratch struct {
	lent []*[maxSegmentDocs / 64]uint64
}

var spareBits = sync.Pool{New: func() any { return new([maxSegmentDocs / 64]uint64) }}

// bits gives a cleared bitset for so many documents.
func (s *scratch) bits(docs int) bitset {
	b := s.raw(docs)
	clear(b)
	return b
}

// copyOf gives a bitset with the same documents.
func (s *scratch) copyOf(b bitset) bitset {
	c := s.raw(len(b) * 64)
	copy(c, b)
	return c
}

func (s *scratch) raw(docs int) bitset {
	array := spareBits.Get().(*[maxSegmentDocs / 64]uint64)
	s.lent = append(s.lent, array)
	return array[:wordsFor(docs)]
}

func (s *scratch) release() {
	for _, array := range s.lent {
		spareBits.Put(array)
	}
	s.lent = nil
}
