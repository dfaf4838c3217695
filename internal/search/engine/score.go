package engine

import (
	"math"
	"strings"
)

// The score of a document is
//
//	freshness × title factor × Σ over the clauses ( IDF of the clause × weight of its tier )
//
// IDF is computed among the documents that the caller may see, so hidden ones do not influence it.

// tier is how well a document holds a clause, the best first: by field, and within a field by whether it is the word as
// typed or another term of the same stem. Whoever types "engineer" wants it more than "engineering".
type tier uint8

const (
	tierCount  = tier(2 * fieldCount)
	titleTiers = tier(2 * FieldSkills) // the tiers before it are those of the title
	lastTier   = tierCount - 1         // in any field, in any form
)

func tierFor(f Field, asTyped bool) tier {
	if asTyped {
		return tier(2 * f)
	}
	return tier(2*f + 1)
}

// conditionTier is the tier of documents for which the condition of a clause holds, whatever words they have.
const conditionTier = tier(2 * FieldKeywords)

func (t tier) field() Field { return Field(t / 2) }

// sameTerm reports whether a term is the word as typed, or its regular plural or singular.
func sameTerm(term, typed string) bool {
	return term == typed || strings.TrimSuffix(term, "s") == strings.TrimSuffix(typed, "s")
}

// fieldWeights is the weight of a word by the best field that holds it.
var fieldWeights = [fieldCount]float64{FieldTitle: 10, FieldSkills: 5, FieldCompany: 3, FieldKeywords: 3, FieldFrequent: 2, FieldAny: 1}

// otherTermShare is the fraction of the weight for another term of the same stem.
const otherTermShare = 0.7

// tierWeights decreases from tier to tier, which the ranking relies on.
var tierWeights = func() (w [tierCount]float64) {
	least := math.Inf(1)
	for f, weight := range fieldWeights {
		w[tierFor(Field(f), true)] = min(least, weight)
		least = min(least, weight) * otherTermShare
		w[tierFor(Field(f), false)] = least
	}
	return w
}()

// idf is the inverse document frequency of BM25.
func idf(docs, docFreq int) float64 {
	return math.Log(1 + (float64(docs-docFreq)+0.5)/(float64(docFreq)+0.5))
}

const (
	freshnessFloor    = 0.6
	freshnessHalfLife = 14 * 24 // hours
	hourMillis        = 3600 * 1000
)

// freshness decreases from 1 for new documents to freshnessFloor for old ones. Ages are in whole hours, so that the order is
// stable while somebody turns pages.
type freshness struct {
	nowHour float64
	byHour  []float64
	factor  float64 // of all scores
}

// freshnessByHour has the ages at which freshness is still above its floor.
var freshnessByHour = func() []float64 {
	t := make([]float64, 20*freshnessHalfLife)
	for h := range t {
		t[h] = freshnessFloor + (1-freshnessFloor)*math.Exp2(-float64(h)/freshnessHalfLife)
	}
	return t
}()

func newFreshness(nowMillis float64) freshness {
	return freshness{hourOf(nowMillis), freshnessByHour, 1}
}

func hourOf(millis float64) float64 { return math.Floor(millis / hourMillis) }

func (f freshness) of(publishedMillis float64) float64 { return f.ofHour(hourOf(publishedMillis)) }

func (f freshness) ofHour(published float64) float64 {
	hours := f.nowHour - published
	switch {
	case !(hours > 0): // in the future, or unknown
		return f.factor
	case hours >= float64(len(f.byHour)):
		return f.factor * freshnessFloor
	default:
		return f.factor * f.byHour[int(hours)]
	}
}

const (
	// coverageFactor is the bonus of a title that holds little else than the query.
	coverageFactor = 0.25
	// phraseFactor is the bonus of a title that holds the query as a phrase.
	phraseFactor = 0.25
	// exactTitleFactor ranks a title that has the words as typed and no others above fresher ones that merely contain them. It
	// must exceed (1 + coverageFactor + phraseFactor) / freshnessFloor.
	exactTitleFactor = 2.6
)

// titleFactor returns the factor of a title of titleWords words that holds found clauses of a query, 1 for none, unless it
// equals the query. phrase says whether it holds all of them as a phrase.
func titleFactor(found int, phrase bool, titleWords int) float64 {
	if found == 0 {
		return 1
	}
	factor := 1 + coverageFactor*min(1, float64(found)/float64(max(1, titleWords)))
	if phrase {
		factor += phraseFactor
	}
	return factor
}
