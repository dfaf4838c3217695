package engine

import (
	"math"
	"strings"
)

// The score of a document is
//
//	freshness × title factor × Σ over the clauses ( rarity of the clause × weight of its level )
//
// Rarity is counted among the documents that the caller may see, so hidden ones leave no trace in it.

// level is how well a document holds a clause, the best first: by the field, and within a field by whether it is the
// word as it was typed, or another of its stem. "Engineer" is more to who typed it than "engineering" is.
type tier uint8

const (
	tierCount  = tier(2 * fieldCount)
	titleTiers = tier(2 * FieldSkills) // the levels before it are those of the title
	lastTier   = tierCount - 1         // wherever it stands, in whatever form
)

func tierFor(f Field, asTyped bool) tier {
	if asTyped {
		return tier(2 * f)
	}
	return tier(2*f + 1)
}

func (l tier) field() Field { return Field(l / 2) }

// sameForm tells whether a word of a document is the typed one. A plural s makes no difference.
func sameTerm(term, typed string) bool {
	return term == typed || strings.TrimSuffix(term, "s") == strings.TrimSuffix(typed, "s")
}

// fieldWeights says what a word is worth by the best field that holds it.
var fieldWeights = [fieldCount]float64{FieldTitle: 10, FieldSkills: 5, FieldCompany: 3, FieldKeywords: 3, FieldFrequent: 2, FieldAny: 1}

// stemShare is the part of the weight that another word of the stem gets.
const otherTermShare = 0.7

// levelWeights falls from level to level, which the ranking relies on.
var tierWeights = func() (w [tierCount]float64) {
	least := math.Inf(1)
	for f, weight := range fieldWeights {
		w[tierFor(Field(f), true)] = min(least, weight)
		least = min(least, weight) * otherTermShare
		w[tierFor(Field(f), false)] = least
	}
	return w
}()

// rarity is the inverse document frequency of BM25: many for few.
func idf(docs, docFreq int) float64 {
	return math.Log(1 + (float64(docs-docFreq)+0.5)/(float64(docFreq)+0.5))
}

const (
	freshnessFloor    = 0.6
	freshnessHalfLife = 14 * 24 // hours
	hourMillis        = 3600 * 1000
)

// freshness falls from 1 for what is new to 0.6 for what is old. Ages count in whole hours, so that the order
// stays while somebody turns pages.
type freshness struct {
	nowHour float64
	byHour  []float64
}

// freshnessByHour holds the hours in which the fall can still be seen.
var freshnessByHour = func() []float64 {
	t := make([]float64, 20*freshnessHalfLife)
	for h := range t {
		t[h] = freshnessFloor + (1-freshnessFloor)*math.Exp2(-float64(h)/freshnessHalfLife)
	}
	return t
}()

func newFreshness(nowMillis float64) freshness {
	return freshness{hourOf(nowMillis), freshnessByHour}
}

func hourOf(millis float64) float64 { return math.Floor(millis / hourMillis) }

func (f freshness) of(publishedMillis float64) float64 { return f.ofHour(hourOf(publishedMillis)) }

func (f freshness) ofHour(published float64) float64 {
	hours := f.nowHour - published
	switch {
	case !(hours > 0): // of the future, or unknown
		return 1
	case hours >= float64(len(f.byHour)):
		return freshnessFloor
	default:
		return f.byHour[int(hours)]
	}
}

const (
	// coverFactor is what a title gains that has little besides the words searched for.
	coverageFactor = 0.25
	// runFactor is what a title gains in which the words stand next to each other as they were typed.
	phraseFactor = 0.25
	// exactFactor lifts the title that is the query over the fresher ones that only hold it: more than
	// (1 + coverFactor + runFactor) / freshnessFloor.
	exactTitleFactor = 2.6
)

// titleFactor is 1 without a word in the title. words is what the query asks for, found how many of its clauses
// the title holds, all whether those are all, run whether they stand next to each other.
func titleFactor(found, words int, all, phrase bool, titleWords int) float64 {
	if found == 0 {
		return 1
	}
	if all && titleWords <= words {
		return exactTitleFactor
	}
	factor := 1 + coverageFactor*min(1, float64(found)/float64(max(1, titleWords)))
	if phrase {
		factor += phraseFactor
	}
	return factor
}
