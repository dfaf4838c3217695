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
type Trait struct {
	Stem   string // the word; "" for Value
	Field  Field  // of the word
	Value  Value
	Weight float64 // what it is worth
	Flat   bool    // as much wherever it is; else the rarer it is in scope, the more
}

// Alike gives the documents that match a query and have the most of some traits, of which no single one must be there:
// the first Limit by the sum of what their traits are worth, times their freshness. Of the query, words, scope, filters,
// ranges and radius count.
func (ix *Index) Alike(q Query, traits []Trait) ([]Hit, error) {
	if q.Limit < 0 || q.Limit > MaxLimit {
		return nil, errors.Join(ErrQuery, errors.New("limit out of range"))
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	var hits []Hit
	ix.read(func(snap *snapshot) {
		asked := q
		mem := &scratch{}
		defer mem.release()
		hits = evaluate(snap, &asked, mem).alike(traits)
	})
	return hits, nil
}

func (e *evaluation) alike(traits []Trait) []Hit {
	docs := e.traitDocs(traits)
	worth := make([]float64, len(traits))
	for t, trait := range traits {
		worth[t] = trait.Weight
		if !trait.Flat {
			with := 0
			for i := range e.parts {
				with += docs[i][t].count()
			}
			worth[t] *= rarity(e.visible, with)
		}
	}
	top := &best{k: e.q.Limit}
	fresh := newFreshness(millis(e.q.Now))
	sums := make([]float64, maxSegmentDocs)
	for i, p := range e.parts {
		any := e.mem.bits(p.docs)
		for t, found := range docs[i] {
			found.and(p.match)
			any.or(found)
			found.each(func(doc int) { sums[doc] += worth[t] })
		}
		published := p.columns[ColumnPublished]
		any.each(func(doc int) {
			if key := sums[doc] * fresh.of(published[doc]); key >= top.bar() {
				top.offer(candidate{key, published[doc], p, doc})
			}
			sums[doc] = 0
		})
	}
	return hitsOf(top.sorted())
}

func hitsOf(found []candidate) []Hit {
	hits := make([]Hit, len(found))
	for i, c := range found {
		hits[i] = Hit{ID: strings.Clone(c.id()), Score: c.key}
	}
	return hits
}

// traitDocs gives, for each part and trait, the documents in scope that have the trait.
func (e *evaluation) traitDocs(traits []Trait) [][]bitset {
	docs := make([][]bitset, len(e.parts))
	for i, p := range e.parts {
		docs[i] = make([]bitset, len(traits))
		for t, trait := range traits {
			found := e.mem.bits(p.docs)
			if trait.Stem != "" {
				p.wordIn(Word{Stem: trait.Stem}, trait.Field, found)
			} else {
				p.value(trait.Value.Field, trait.Value.Value).orInto(found)
			}
			found.and(p.scope)
			docs[i][t] = found
		}
	}
	return docs
}

// WordTraits gives what the words of a text are worth when something like it is looked for: those of its title in other
// titles, and the n rarest of its body anywhere.
func (ix *Index) WordTraits(title, body string, n int) []Trait {
	var traits []Trait
	inTitle := map[string]bool{}
	for _, stem := range ix.tellingStems(title) {
		inTitle[stem] = true
		traits = append(traits, Trait{Stem: stem, Field: FieldTitle, Weight: fieldWeights[FieldTitle]})
	}
	type word struct {
		stem string
		with int
	}
	var rare []word
	ix.read(func(snap *snapshot) {
		rare = nil
		for _, stem := range ix.tellingStems(text.FromHTML(body)) {
			if with := snap.countStem(stem); with > 1 && !inTitle[stem] { // a word that it alone has leads nowhere
				rare = append(rare, word{stem, with})
			}
		}
	})
	slices.SortStableFunc(rare, func(x, y word) int { return cmp.Compare(x.with, y.with) })
	for _, w := range rare[:min(n, len(rare))] {
		traits = append(traits, Trait{Stem: w.stem, Field: FieldAny, Weight: fieldWeights[FieldAny]})
	}
	return traits
}

// tellingStems gives the stems of a text without its stopwords, each once.
func (ix *Index) tellingStems(s string) []string {
	var stems []string
	seen := map[string]bool{}
	for _, t := range text.Tokens(s) {
		if stem := ix.analyzer.Stem(t.Form); !seen[stem] && !ix.analyzer.IsStopword(t.Form) {
			seen[stem] = true
			stems = append(stems, stem)
		}
	}
	return stems
}

// countStem tells about how many documents hold a stem: the dead are counted too.
func (s *snapshot) countStem(stem string) int {
	n := 0
	for _, v := range s.segments {
		for _, form := range v.formsOf(stem) {
			n += v.formIn(form, FieldAny).count
		}
	}
	return n
}
