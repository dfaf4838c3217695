package engine

import "slices"

// addSegment adds the documents of a segment that are not deleted. Their texts have been analysed before, so this costs a
// fraction of adding the documents anew. The segment must outlive the builder.
func (b *builder) addSegment(s *segment, dead bitset) {
	terms := make([]uint32, s.terms.len())
	stems := make([]uint32, s.stems.len())
	for i := range terms {
		terms[i] = unknown
	}
	for i := range stems {
		stems[i] = unknown
	}
	stemOf := func(stem uint32) uint32 {
		if stems[stem] == unknown {
			stems[stem], _ = b.stems.addShared(s.stems.get(int(stem)))
		}
		return stems[stem]
	}
	termOf := func(term uint32) uint32 {
		if terms[term] == unknown {
			n, isNew := b.terms.addShared(s.terms.get(int(term)))
			if isNew {
				b.addTerm(stemOf(s.termStem[term]))
			}
			terms[term] = n
		}
		return terms[term]
	}
	postings := s.postingsByDoc()
	values := s.valuesByDoc()
	for doc := range s.docs {
		if dead.has(doc) {
			continue
		}
		r := row{id: s.ids.get(doc), title: s.titles.get(doc), company: s.companies.get(doc),
			titleWords: s.titleWords[doc], postings: len(b.postings), values: len(b.rowValues), positions: len(b.positions),
			points: len(b.points)}
		for c := range r.columns {
			r.columns[c] = s.columns[c][doc]
		}
		for _, p := range postings.of(doc) {
			b.postings = append(b.postings, posting{termOf(p.term), p.fields})
		}
		for _, v := range values.of(doc) {
			n, _ := b.values.addShared(s.values.get(int(v)))
			b.rowValues = append(b.rowValues, n)
		}
		for code := s.positionsOf(doc); len(code) > 0; {
			var w uint32
			w, code = nextVarint(code)
			if w >= codeFirstRank {
				w = stemOf(s.rankStem[w-codeFirstRank]) + codeFirstStem
			}
			b.positions = append(b.positions, w)
		}
		for p := s.pointsAt[doc]; p < s.pointsAt[doc+1]; p++ {
			b.points = append(b.points, Point{s.points[2*p], s.points[2*p+1]})
		}
		b.rows = append(b.rows, r)
	}
}

const unknown = ^uint32(0)

func nextVarint(b []byte) (code uint32, rest []byte) {
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		code |= uint32(b[i]&0x7f) << shift
		if b[i] < 0x80 {
			return code, b[i+1:]
		}
	}
}

// byDoc holds a list for each document, one after the other.
type byDoc[T any] struct {
	at  []uint32
	all []T
}

func (l byDoc[T]) of(doc int) []T { return l.all[l.at[doc]:l.at[doc+1]] }

// postingsByDoc inverts the terms' posting lists.
func (s *segment) postingsByDoc() byDoc[posting] {
	l := byDoc[posting]{at: make([]uint32, s.docs+1)}
	for term := range uint32(s.terms.len()) {
		s.termPostings(term, FieldAny).each(func(doc int) { l.at[doc+1]++ })
	}
	for i := range s.docs {
		l.at[i+1] += l.at[i]
	}
	l.all = make([]posting, l.at[s.docs])
	next := slices.Clone(l.at[:s.docs])
	for term := range uint32(s.terms.len()) {
		s.termPostings(term, FieldAny).each(func(doc int) {
			l.all[next[doc]] = posting{term, 1 << FieldAny}
			next[doc]++
		})
		for f := range FieldAny {
			s.termPostings(term, f).each(func(doc int) { l.all[next[doc]-1].fields |= 1 << f })
		}
	}
	return l
}

// valuesByDoc inverts the filter values' posting lists.
func (s *segment) valuesByDoc() byDoc[uint32] {
	l := byDoc[uint32]{at: make([]uint32, s.docs+1)}
	for v := range uint32(s.values.len()) {
		s.postings(s.valueFirst + v).each(func(doc int) { l.at[doc+1]++ })
	}
	for i := range s.docs {
		l.at[i+1] += l.at[i]
	}
	l.all = make([]uint32, l.at[s.docs])
	next := slices.Clone(l.at[:s.docs])
	for v := range uint32(s.values.len()) {
		s.postings(s.valueFirst + v).each(func(doc int) {
			l.all[next[doc]] = v
			next[doc]++
		})
	}
	return l
}
