package engine

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"jobboard/internal/search/text"
)

// WeightedTerm is something that a document may have, a word in a field or a filter value, with its weight in MoreLikeThis.
type WeightedTerm struct {
	Stem      string // of the word; "" for Value
	Field     Field  // that holds the word
	Value     Value
	Weight    float64 // of a document that has it
	IgnoreIDF bool    // the weight counts as it is; otherwise it is multiplied by the IDF among the documents in scope
}

// MoreLikeThis returns the documents that match a query and at least one of the terms: the first q.Limit by the sum of the
// weights of their terms, multiplied by freshness. Of the query only words, scope, filters, ranges and radius are used.
func (ix *Index) MoreLikeThis(q Query, terms []WeightedTerm) ([]Hit, error) {
	if q.Limit < 0 || q.Limit > MaxLimit {
		return nil, errors.Join(ErrInvalidQuery, errors.New("limit out of range"))
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	var hits []Hit
	ix.read(func(snap *snapshot) {
		query := q
		w := ix.workersFor(snap)
		defer w.pool.release()
		hits = evaluate(snap, &query, w).moreLikeThis(terms)
	})
	return hits, nil
}

// freeSums has zeros for the documents of a segment.
var freeSums = sync.Pool{New: func() any { return new([maxSegmentDocs]float64) }}

func (e *evaluation) moreLikeThis(terms []WeightedTerm) []Hit {
	docs := e.weightedTermDocs(terms)
	weights := make([]float64, len(terms))
	for t, term := range terms {
		weights[t] = term.Weight
		if !term.IgnoreIDF {
			docFreq := 0
			for i := range e.segments {
				docFreq += docs[i][t].count()
			}
			weights[t] *= idf(e.scopeDocs, docFreq)
		}
	}
	top := newTopK(e.q.Limit, nil)
	fresh := newFreshness(millis(e.q.Now))
	e.collect(top, func(top *topK, i int) {
		sums := freeSums.Get().(*[maxSegmentDocs]float64)
		p := e.segments[i]
		found := p.pool.cleared(p.docs)
		for t, holding := range docs[i] {
			holding.and(p.matches)
			found.or(holding)
			holding.each(func(doc int) { sums[doc] += weights[t] })
		}
		published := p.columns[ColumnPublished]
		found.each(func(doc int) {
			if key := sums[doc] * fresh.of(published[doc]); key >= top.threshold() {
				top.offer(match{key, published[doc], p, doc})
			}
			sums[doc] = 0
		})
		freeSums.Put(sums)
	})
	return toHits(top.sorted())
}

func toHits(found []match) []Hit {
	hits := make([]Hit, len(found))
	for i, c := range found {
		hits[i] = Hit{ID: strings.Clone(c.id()), Score: c.key}
	}
	return hits
}

// weightedTermDocs returns, for each segment and term, the documents in scope that have the term.
func (e *evaluation) weightedTermDocs(terms []WeightedTerm) [][]bitset {
	docs := make([][]bitset, len(e.segments))
	e.workers.each(e.sizes, func(_, i int) {
		p := e.segments[i]
		docs[i] = make([]bitset, len(terms))
		for t, term := range terms {
			found := p.pool.cleared(p.docs)
			if term.Stem != "" {
				p.orWord(Word{Stem: term.Stem}, term.Field, found)
			} else {
				p.valuePostings(term.Value.Field, term.Value.Value).orInto(found)
			}
			found.and(p.scope)
			docs[i][t] = found
		}
	})
	return docs
}

// WeightedTerms returns the terms to find texts like the given one: the words of its title, in titles, and the n rarest
// words of its body, in any field.
func (ix *Index) WeightedTerms(title, body string, n int) []WeightedTerm {
	var terms []WeightedTerm
	inTitle := map[string]bool{}
	for _, stem := range ix.significantStems(title) {
		inTitle[stem] = true
		terms = append(terms, WeightedTerm{Stem: stem, Field: FieldTitle, Weight: fieldWeights[FieldTitle]})
	}
	type word struct {
		stem    string
		docFreq int
	}
	var rarest []word
	ix.read(func(snap *snapshot) {
		rarest = nil
		for _, stem := range ix.significantStems(text.FromHTML(body)) {
			if docFreq := snap.docFreq(stem); docFreq > 1 && !inTitle[stem] { // a word of this document alone finds no others
				rarest = append(rarest, word{stem, docFreq})
			}
		}
	})
	slices.SortStableFunc(rarest, func(x, y word) int { return cmp.Compare(x.docFreq, y.docFreq) })
	for _, w := range rarest[:min(n, len(rarest))] {
		terms = append(terms, WeightedTerm{Stem: w.stem, Field: FieldAny, Weight: fieldWeights[FieldAny]})
	}
	return terms
}

// significantStems returns the distinct stems of a text, without its stopwords.
func (ix *Index) significantStems(s string) []string {
	var stems []string
	seen := map[string]bool{}
	for _, t := range text.Tokens(s) {
		if stem := ix.analyzer.Stem(t.Term); !seen[stem] && !ix.analyzer.IsStopword(t.Term) {
			seen[stem] = true
			stems = append(stems, stem)
		}
	}
	return stems
}

// docFreq returns approximately how many documents hold a stem: it includes deleted ones.
func (s *snapshot) docFreq(stem string) int {
	n := 0
	for _, v := range s.segments {
		for _, term := range v.termsOfStem(stem) {
			n += v.termPostings(term, FieldAny).count
		}
	}
	return n
}
