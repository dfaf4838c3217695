package engine

import (
	"math"
)

// The score of a document is
//
//	freshness × title factor × Σ over the clauses ( rarity of the clause × weight of its best field )
//
// Rarity is counted among the documents that the caller may see, so hidden ones leave no trace in it.

// fieldWeights says what a word is worth by the best field that holds it.
var fieldWeights = [fieldCount]float64{FieldTitle: 10, FieldSkills: 5, FieldCompany: 3, FieldOften: 2, FieldAny: 1}

// rarity is the inverse document frequency of BM25: many for few.
func rarity(total, with int) float64 {
	return math.Log(1 + (float64(total-with)+0.5)/(float64(with)+0.5))
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
	return freshness{math.Floor(nowMillis / hourMillis), freshnessByHour}
}

func (f freshness) of(publishedMillis float64) float64 {
	hours := f.nowHour - math.Floor(publishedMillis/hourMillis)
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
	coverFactor = 0.25
	// exactFactor lifts the title that is the query over the fresher ones that only hold it: more than
	// (1 + coverFactor) / freshnessFloor.
	exactFactor = 2.5
)

// titleFactor is 1 without a word in the title. words is what the query asks for, found how many of its clauses
// the title holds, all whether those are all.
func titleFactor(found, words int, all bool, titleWords uint8) float64 {
	if found == 0 {
		return 1
	}
	if all && int(titleWords) <= words {
		return exactFactor
	}
	return 1 + coverFactor*min(1, float64(found)/float64(max(1, titleWords)))
}
