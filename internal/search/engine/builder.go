package engine

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"jobboard/internal/search/text"
)

// builder collects documents and writes them as a segment. It takes new documents (addDocument) and the documents of
// segments being merged (addSegment, in builder_merge.go); both become rows of numbers.
type builder struct {
	analyzer *text.Analyzer

	terms    dictionary
	termStem []uint32
	stems    dictionary
	values   dictionary

	rows      []row
	postings  []posting // the rows' terms, with the fields that hold them
	rowValues []uint32  // the rows' filter values
	positions []uint32  // the rows' words in order: codeFirstStem plus a stem, or one of the other codes
	points    []Point

	tokens    []text.Token // reused for each text
	postingOf []uint32     // by term: 1 + its place among the postings of the row being added; 0: none yet
	bodyFreq  []uint16     // by term: its frequency in the body of the row being added, up to frequentCount
}

// row is one document; its lists end where the next row's begin.
type row struct {
	id, title, company string
	columns            [columnCount]float64
	titleWords         uint8
	postings, values   int
	positions, points  int
}

type posting struct {
	term   uint32
	fields uint8 // bit f is set when field f holds the term
}

// codeFirstStem is added to stems in the builder's positions to keep them apart from the other codes.
const codeFirstStem = codeFirstRank

// dictionary numbers strings in the order in which they are added.
type dictionary struct {
	number map[string]uint32
	list   []string
}

// add adds a copy of s if it is new.
func (d *dictionary) add(s string) (n uint32, isNew bool) {
	if n, ok := d.number[s]; ok {
		return n, false
	}
	return d.addShared(strings.Clone(s))
}

// addShared is add without the copy, for a string that outlives the dictionary.
func (d *dictionary) addShared(s string) (n uint32, isNew bool) {
	if n, ok := d.number[s]; ok {
		return n, false
	}
	if d.number == nil {
		d.number = map[string]uint32{}
	}
	n = uint32(len(d.list))
	d.number[s] = n
	d.list = append(d.list, s)
	return n, true
}

func (d *dictionary) clear() {
	clear(d.number)
	clear(d.list)
	d.list = d.list[:0]
}

func newBuilder(a *text.Analyzer) *builder { return &builder{analyzer: a} }

// clear removes all documents but keeps the allocated memory, for building one segment after another.
func (b *builder) clear() {
	b.terms.clear()
	b.stems.clear()
	b.values.clear()
	clear(b.rows)
	b.rows, b.termStem, b.postingOf, b.bodyFreq = b.rows[:0], b.termStem[:0], b.postingOf[:0], b.bodyFreq[:0]
	b.postings, b.rowValues, b.positions, b.points = b.postings[:0], b.rowValues[:0], b.positions[:0], b.points[:0]
}

func (b *builder) termNumber(term string) uint32 {
	n, isNew := b.terms.add(term)
	if isNew {
		stem, _ := b.stems.add(b.analyzer.Stem(term))
		b.addTerm(stem)
	}
	return n
}

// addTerm registers the stem of the term just added to the dictionary.
func (b *builder) addTerm(stem uint32) {
	b.termStem = append(b.termStem, stem)
	b.postingOf = append(b.postingOf, 0)
	b.bodyFreq = append(b.bodyFreq, 0)
}

func (b *builder) addDocument(d *Document) {
	r := row{id: strings.Clone(d.ID), title: strings.Clone(d.Title), company: strings.Clone(d.Company),
		columns: d.columns(), postings: len(b.postings), values: len(b.rowValues), positions: len(b.positions), points: len(b.points)}

	titleStems := map[uint32]bool{}
	for _, t := range b.tokenize(d.Title) {
		f := b.termNumber(t.Term)
		b.addWord(r.postings, f, FieldTitle)
		if !b.analyzer.IsStopword(t.Term) {
			titleStems[b.termStem[f]] = true
		}
	}
	r.titleWords = uint8(min(len(titleStems), math.MaxUint8))
	b.positions = append(b.positions, codeFieldEnd)
	b.addTexts(r.postings, d.Skills, FieldSkills)
	for _, t := range b.tokenize(d.Company) {
		b.addWord(r.postings, b.termNumber(t.Term), FieldCompany)
	}
	b.positions = append(b.positions, codeFieldEnd)
	b.addTexts(r.postings, d.Keywords, FieldKeywords)
	for _, t := range b.tokenize(text.FromHTML(d.Body)) {
		b.addWord(r.postings, b.termNumber(t.Term), FieldAny)
	}
	for i := r.postings; i < len(b.postings); i++ {
		p := &b.postings[i]
		if b.bodyFreq[p.term] >= frequentCount {
			p.fields |= 1 << FieldFrequent
		}
		b.postingOf[p.term], b.bodyFreq[p.term] = 0, 0
	}

	for field, values := range d.Values {
		for _, v := range values {
			b.addValue(r.values, field, v)
		}
	}
	for _, p := range d.Points {
		at := cellOf(p)
		b.addValue(r.values, cellField, at.name())
		b.addValue(r.values, cellField, at.groupOf().name())
		b.addValue(r.values, placeField, placeValue(p))
	}
	b.points = append(b.points, d.Points...)
	b.rows = append(b.rows, r)
}

func (b *builder) tokenize(s string) []text.Token {
	b.tokens = text.AppendTokens(b.tokens[:0], s)
	return b.tokens
}

// addTexts adds the words of a field that has several texts.
func (b *builder) addTexts(first int, texts []string, f Field) {
	for _, one := range texts {
		for _, t := range b.tokenize(one) {
			b.addWord(first, b.termNumber(t.Term), f)
		}
		b.positions = append(b.positions, codeGap)
	}
	b.positions = append(b.positions, codeFieldEnd)
}

// addValue adds a filter value to the row whose values start at first.
func (b *builder) addValue(first int, field, value string) {
	n, _ := b.values.add(valueKey(field, value))
	if !slices.Contains(b.rowValues[first:], n) {
		b.rowValues = append(b.rowValues, n)
	}
}

// addWord adds a word to the row whose postings start at first.
func (b *builder) addWord(first int, term uint32, f Field) {
	b.positions = append(b.positions, b.termStem[term]+codeFirstStem)
	if b.postingOf[term] == 0 {
		b.postings = append(b.postings, posting{term: term, fields: 1 << FieldAny})
		b.postingOf[term] = uint32(len(b.postings) - first)
	}
	p := &b.postings[first+int(b.postingOf[term])-1]
	p.fields |= 1 << f
	if f == FieldAny && b.bodyFreq[term] < frequentCount {
		b.bodyFreq[term]++
	}
}

// rowEnd returns where the lists of row i end.
func (b *builder) rowEnd(i int) row {
	if i+1 < len(b.rows) {
		return b.rows[i+1]
	}
	return row{postings: len(b.postings), values: len(b.rowValues), positions: len(b.positions), points: len(b.points)}
}

// build writes the segment. Documents are sorted by publication time and then by descending id, so that walking backwards
// yields the order of results: newest first, then by id.
func (b *builder) build() (*segment, error) {
	order := make([]int, len(b.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := &b.rows[i], &b.rows[j]
		if c := cmp.Compare(x.columns[ColumnPublished], y.columns[ColumnPublished]); c != 0 {
			return c
		}
		return strings.Compare(y.id, x.id)
	})

	var out [sectionCount][]byte
	sortedTerms, termPlace := sortTerms(b.terms.list)
	sortedStems, stemPlace := sortTerms(b.stems.list)
	sortedValues, valuePlace := sortTerms(b.values.list)
	out[secTerms], out[secTermsAt] = tableOf(sortedTerms)
	out[secStems], out[secStemsAt] = tableOf(sortedStems)
	out[secValues], out[secValuesAt] = tableOf(sortedValues)
	letters := make([]uint32, len(sortedTerms))
	for i, term := range sortedTerms {
		letters[i] = letterSignature(term)
	}
	out[secTermLetters] = bytesOf(letters)
	b.writeStems(&out, termPlace, stemPlace)
	b.writePostings(&out, order, termPlace, valuePlace)
	b.writeDocuments(&out, order)
	b.writePositions(&out, order, stemPlace)
	return openSegment(encode(len(b.rows), &out), false)
}

// sortTerms sorts a list and returns the new place of each old number.
func sortTerms(list []string) (sorted []string, place []uint32) {
	byWord := make([]uint32, len(list))
	for i := range byWord {
		byWord[i] = uint32(i)
	}
	slices.SortFunc(byWord, func(i, j uint32) int { return strings.Compare(list[i], list[j]) })
	sorted, place = make([]string, len(list)), make([]uint32, len(list))
	for to, from := range byWord {
		sorted[to], place[from] = list[from], uint32(to)
	}
	return sorted, place
}

// writeStems writes the terms of each stem and the stem of each term.
func (b *builder) writeStems(out *[sectionCount][]byte, termPlace, stemPlace []uint32) {
	termStem := make([]uint32, len(b.termStem))
	at := make([]uint32, len(b.stems.list)+1)
	for term, stem := range b.termStem {
		termStem[termPlace[term]] = stemPlace[stem]
		at[stemPlace[stem]+1]++
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	next := slices.Clone(at)
	terms := make([]uint32, len(termStem))
	for term, stem := range termStem {
		terms[next[stem]] = uint32(term)
		next[stem]++
	}
	out[secTermStem] = bytesOf(termStem)
	out[secStemTermsAt] = bytesOf(at)
	out[secStemTerms] = bytesOf(terms)
}

// writePostings counts the posting lists, fills one array with all of them, and has them encoded.
// A term has one list for each field that holds it in any document; a filter value has one.
func (b *builder) writePostings(out *[sectionCount][]byte, order []int, termPlace, valuePlace []uint32) {
	terms, values := len(b.terms.list), len(b.values.list)
	mask := make([]uint8, terms)
	for _, p := range b.postings {
		mask[termPlace[p.term]] |= p.fields
	}
	first := make([]uint32, terms+1)
	for i, m := range mask {
		first[i+1] = first[i] + uint32(bits.OnesCount8(m))
	}
	valueFirst := first[terms]
	lists := int(valueFirst) + values

	listOf := func(term uint32, f Field) uint32 {
		return first[term] + uint32(bits.OnesCount8(mask[term]&(1<<f-1)))
	}
	// start[i] is where list i begins in all
	start := make([]uint32, lists+1)
	for _, p := range b.postings {
		term := termPlace[p.term]
		for f := range fieldCount {
			if p.fields&(1<<f) != 0 {
				start[listOf(term, f)+1]++
			}
		}
	}
	for _, v := range b.rowValues {
		start[valueFirst+valuePlace[v]+1]++
	}
	for i := 1; i <= lists; i++ {
		start[i] += start[i-1]
	}
	next := slices.Clone(start[:lists])
	all := make([]uint16, start[lists])
	for doc, i := range order {
		r, end := &b.rows[i], b.rowEnd(i)
		for _, p := range b.postings[r.postings:end.postings] {
			term := termPlace[p.term]
			for f := range fieldCount {
				if p.fields&(1<<f) != 0 {
					l := listOf(term, f)
					all[next[l]] = uint16(doc)
					next[l]++
				}
			}
		}
		for _, v := range b.rowValues[r.values:end.values] {
			l := valueFirst + valuePlace[v]
			all[next[l]] = uint16(doc)
			next[l]++
		}
	}

	out[secTermMask] = mask
	out[secTermFirst] = bytesOf(first[:terms])
	out[secValueFirst] = bytesOf([]uint32{valueFirst})
	writeLists(out, all, start, len(order))
}

// writeLists encodes the posting lists: list i is all[start[i]:start[i+1]].
func writeLists(out *[sectionCount][]byte, all []uint16, start []uint32, segmentDocs int) {
	lists := len(start) - 1
	count, ref := make([]uint32, lists), make([]uint32, lists)
	var arrays []uint16
	var bitmaps []uint64
	words := wordsFor(segmentDocs)
	for l := range lists {
		docs := all[start[l]:start[l+1]]
		count[l] = uint32(len(docs))
		switch {
		case len(docs) == 1:
			ref[l] = uint32(docs[0])
		case len(docs) >= denseThreshold(segmentDocs):
			ref[l] = uint32(len(bitmaps))
			set := make(bitset, words)
			for _, d := range docs {
				set.set(int(d))
			}
			bitmaps = append(bitmaps, set...)
		default:
			ref[l] = uint32(len(arrays))
			arrays = append(arrays, docs...)
		}
	}
	out[secListCount], out[secListRef] = bytesOf(count), bytesOf(ref)
	out[secArrays], out[secBitmaps] = bytesOf(arrays), bytesOf(bitmaps)
}

// writeDocuments writes what a document has besides words: columns, points and the strings shown as suggestions.
func (b *builder) writeDocuments(out *[sectionCount][]byte, order []int) {
	n := len(order)
	columns := make([]float64, n*int(columnCount))
	titleWords := make([]uint8, n)
	pointsAt := make([]uint32, 0, n+1)
	var points []float64
	ids, titles, companies := make([]string, n), make([]string, n), make([]string, n)
	for doc, i := range order {
		r, end := &b.rows[i], b.rowEnd(i)
		for c, v := range r.columns {
			columns[c*n+doc] = v
		}
		titleWords[doc] = r.titleWords
		pointsAt = append(pointsAt, uint32(len(points)/2))
		for _, p := range b.points[r.points:end.points] {
			points = append(points, p.Lat, p.Lon)
		}
		ids[doc], titles[doc], companies[doc] = r.id, r.title, r.company
	}
	pointsAt = append(pointsAt, uint32(len(points)/2))
	byID := make([]uint16, n)
	for doc := range byID {
		byID[doc] = uint16(doc)
	}
	slices.SortFunc(byID, func(x, y uint16) int { return strings.Compare(ids[x], ids[y]) })

	out[secColumns] = bytesOf(columns)
	out[secTitleWords] = titleWords
	out[secPointsAt], out[secPoints] = bytesOf(pointsAt), bytesOf(points)
	out[secIDs], out[secIDsAt] = tableOf(ids)
	out[secIDOrder] = bytesOf(byID)
	out[secTitles], out[secTitlesAt] = tableOf(titles)
	out[secCompanies], out[secCompaniesAt] = tableOf(companies)
}

// writePositions writes the documents' words in order; the most frequent stems get the shortest codes.
func (b *builder) writePositions(out *[sectionCount][]byte, order []int, stemPlace []uint32) {
	stems := len(b.stems.list)
	uses := make([]uint32, stems) // by sorted stem
	for _, w := range b.positions {
		if w >= codeFirstStem {
			uses[stemPlace[w-codeFirstStem]]++
		}
	}
	byUse := make([]uint64, stems) // the most used first, then by sorted stem
	for stem, n := range uses {
		byUse[stem] = uint64(^n)<<32 | uint64(stem)
	}
	slices.Sort(byUse)
	rankStem, stemRank := make([]uint32, stems), make([]uint32, stems)
	for rank, key := range byUse {
		rankStem[rank] = uint32(key)
		stemRank[uint32(key)] = uint32(rank)
	}
	stream := make([]byte, 0, len(b.positions)*3/2)
	at := make([]uint32, 0, len(order)+1)
	bigrams := newBigramWriter(len(order))
	for _, i := range order {
		at = append(at, uint32(len(stream)))
		for _, w := range b.positions[b.rows[i].positions:b.rowEnd(i).positions] {
			if w >= codeFirstStem {
				w = stemRank[stemPlace[w-codeFirstStem]] + codeFirstRank
			}
			stream = appendVarint(stream, w)
			bigrams.add(w)
		}
		bigrams.endDocument()
	}
	out[secBigrams] = bigrams.end()
	out[secStemRank], out[secRankStem] = bytesOf(stemRank), bytesOf(rankStem)
	out[secPositions], out[secPositionsAt] = stream, bytesOf(append(at, uint32(len(stream))))
}
