package engine

import "time"

// Query is one search. Its zero value finds every document in Scope, newest first.
type Query struct {
	Words   Words
	Scope   Scope
	Filters []Filter
	Ranges  []Range
	Near    *Near
	IDs     map[string]bool // nil: any; else only documents with these ids, as a filter of another system found them

	Sort     Sort
	Currency string // for SortPay; "": the one that most matches have
	Offset   int
	Limit    int
	After    *Cursor // start behind this hit, instead of Offset

	Facets     []string  // filter fields whose values are counted
	FacetSize  int       // at most so many values a field; 0: 100
	Now        time.Time // what freshness is counted to; zero: now
	NoSpelling bool      // do not look for a correction
}

// Scope is what the caller may see at all: a document is in it when one of the rules holds. Nothing outside it is
// found, counted, suggested, or has any part in a score. The zero value holds nothing.
type Scope struct {
	All   bool
	Rules []ScopeRule
}

// ScopeRule holds for documents that have one of the values in every field, and, when IDs is set, one of the ids.
type ScopeRule struct {
	Values map[string][]string
	IDs    []string
}

// Everything is the scope of somebody who may see all.
func Everything() Scope { return Scope{All: true} }

// Filter holds for documents that have one of the values. Facet names the facet that leaves this filter out of its
// counts, so that the other choices can be shown; "" for none.
type Filter struct {
	Facet string
	Any   []Value
}

// Value is one value of a filter field.
type Value struct{ Field, Value string }

// Range holds for documents whose number lies between two others, both included. Documents without the number
// are out.
type Range struct {
	Column   Column
	Min, Max float64 // math.Inf for no bound
	// Only, unless nil, names values of which a document must have one for the range to bind it; the number of one
	// without them means something else, such as pay in another currency, and only has to be there.
	Only []Value
}

// Near holds for documents with a place within a radius.
type Near struct {
	Point
	RadiusKm float64
}

// Sort is an order of results. Equal documents come newest first, and at the same time by id.
type Sort string

// The orders. SortRelevance without words is SortNewest. A document without the number comes last.
const (
	SortRelevance Sort = "relevance"
	SortNewest    Sort = "newest"
	SortSalary    Sort = "salary"   // the most first
	SortDeadline  Sort = "deadline" // the soonest first
	SortDistance  Sort = "distance" // the nearest first; needs Near
)

// Result is what a search found.
type Result struct {
	Total      int  // exact, unless Estimated
	Estimated  bool // a phrase had too many candidates to look at all, or the index is being built
	Hits       []Hit
	Facets     map[string][]FacetCount // by count, then by value
	Next       *Cursor                 // where the next page starts; nil on the last
	DidYouMean string                  // a better spelling, when little was found
	Corrected  bool                    // nothing was found, so the hits are those of DidYouMean
	Words      Words                   // as they were searched for: corrected, and the last one perhaps as a prefix
	Took       time.Duration
}

// Hit is one found document.
type Hit struct {
	ID         string
	Score      float64 // only by relevance
	DistanceKm float64 // to the nearest of its places; only with Near
}

// FacetCount is a filter value and how many documents have it.
type FacetCount struct {
	Value string
	Count int
}
