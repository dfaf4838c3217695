package engine

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"jobboard/internal/search/text"
)

// Trait is something that a document may have: a word in a field, or a filter value.
type WeightedTerm struct {
	Stem      string // the word; "" for Value
	Field     Field  // of the word
	Value     Value
	Weight    float64 // what it is worth
	IgnoreIDF bool    // as much wherever it is; else the rarer it is in scope, the more
}

// Alike gives the documents that match a query and have the most of some traits, of which no single one must be there:
// the first Limit by the sum of what their traits are worth, times their freshness. Of the query, words, scope, filters,
// ranges and radius count.
func (ix *Index) MoreLikeThis(q Query, terms []WeightedTerm) ([]Hit, error) {
	if q.Limit < 0 || q.Limit > MaxLimit {
		return nil, errors.Join(ErrInvalidQuery, errors.New("limit out of range"))
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	var hits []Hit
	ix.read(func(snap *snapshot) {
		attempt := q
		mem := &bitsetPool{}
		defer mem.release()
		hits = evaluate(snap, &attempt, mem).moreLikeThis(terms)
	})
	return hits, nil
}

func (e *evaluation) moreLikeThis(terms []WeightedTerm) []Hit {
	docs := e.weightedTermDocs(terms)
	weights := make([]float64, len(terms))
	for t, term := range terms {
		weights[t] = term.Weight
		if !term.IgnoreIDF {
			with := 0
			for i := range e.segments {
				with += docs[i][t].count()
			}
			weights[t] *= idf(e.scopeDocs, with)
		}
	}
	top := &topK{k: e.q.Limit}
	fresh := newFreshness(millis(e.q.Now))
	sums := make([]float64, maxSegmentDocs)
	for i, p := range e.segments {
		any := e.pool.cleared(p.docs)
		for t, found := range docs[i] {
			found.and(p.matches)
			any.or(found)
			found.each(func(doc int) { sums[doc] += weights[t] })
		}
		published := p.columns[ColumnPublished]
		any.each(func(doc int) {
			if key := sums[doc] * fresh.of(published[doc]); key >= top.threshold() {
				top.offer(match{key, published[doc], p, doc})
			}
			sums[doc] = 0
		})
	}
	return toHits(top.sorted())
}

func toHits(found []match) []Hit {
	hits := make([]Hit, len(found))
	for i, c := range found {
		hits[i] = Hit{ID: strings.Clone(c.id()), Score: c.key}
	}
	return hits
}

// traitDocs gives, for each part and trait, the documents in scope that have the trait.
func (e *evaluation) weightedTermDocs(terms []WeightedTerm) [][]bitset {
	docs := make([][]bitset, len(e.segments))
	for i, p := range e.segments {
		docs[i] = make([]bitset, len(terms))
		for t, term := range terms {
			found := e.pool.cleared(p.docs)
			if term.Stem != "" {
				p.orWord(Word{Stem: term.Stem}, term.Field, found)
			} else {
				p.valuePostings(term.Value.Field, term.Value.Value).orInto(found)
			}
			found.and(p.scope)
			docs[i][t] = found
		}
	}
	return docs
}

// WordTraits gives what the words of a text are worth when something like it is looked for: those of its title in other
// titles, and the n rarest of its body anywhere.
func (ix *Index) WeightedTerms(title, body string, n int) []WeightedTerm {
	var terms []WeightedTerm
	inTitle := map[string]bool{}
	for _, stem := range ix.significantStems(title) {
		inTitle[stem] = true
		terms = append(terms, WeightedTerm{Stem: stem, Field: FieldTitle, Weight: fieldWeights[FieldTitle]})
	}
	type word struct {
		stem string
		with int
	}
	var rarest []word
	ix.read(func(snap *snapshot) {
		rarest = nil
		for _, stem := range ix.significantStems(text.FromHTML(body)) {
			if with := snap.docFreq(stem); with > 1 && !inTitle[stem] { // a word that it alone has leads nowhere
				rarest = append(rarest, word{stem, with})
			}
		}
	})
	slices.SortStableFunc(rarest, func(x, y word) int { return cmp.Compare(x.with, y.with) })
	for _, w := range rarest[:min(n, len(rarest))] {
		terms = append(terms, WeightedTerm{Stem: w.stem, Field: FieldAny, Weight: fieldWeights[FieldAny]})
	}
	return terms
}

// tellingStems gives the stems of a text without its stopwords, each once.
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

// countStem tells about how many documents hold a stem: the dead are counted too.
func (s *snapshot) docFreq(stem string) int {
	n := 0
	for _, v := range s.segments {
		for _, form := range v.termsOfStem(stem) {
			n += v.termPostings(form, FieldAny).count
		}
	}
	return n
}
