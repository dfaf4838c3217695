package engine

import "sync"

// bitsetPool lends bitsets to one search, to several cores perhaps, and takes them all back when the search ends.
type bitsetPool struct {
	mu          sync.Mutex
	lent        []*[maxSegmentDocs / 64]uint64
	lentNumbers []*[maxSegmentDocs / 64]binary64
}

var freeNumbers = sync.Pool{New: func() any { return new([maxSegmentDocs / 64]binary64) }}

// numbers returns zeros for the documents of a segment.
func (s *bitsetPool) numbers(docs int) []binary64 {
	array := freeNumbers.Get().(*[maxSegmentDocs / 64]binary64)
	s.mu.Lock()
	s.lentNumbers = append(s.lentNumbers, array)
	s.mu.Unlock()
	clear(array[:wordsFor(docs)])
	return array[:wordsFor(docs)]
}

var freeBitsets = sync.Pool{New: func() any { return new([maxSegmentDocs / 64]uint64) }}

// cleared returns an empty bitset for a segment of so many documents.
func (s *bitsetPool) cleared(docs int) bitset {
	b := s.dirty(docs)
	clear(b)
	return b
}

// copyOf returns a copy of b.
func (s *bitsetPool) copyOf(b bitset) bitset {
	c := s.dirty(len(b) * 64)
	copy(c, b)
	return c
}

func (s *bitsetPool) dirty(docs int) bitset {
	array := freeBitsets.Get().(*[maxSegmentDocs / 64]uint64)
	s.mu.Lock()
	s.lent = append(s.lent, array)
	s.mu.Unlock()
	return array[:wordsFor(docs)]
}

func (s *bitsetPool) release() {
	for _, array := range s.lent {
		freeBitsets.Put(array)
	}
	for _, array := range s.lentNumbers {
		freeNumbers.Put(array)
	}
	s.lent, s.lentNumbers = nil, nil
}
