package engine

import (
	"fmt"
	"math"
	"math/bits"
)

// maxSegmentDocs is the maximum number of documents in a segment: a doc ID has 16 bits.
const maxSegmentDocs = 1 << 16

// segment is an immutable index of up to 65,536 documents, whose doc IDs follow the order of publication.
type segment struct {
	docs int
	data []byte // everything below is a view into it, or computed from it
	file string // name in the index folder; "" while in memory only

	terms     table
	termFirst []uint32
	termMask  []uint8
	termStem  []uint32
	letters   []uint32

	stems       table
	stemTermsAt []uint32
	stemTerms   []uint32
	stemRank    []uint32
	rankStem    []uint32

	values     table
	valueFirst uint32

	listCount []uint32
	listRef   []uint32
	arrays    []uint16
	bitmaps   []uint64

	columns              [columnCount][]float64
	columnMin, columnMax [columnCount]float64 // NaN when no document has a value
	hourRuns             hourRuns
	titleWords           []uint8
	short                shortTitles
	pointsAt             []uint32
	points               []float64 // lat, lon, lat, lon, ...

	ids, titles, companies table
	idOrder                []uint16 // doc IDs sorted by id

	positions   []byte
	positionsAt []uint32
	bigrams     []uint64 // see bigrams.go; empty in a small segment
}

// openSegment returns a segment that is a view into data.
func openSegment(data []byte, verify bool) (*segment, error) {
	docs, sec, err := decode(data, verify)
	if err != nil {
		return nil, err
	}
	s := &segment{docs: docs, data: data}
	words := func(data, at section) table { return table{sec[data], viewOf[uint32](sec[at])} }
	s.terms = words(secTerms, secTermsAt)
	s.termFirst = viewOf[uint32](sec[secTermFirst])
	s.termMask = sec[secTermMask]
	s.termStem = viewOf[uint32](sec[secTermStem])
	s.letters = viewOf[uint32](sec[secTermLetters])
	s.stems = words(secStems, secStemsAt)
	s.stemTermsAt = viewOf[uint32](sec[secStemTermsAt])
	s.stemTerms = viewOf[uint32](sec[secStemTerms])
	s.stemRank = viewOf[uint32](sec[secStemRank])
	s.rankStem = viewOf[uint32](sec[secRankStem])
	s.values = words(secValues, secValuesAt)
	s.listCount = viewOf[uint32](sec[secListCount])
	s.listRef = viewOf[uint32](sec[secListRef])
	s.arrays = viewOf[uint16](sec[secArrays])
	s.bitmaps = viewOf[uint64](sec[secBitmaps])
	s.titleWords = sec[secTitleWords]
	s.pointsAt = viewOf[uint32](sec[secPointsAt])
	s.points = viewOf[float64](sec[secPoints])
	s.ids = words(secIDs, secIDsAt)
	s.idOrder = viewOf[uint16](sec[secIDOrder])
	s.titles = words(secTitles, secTitlesAt)
	s.companies = words(secCompanies, secCompaniesAt)
	s.positions = sec[secPositions]
	s.positionsAt = viewOf[uint32](sec[secPositionsAt])
	s.bigrams = viewOf[uint64](sec[secBigrams])
	if first := viewOf[uint32](sec[secValueFirst]); len(first) == 1 {
		s.valueFirst = first[0]
	}
	columns := viewOf[float64](sec[secColumns])
	if len(columns) != docs*int(columnCount) || s.ids.len() != docs || len(s.titleWords) != docs || docs > maxSegmentDocs ||
		len(s.bigrams) != 0 && len(s.bigrams) != signatureBits*wordsFor(docs) {
		return nil, fmt.Errorf("%w: sections of different lengths", errBadFile)
	}
	for c := range s.columns {
		s.columns[c] = columns[c*docs : (c+1)*docs]
		s.columnMin[c], s.columnMax[c] = minMax(s.columns[c])
	}
	s.hourRuns = hourRunsOf(s.columns[ColumnPublished])
	s.short = shortTitlesOf(s.titleWords)
	return s, nil
}

// minMax returns the smallest and the largest value of a column, NaN when it has none.
func minMax(column []float64) (low, high float64) {
	low, high = math.NaN(), math.NaN()
	for _, v := range column {
		if !(v >= low) { // also while low is NaN
			if v == v {
				low = v
			}
		}
		if !(v <= high) {
			if v == v {
				high = v
			}
		}
	}
	return low, high
}

func (s *segment) postings(i uint32) postings {
	count, ref := int(s.listCount[i]), s.listRef[i]
	switch {
	case count == 1:
		return postings{count: 1, single: uint16(ref)}
	case count >= denseThreshold(s.docs):
		return postings{count: count, dense: s.bitmaps[ref : int(ref)+wordsFor(s.docs)]}
	default:
		return postings{count: count, sparse: s.arrays[ref : int(ref)+count]}
	}
}

// termPostings returns the documents that hold a term in a field.
func (s *segment) termPostings(term uint32, f Field) postings {
	mask := s.termMask[term]
	if mask&(1<<f) == 0 {
		return postings{}
	}
	before := bits.OnesCount8(mask & (1<<f - 1))
	return s.postings(s.termFirst[term] + uint32(before))
}

// termsOfStem returns the terms of a stem, none when the segment does not have it.
func (s *segment) termsOfStem(stem string) []uint32 {
	i, ok := s.stems.find(stem)
	if !ok {
		return nil
	}
	return s.stemTerms[s.stemTermsAt[i]:s.stemTermsAt[i+1]]
}

// valuePostings returns the documents that have a filter value.
func (s *segment) valuePostings(field, value string) postings {
	i, ok := s.values.find(valueKey(field, value))
	if !ok {
		return postings{}
	}
	return s.postings(s.valueFirst + uint32(i))
}

const valueSeparator = "\x1f"

func valueKey(field, value string) string { return field + valueSeparator + value }

// findID returns the doc ID of the document with an id.
func (s *segment) findID(id string) (doc int, ok bool) {
	lo, hi := 0, s.docs
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.ids.get(int(s.idOrder[mid])) < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == s.docs {
		return 0, false
	}
	doc = int(s.idOrder[lo])
	return doc, s.ids.get(doc) == id
}

// positionsOf returns the words of a document in order: see positions.go.
func (s *segment) positionsOf(doc int) []byte {
	return s.positions[s.positionsAt[doc]:s.positionsAt[doc+1]]
}
