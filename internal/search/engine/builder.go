package engine

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"jobboard/internal/search/text"
)

// builder gathers documents and lays them out as a segment. It takes new documents (add), and documents out of
// segments that are being merged (addFrom, in merge.go); both become rows of numbers.
type builder struct {
	analyzer *text.Analyzer

	terms    dictionary
	termStem []uint32
	stems    dictionary
	values   dictionary

	rows      []row
	postings  []posting // the rows' forms and the fields they stand in
	rowValues []uint32  // the rows' filter values
	positions []uint32  // the rows' words in order: a stem, or one of the stream codes
	points    []Point

	tokens    []text.Token // room for those of one text
	postingOf []uint32     // by form: place among the hits of the row being added, from 1; 0: not there
	bodyFreq  []uint16     // by form: count in the body of the row being added
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
	fields uint8 // bit f: stands in field f
}

// streamWord is added to stems in the builder's stream, so that the codes stay apart.
const codeFirstStem = codeFirstRank

// dictionary numbers strings in the order of their coming.
type dictionary struct {
	number map[string]uint32
	list   []string
}

// add takes a string of a text, which it does not keep.
func (d *dictionary) add(s string) (n uint32, isNew bool) {
	if n, ok := d.number[s]; ok {
		return n, false
	}
	return d.addShared(strings.Clone(s))
}

// addLasting is add for a string that outlives the dictionary.
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

// clear forgets all documents and keeps the room that they had, for who builds one segment after the other.
func (b *builder) clear() {
	b.terms.clear()
	b.stems.clear()
	b.values.clear()
	clear(b.rows)
	b.rows, b.termStem, b.postingOf, b.bodyFreq = b.rows[:0], b.termStem[:0], b.postingOf[:0], b.bodyFreq[:0]
	b.postings, b.rowValues, b.positions, b.points = b.postings[:0], b.rowValues[:0], b.positions[:0], b.points[:0]
}

func (b *builder) term(form string) uint32 {
	n, isNew := b.terms.add(form)
	if isNew {
		stem, _ := b.stems.add(b.analyzer.Stem(form))
		b.addTerm(stem)
	}
	return n
}

// noteForm makes room for the form just added, which has a stem.
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
		f := b.term(t.Term)
		b.addWord(r.postings, f, FieldTitle)
		if !b.analyzer.IsStopword(t.Term) {
			titleStems[b.termStem[f]] = true
		}
	}
	r.titleWords = uint8(min(len(titleStems), math.MaxUint8))
	b.positions = append(b.positions, codeFieldEnd)
	b.addTexts(r.postings, d.Skills, FieldSkills)
	for _, t := range b.tokenize(d.Company) {
		b.addWord(r.postings, b.term(t.Term), FieldCompany)
	}
	b.positions = append(b.positions, codeFieldEnd)
	b.addTexts(r.postings, d.Keywords, FieldKeywords)
	for _, t := range b.tokenize(text.FromHTML(d.Body)) {
		b.addWord(r.postings, b.term(t.Term), FieldAny)
	}
	for i := r.postings; i < len(b.postings); i++ {
		h := &b.postings[i]
		if b.bodyFreq[h.term] >= frequentCount {
			h.fields |= 1 << FieldFrequent
		}
		b.postingOf[h.term], b.bodyFreq[h.term] = 0, 0
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

// list notes the words of a field of several texts.
func (b *builder) addTexts(first int, texts []string, f Field) {
	for _, one := range texts {
		for _, t := range b.tokenize(one) {
			b.addWord(first, b.term(t.Term), f)
		}
		b.positions = append(b.positions, codeGap)
	}
	b.positions = append(b.positions, codeFieldEnd)
}

// value notes one filter value of the row whose values start at first.
func (b *builder) addValue(first int, field, value string) {
	n, _ := b.values.add(valueKey(field, value))
	if !slices.Contains(b.rowValues[first:], n) {
		b.rowValues = append(b.rowValues, n)
	}
}

// word notes one word of the row whose hits start at first.
func (b *builder) addWord(first int, form uint32, f Field) {
	b.positions = append(b.positions, b.termStem[form]+codeFirstStem)
	if b.postingOf[form] == 0 {
		b.postings = append(b.postings, posting{term: form, fields: 1 << FieldAny})
		b.postingOf[form] = uint32(len(b.postings) - first)
	}
	h := &b.postings[first+int(b.postingOf[form])-1]
	h.fields |= 1 << f
	if f == FieldAny && b.bodyFreq[form] < frequentCount {
		b.bodyFreq[form]++
	}
}

// end gives where the parts of row i stop.
func (b *builder) rowEnd(i int) row {
	if i+1 < len(b.rows) {
		return b.rows[i+1]
	}
	return row{postings: len(b.postings), values: len(b.rowValues), positions: len(b.positions), points: len(b.points)}
}

// build lays the rows out. Documents are ordered by publishing time, and at the same time by id from the last to
// the first, so that walking down gives the order of results: newest first, then by id.
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
	sortedForms, formPlace := sortTerms(b.terms.list)
	sortedStems, stemPlace := sortTerms(b.stems.list)
	sortedValues, valuePlace := sortTerms(b.values.list)
	out[secTerms], out[secTermsAt] = tableOf(sortedForms)
	out[secStems], out[secStemsAt] = tableOf(sortedStems)
	out[secValues], out[secValuesAt] = tableOf(sortedValues)
	letters := make([]uint32, len(sortedForms))
	for i, form := range sortedForms {
		letters[i] = letterSignature(form)
	}
	out[secTermLetters] = bytesOf(letters)
	b.writeStems(&out, formPlace, stemPlace)
	b.writePostings(&out, order, formPlace, valuePlace)
	b.writeDocuments(&out, order)
	b.writePositions(&out, order, stemPlace)
	return openSegment(encode(len(b.rows), &out), false)
}

// sortWords sorts a list and tells each old number its new place.
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

// layStems writes which forms a stem has, and which stem a form.
func (b *builder) writeStems(out *[sectionCount][]byte, formPlace, stemPlace []uint32) {
	formStem := make([]uint32, len(b.termStem))
	at := make([]uint32, len(b.stems.list)+1)
	for form, stem := range b.termStem {
		formStem[formPlace[form]] = stemPlace[stem]
		at[stemPlace[stem]+1]++
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	next := slices.Clone(at)
	forms := make([]uint32, len(formStem))
	for form, stem := range formStem {
		forms[next[stem]] = uint32(form)
		next[stem]++
	}
	out[secTermStem] = bytesOf(formStem)
	out[secStemTermsAt] = bytesOf(at)
	out[secStemTerms] = bytesOf(forms)
}

// layLists writes the postings: first it counts them, then it fills one array with all, then it moves the long
// ones to bitmaps. A form has a list for each field that it stands in anywhere, a value has one.
func (b *builder) writePostings(out *[sectionCount][]byte, order []int, formPlace, valuePlace []uint32) {
	forms, values := len(b.terms.list), len(b.values.list)
	mask := make([]uint8, forms)
	for _, h := range b.postings {
		mask[formPlace[h.term]] |= h.fields
	}
	first := make([]uint32, forms+1)
	for i, m := range mask {
		first[i+1] = first[i] + uint32(bits.OnesCount8(m))
	}
	valueFirst := first[forms]
	lists := int(valueFirst) + values

	listOf := func(form uint32, f Field) uint32 {
		return first[form] + uint32(bits.OnesCount8(mask[form]&(1<<f-1)))
	}
	// start[i] is where list i begins in all
	start := make([]uint32, lists+1)
	for _, h := range b.postings {
		form := formPlace[h.term]
		for f := range fieldCount {
			if h.fields&(1<<f) != 0 {
				start[listOf(form, f)+1]++
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
		for _, h := range b.postings[r.postings:end.postings] {
			form := formPlace[h.term]
			for f := range fieldCount {
				if h.fields&(1<<f) != 0 {
					l := listOf(form, f)
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

	count, ref := make([]uint32, lists), make([]uint32, lists)
	var arrays []uint16
	var bitmaps []uint64
	words := wordsFor(len(order))
	for l := range lists {
		docs := all[start[l]:start[l+1]]
		count[l] = uint32(len(docs))
		switch {
		case len(docs) == 1:
			ref[l] = uint32(docs[0])
		case len(docs) >= denseThreshold(len(order)):
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
	out[secTermMask] = mask
	out[secTermFirst] = bytesOf(first[:forms])
	out[secValueFirst] = bytesOf([]uint32{valueFirst})
	out[secListCount], out[secListRef] = bytesOf(count), bytesOf(ref)
	out[secArrays], out[secBitmaps] = bytesOf(arrays), bytesOf(bitmaps)
}

// layRows writes what a document has besides words: numbers, places, and the strings shown while typing.
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

// layStream writes the documents' words in their order; the commonest stems get the shortest codes.
func (b *builder) writePositions(out *[sectionCount][]byte, order []int, stemPlace []uint32) {
	stems := len(b.stems.list)
	uses := make([]uint32, stems) // by sorted place
	for _, w := range b.positions {
		if w >= codeFirstStem {
			uses[stemPlace[w-codeFirstStem]]++
		}
	}
	byUse := make([]uint64, stems) // the most used first, then by place
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
	pairs := newBigramWriter(len(order))
	for _, i := range order {
		at = append(at, uint32(len(stream)))
		for _, w := range b.positions[b.rows[i].positions:b.rowEnd(i).positions] {
			if w >= codeFirstStem {
				w = stemRank[stemPlace[w-codeFirstStem]] + codeFirstRank
			}
			stream = appendVarint(stream, w)
			pairs.add(w)
		}
		pairs.endDocument()
	}
	out[secBigrams] = pairs.end()
	out[secStemRank], out[secRankStem] = bytesOf(stemRank), bytesOf(rankStem)
	out[secPositions], out[secPositionsAt] = stream, bytesOf(append(at, uint32(len(stream))))
}
