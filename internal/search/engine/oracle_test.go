package engine

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jobboard/internal/search/text"
)

// oracle is a naive search that reads every word of every document for each query. It is simple enough to be right, and the
// engine must agree with it.
type oracle struct {
	analyzer *text.Analyzer
	docs     map[string]*Document
	analysed map[*Document]*analysedDocument // cache of texts
}

// analysedDocument has the words of a document, by field and by text.
type analysedDocument [fieldCount][][]analysedWord

type analysedWord struct{ term, stem string }

func newOracle(a *text.Analyzer) *oracle {
	return &oracle{a, map[string]*Document{}, map[*Document]*analysedDocument{}}
}

func (o *oracle) apply(b Batch) {
	for _, id := range b.Delete {
		delete(o.docs, id)
	}
	for i := range b.Put {
		o.docs[b.Put[i].ID] = &b.Put[i]
	}
}

// texts returns the words of a document. Phrases do not match across two texts of a field.
func (o *oracle) texts(d *Document) *analysedDocument {
	if known := o.analysed[d]; known != nil {
		return known
	}
	var fields analysedDocument
	for f, texts := range map[Field][]string{FieldTitle: {d.Title}, FieldSkills: d.Skills, FieldCompany: {d.Company},
		FieldKeywords: d.Keywords, FieldAny: {text.FromHTML(d.Body)}} {
		for _, one := range texts {
			var words []analysedWord
			for _, t := range text.Tokens(one) {
				words = append(words, analysedWord{t.Term, o.analyzer.Stem(t.Term)})
			}
			fields[f] = append(fields[f], words)
		}
	}
	o.analysed[d] = &fields
	return &fields
}

func (o *oracle) inScope(s Scope, d *Document) bool {
	if s.All {
		return true
	}
	return slices.ContainsFunc(s.Rules, func(r ScopeRule) bool {
		if r.IDs != nil && !slices.Contains(r.IDs, d.ID) {
			return false
		}
		for field, values := range r.Values {
			if !hasAny(d, field, values) {
				return false
			}
		}
		return true
	})
}

func hasAny(d *Document, field string, values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(d.Values[field], v) })
}

// wordTier returns the best tier at which a document holds a word, and false when it does not.
func (o *oracle) wordTier(d *Document, w Word, in Field, synonym bool) (tier, bool) {
	best, found := lastTier, false
	frequency := map[string]int{}
	for i, texts := range o.texts(d) {
		f := Field(i)
		if in != FieldAny && f != in {
			continue
		}
		for _, words := range texts {
			for _, t := range words {
				ofStem := t.stem == w.Stem
				if !ofStem && !(w.Prefix && strings.HasPrefix(t.term, w.Term)) {
					continue
				}
				asTyped := ofStem && sameTerm(t.term, w.Term) && !synonym
				best, found = min(best, tierFor(f, asTyped)), true
				if f == FieldAny {
					if frequency[t.term]++; frequency[t.term] >= frequentCount {
						best = min(best, tierFor(FieldFrequent, asTyped))
					}
				}
				if in == FieldAny && asTyped {
					best = min(best, tierFor(FieldAny, true))
				}
			}
		}
	}
	return best, found
}

// phraseTier is wordTier for a phrase.
func (o *oracle) phraseTier(d *Document, alt Alternative) (tier, bool) {
	best, found := lastTier, false
	for i, texts := range o.texts(d) {
		f := Field(i)
		if alt.Field != FieldAny && f != alt.Field {
			continue
		}
		for _, words := range texts {
			for i := range words {
				same := i+len(alt.Words) <= len(words)
				for j := 0; same && j < len(alt.Words); j++ {
					same = words[i+j].stem == alt.Words[j].Stem
				}
				if same {
					best, found = min(best, tierFor(f, !alt.Synonym)), true
				}
			}
		}
	}
	return best, found
}

func (o *oracle) clauseTier(d *Document, c Clause) (tier, bool) {
	best, found := lastTier, false
	if c.Condition != nil && o.meets(d, c.Condition) {
		best, found = conditionTier, true
	}
	for _, alt := range c.Any {
		if alt.Only != nil {
			only := alt
			only.Only = nil
			if _, ok := o.clauseTier(d, Clause{Any: []Alternative{only}}); ok && hasAny(d, alt.Only.Field, []string{alt.Only.Value}) {
				found = true
			}
			continue
		}
		if alt.Phrase {
			if l, ok := o.phraseTier(d, alt); ok {
				best, found = min(best, l), true
			}
			continue
		}
		worst, all := tier(0), true
		for _, w := range alt.Words {
			l, ok := o.wordTier(d, w, alt.Field, alt.Synonym)
			worst, all = max(worst, l), all && ok
		}
		if all && alt.Mention {
			found = true
		} else if all {
			best, found = min(best, worst), true
		}
	}
	return best, found
}

func (o *oracle) distance(d *Document, p Point) float64 {
	best := math.Inf(1)
	for _, q := range d.Points {
		best = min(best, Distance(p, q))
	}
	return best
}

func (o *oracle) passes(d *Document, q *Query, except string) bool {
	for _, f := range q.Filters {
		if except != "" && f.Facet == except {
			continue
		}
		if !slices.ContainsFunc(f.Any, func(v Value) bool { return hasAny(d, v.Field, []string{v.Value}) }) {
			return false
		}
	}
	for _, r := range q.Ranges {
		x := d.columns()[r.Column]
		if r.Only != nil && !slices.ContainsFunc(r.Only, func(v Value) bool { return hasAny(d, v.Field, []string{v.Value}) }) {
			if x != x {
				return false
			}
			continue
		}
		if !(x >= r.Min && x <= r.Max) {
			return false
		}
	}
	return q.Near == nil || o.distance(d, q.Near.Point) <= q.Near.RadiusKm
}

func (o *oracle) search(q Query) Result {
	var visible []*Document
	for _, d := range o.docs {
		if o.inScope(q.Scope, d) {
			visible = append(visible, d)
		}
	}
	words := q.Words
	if last := len(words.Must) - 1; words.Typing && o.docFreq(visible, words.Must[last]) == 0 {
		words = words.lastAsPrefix()
	}
	base, matches := o.matches(visible, &q, &words)
	r := Result{MatchedAllWords: len(matches), Facets: map[string][]FacetCount{}}
	sort := q.Sort
	if sort == "" || sort == SortRelevance {
		sort = SortRelevance
		if len(words.Must) == 0 {
			sort = SortNewest
		}
	}
	keys := o.sortKeys(&q, sort, 1, &words, visible, matches)
	relaxed := map[*Document]int{}
	if q.Partial && sort == SortRelevance {
		r.Missing = o.relax(visible, &base, &matches, keys, relaxed, &q, &words)
	}
	r.Total = len(matches)
	for _, field := range q.Facets {
		r.Facets[field] = o.facet(base, &q, field)
	}
	slices.SortFunc(matches, func(x, y *Document) int {
		return cmp.Or(cmp.Compare(keys[y], keys[x]), cmp.Compare(millis(y.Published), millis(x.Published)),
			cmp.Compare(x.ID, y.ID))
	})
	for _, d := range matches[min(q.Offset, len(matches)):min(q.Offset+q.Limit, len(matches))] {
		h := Hit{ID: d.ID, Relaxed: relaxed[d]}
		if sort == SortRelevance {
			h.Score = keys[d]
		}
		if q.Near != nil {
			h.DistanceKm = o.distance(d, q.Near.Point)
		}
		r.Hits = append(r.Hits, h)
	}
	return r
}

// matches returns the documents that hold the words, and those of them that also pass the filters.
func (o *oracle) matches(visible []*Document, q *Query, words *Words) (base, matches []*Document) {
	for _, d := range visible {
		if !o.holds(d, words) || q.IDs != nil && !q.IDs[d.ID] {
			continue
		}
		base = append(base, d)
		if o.passes(d, q, "") {
			matches = append(matches, d)
		}
	}
	return base, matches
}

// holds reports whether a document holds all clauses of Must and Where, and none of MustNot.
func (o *oracle) holds(d *Document, words *Words) bool {
	has := func(c Clause) bool { _, ok := o.clauseTier(d, c); return ok }
	for _, c := range slices.Concat(words.Must, words.Where) {
		if !has(c) {
			return false
		}
	}
	return !slices.ContainsFunc(words.MustNot, has)
}

// docFreq returns how many documents hold a clause. The document frequency of a phrase is that of its words.
func (o *oracle) docFreq(docs []*Document, c Clause) int {
	c.Any = slices.Clone(c.Any)
	for i := range c.Any {
		c.Any[i].Phrase = false
	}
	n := 0
	for _, d := range docs {
		if _, ok := o.clauseTier(d, c); ok {
			n++
		}
	}
	return n
}

// facet counts the values of a field among the documents that pass the query's other filters.
func (o *oracle) facet(docs []*Document, q *Query, field string) []FacetCount {
	counts := map[string]int{}
	for _, d := range docs {
		if o.passes(d, q, field) {
			for _, v := range uniq(d.Values[field]) {
				counts[v]++
			}
		}
	}
	list := sortedCounts(counts)
	return list[:min(len(list), defaultFacetSize)]
}

func sortedCounts(counts map[string]int) []FacetCount {
	list := []FacetCount{}
	for v, n := range counts {
		list = append(list, FacetCount{v, n})
	}
	slices.SortFunc(list, func(x, y FacetCount) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Value, y.Value))
	})
	return list
}

// sortKeys returns the sort key of each match, -Inf for those without one.
func (o *oracle) sortKeys(q *Query, sort Sort, factor float64, words *Words, visible, matches []*Document) map[*Document]float64 {
	currency := q.Currency
	if currency == "" {
		counts := map[string]int{}
		for _, d := range matches {
			for _, c := range uniq(d.Values["currency"]) {
				counts[c]++
			}
		}
		if list := sortedCounts(counts); len(list) > 0 {
			currency = list[0].Value
		}
	}
	var idfs []float64
	if sort == SortRelevance {
		for _, c := range words.Must {
			idfs = append(idfs, idf(len(visible), o.docFreq(visible, c)))
		}
	}
	fresh := newFreshness(millis(q.Now))
	fresh.factor = factor
	keys := map[*Document]float64{}
	for _, d := range matches {
		k := math.NaN()
		switch c := d.columns(); sort {
		case SortNewest:
			k = c[ColumnPublished]
		case SortDeadline:
			k = -c[ColumnDeadline]
		case SortDistance:
			k = -o.distance(d, q.Near.Point)
		case SortSalary:
			if slices.Contains(d.Values["currency"], currency) {
				k = c[ColumnSalary]
			}
		case SortLowPay:
			if slices.Contains(d.Values["currency"], currency) {
				k = -c[ColumnSalary]
			}
		default:
			k = fresh.of(c[ColumnPublished]) * o.relevance(d, words, idfs)
		}
		if k != k {
			k = math.Inf(-1)
		}
		keys[d] = k
	}
	return keys
}

// relevance returns the score of a document, freshness aside.
func (o *oracle) relevance(d *Document, words *Words, idfs []float64) float64 {
	sum, inTitle, typed, queryWords := 0.0, 0, 0, 0
	for i, clause := range words.Must {
		l, _ := o.clauseTier(d, clause)
		if l.field() == FieldTitle {
			inTitle++
		}
		if l == tierFor(FieldTitle, true) {
			typed++
		}
		sum += idfs[i] * tierWeights[l]
		queryWords += len(clause.Any[0].Words)
	}
	title := map[string]bool{}
	for _, t := range o.texts(d)[FieldTitle][0] {
		if !o.analyzer.IsStopword(t.term) {
			title[t.stem] = true
		}
	}
	all, asPhrase := inTitle == len(words.Must), false
	if stems := words.stemsInOrder(); all && stems != nil {
		phrase := Alternative{Phrase: true, Field: FieldTitle}
		for _, stem := range stems {
			phrase.Words = append(phrase.Words, Word{Stem: stem})
		}
		_, asPhrase = o.phraseTier(d, phrase)
	}
	if typed == len(words.Must) && len(title) <= queryWords {
		return exactTitleFactor * sum
	}
	return titleFactor(inTitle, asPhrase, len(title)) * sum
}

func uniq(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// world generates random documents and queries from a small vocabulary, so that all combinations occur.
type world struct {
	*rand.Rand
	now time.Time
}

var worldWords = strings.Fields(`nurse nurses nursing manager managers manage managing project senior sr dev developer
	java javascript js c++ c# .net node.js golang go the of and night nacht café cafe sales support data engineer 東京都
	京都 new news newsroom machine learning ml full-stack fullstack R&D company's lead`)

func newWorld(seed uint64) *world {
	return &world{rand.New(rand.NewPCG(seed, 7)), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
}

func (w *world) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w *world) text(most int) string {
	var words []string
	for range w.IntN(most + 1) {
		words = append(words, w.pick(worldWords...))
	}
	return strings.Join(words, " ")
}

func (w *world) doc(ids int) Document {
	d := Document{ID: fmt.Sprintf("doc%04d", w.IntN(ids)), Title: w.text(4), Company: w.text(2), Body: w.text(15),
		// multiples of six hours, so that many are published at the same time
		Published: w.now.Add(-time.Duration(w.IntN(400)) * 6 * time.Hour), Years: -1}
	for range w.IntN(4) {
		d.Skills = append(d.Skills, w.text(2))
	}
	for range w.IntN(3) {
		d.Keywords = append(d.Keywords, w.text(2))
	}
	d.Values = map[string][]string{"status": {w.pick("published", "published", "draft", "closed")},
		"type": {w.pick("full", "part", "contract")}, "employer": {w.pick("acme", "bolt", "cog")}}
	for range w.IntN(3) {
		d.Values["industry"] = append(d.Values["industry"], w.pick("it", "health", "law", "it"))
	}
	if w.IntN(2) == 0 {
		d.Deadline = w.now.Add(time.Duration(w.IntN(9)) * 24 * time.Hour)
	}
	if w.IntN(2) == 0 {
		d.Salary = float64(w.IntN(9)) * 10000
		d.Values["currency"] = []string{w.pick("EUR", "EUR", "USD")}
	}
	if w.IntN(2) == 0 {
		d.Years = float64(w.IntN(9))
	}
	for range w.IntN(3) {
		d.Points = append(d.Points, w.point())
	}
	return d
}

func (w *world) point() Point {
	return Point{45 + w.Float64()*4, w.Float64()*6 + float64(w.IntN(2))*177}
}

func (w *world) queryText() string {
	var pieces []string
	for range w.IntN(4) {
		word := w.pick(worldWords...)
		switch w.IntN(12) {
		case 0:
			word = `"` + w.pick(worldWords...) + " " + word + `"`
		case 1:
			word = "-" + word
		case 2:
			word = w.pick("title:", "company:", "skill:") + word
		case 3:
			word += " OR " + w.pick(worldWords...)
		case 4:
			word = word[:min(3, len(word))] + "*" // "new*" also matches news, which has another stem
		case 5:
			word = w.pick("title:", "skill:") + `"` + w.pick(worldWords...) + " " + word + `"`
		case 6:
			word = "-" + `"` + w.pick(worldWords...) + " " + word + `"`
		case 7:
			word = "project manager" // has a synonym as an expression
		}
		pieces = append(pieces, word)
	}
	s := strings.Join(pieces, " ")
	if w.IntN(3) == 0 && len(s) > 1 {
		s = s[:len(s)-1] // an incomplete word
	}
	return s
}

func (w *world) query(a *text.Analyzer, docs int) Query {
	typed := w.queryText()
	q := Query{Words: ParseUnderstood(a, typed, w.spans(typed)), Now: w.now, Limit: 10, NoSpelling: true, Partial: w.IntN(2) == 0}
	for _, clause := range q.Words.Must {
		if w.IntN(16) == 0 && !clause.Any[0].Phrase {
			clause.Any[0].Mention = true
		}
	}
	switch w.IntN(4) {
	case 0:
		q.Scope = Everything()
	case 1:
		q.Scope.Rules = []ScopeRule{{Values: map[string][]string{"employer": {"acme", "cog"}}}}
	case 2:
		q.Scope.Rules = []ScopeRule{{Values: map[string][]string{"status": {"published"}, "type": {"full", "part"}}},
			{Values: map[string][]string{"status": {"closed"}}, IDs: []string{"doc0001", fmt.Sprintf("doc%04d", w.IntN(docs))}}}
	default:
		q.Scope.Rules = []ScopeRule{{Values: map[string][]string{"status": {"published"}}}}
	}
	if w.IntN(3) == 0 {
		q.Filters = append(q.Filters, Filter{"type", []Value{{"type", w.pick("full", "part", "none")}, {"type", "contract"}}})
	}
	if w.IntN(3) == 0 {
		q.Filters = append(q.Filters, Filter{"industry", []Value{{"industry", w.pick("it", "health")}}})
	}
	if w.IntN(5) == 0 {
		r := Range{Column: ColumnSalary, Min: float64(w.IntN(5)) * 10000, Max: math.Inf(1)}
		if w.IntN(2) == 0 {
			r.Only = []Value{{"currency", w.pick("EUR", "USD", "CHF")}}
		}
		q.Ranges = append(q.Ranges, r)
	}
	if w.IntN(5) == 0 {
		q.Ranges = append(q.Ranges, Range{Column: ColumnPublished,
			Min: millis(w.now.Add(-time.Duration(w.IntN(2000)) * time.Hour)), Max: millis(w.now.Add(-24 * time.Hour))})
	}
	if w.IntN(6) == 0 {
		q.IDs = map[string]bool{}
		for range w.IntN(docs) {
			q.IDs[fmt.Sprintf("doc%04d", w.IntN(docs))] = true
		}
	}
	if w.IntN(4) == 0 {
		q.Near = &Near{w.point(), math.Pow(10, 1+w.Float64()*3)}
	}
	if w.IntN(2) == 0 {
		q.Facets = []string{"type", "industry", "status", "nothing"}
	}
	q.Sort = []Sort{"", SortRelevance, SortNewest, SortSalary, SortLowPay, SortDeadline, SortDistance}[w.IntN(7)]
	if q.Sort == SortDistance && q.Near == nil {
		q.Near = &Near{w.point(), 300}
	}
	if (q.Sort == SortSalary || q.Sort == SortLowPay) && w.IntN(2) == 0 {
		q.Currency = "USD"
	}
	return q
}

func (w *world) batch(docs, most int) Batch {
	var b Batch
	for range w.IntN(most + 1) {
		b.Put = append(b.Put, w.doc(docs))
	}
	for range w.IntN(most/4 + 1) {
		b.Delete = append(b.Delete, fmt.Sprintf("doc%04d", w.IntN(docs)))
	}
	return b
}

// checkAgrees fails unless the engine and the oracle return the same for a query, as a whole and page by page.
func checkAgrees(t *testing.T, ix *Index, o *oracle, q Query) {
	t.Helper()
	whole := q
	whole.Limit = MaxLimit
	want := o.search(whole)
	got := searchBothWays(t, ix, whole)
	describe := fmt.Sprintf("query %q sort %q filters %v ranges %v near %v scope %+v",
		q.Words.Source, q.Sort, q.Filters, q.Ranges, q.Near, q.Scope)
	if got.Total != want.Total || got.MatchedAllWords != want.MatchedAllWords {
		t.Fatalf("%s: total %d and %d with all words, want %d and %d",
			describe, got.Total, got.MatchedAllWords, want.Total, want.MatchedAllWords)
	}
	if !reflect.DeepEqual(got.Missing, want.Missing) {
		t.Fatalf("%s: missing %q, want %q", describe, got.Missing, want.Missing)
	}
	for i := range want.Hits {
		if got.Hits[i] != want.Hits[i] {
			t.Fatalf("%s: hit %d of %d is %+v, want %+v", describe, i, want.Total, got.Hits[i], want.Hits[i])
		}
	}
	if len(got.Hits) != len(want.Hits) {
		t.Fatalf("%s: %d hits, want %d", describe, len(got.Hits), len(want.Hits))
	}
	for _, field := range q.Facets {
		if !slices.Equal(got.Facets[field], want.Facets[field]) {
			t.Fatalf("%s: facet %s is %v, want %v", describe, field, got.Facets[field], want.Facets[field])
		}
	}
	// pages by offset and by cursor
	var after *Cursor
	for offset := 0; ; offset += q.Limit {
		page := q
		page.Offset, page.NoSpelling = offset, true
		byOffset := searchBothWays(t, ix, page)
		page.Offset, page.After = 0, after
		byCursor := searchBothWays(t, ix, page)
		if !slices.Equal(byOffset.Hits, byCursor.Hits) {
			t.Fatalf("%s: page at %d is %v by offset, %v by cursor", describe, offset, byOffset.Hits, byCursor.Hits)
		}
		end := min(offset+q.Limit, len(want.Hits))
		if !slices.Equal(byOffset.Hits, want.Hits[min(offset, end):end]) {
			t.Fatalf("%s: page at %d is %v, want %v", describe, offset, byOffset.Hits, want.Hits[offset:end])
		}
		if (byOffset.Next == nil) != (offset+q.Limit >= want.Total) {
			t.Fatalf("%s: page at %d of %d has next %v", describe, offset, want.Total, byOffset.Next)
		}
		if byCursor.Next == nil {
			return
		}
		var err error
		if after, err = ParseCursor(byCursor.Next.String()); err != nil {
			t.Fatal(err)
		}
	}
}

// searchBothWays searches with one core and with several, which must find the same to the last bit.
func searchBothWays(t *testing.T, ix *Index, q Query) Result {
	t.Helper()
	before := ix.parallel
	defer func() { ix.parallel = before }()
	ix.parallel = parallelNever
	one, err := ix.Search(q)
	must(t, err)
	ix.parallel = parallelAlways
	several, err := ix.Search(q)
	must(t, err)
	one.Took, several.Took = 0, 0
	if !reflect.DeepEqual(one, several) {
		t.Fatalf("%q sorted by %q: one core finds %+v, several %+v", q.Words.Source, q.Sort, one, several)
	}
	return one
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (ix *Index) has(id string) (has bool) {
	ix.read(func(snap *snapshot) { _, _, has = snap.locate(id) })
	return has
}

var analyzer = sync.OnceValues(func() (*text.Analyzer, error) { return text.New("en", "project manager, lead") })

func newAnalyzer(t testing.TB) *text.Analyzer {
	t.Helper()
	a, err := analyzer()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEngineAgreesWithOracle(t *testing.T) {
	a := newAnalyzer(t)
	for seed := range uint64(9) {
		if seed == 3 {
			forcePartitioning(t)
		}
		w := newWorld(seed)
		ids := 20 << (2 * (seed % 3))
		ix, o := NewMemory(a), newOracle(a)
		for round := range 12 {
			b := w.batch(ids, ids/2)
			if err := ix.Apply(b); err != nil {
				t.Fatal(err)
			}
			o.apply(b)
			if round%3 == 2 {
				if err := ix.Maintain(); err != nil {
					t.Fatal(err)
				}
			}
			for range 12 {
				checkAgrees(t, ix, o, w.query(a, ids))
			}
		}
	}
}
