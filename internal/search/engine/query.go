package engine

import "time"

// Query is one search. The zero value with a Scope finds every document in it, newest first.
type Query struct {
	Words   Words
	Read    func(string) Words // how a text with corrected spelling is parsed; nil: by Parse
	Scope   Scope
	Filters []Filter
	Ranges  []Range
	Near    *Near
	IDs     map[string]bool // nil: any; otherwise only documents with these ids, which another system has filtered

	Sort     Sort
	Currency string // for the orders by salary; "": the most frequent one among the matches
	Offset   int
	Limit    int
	After    *Cursor // start after this hit; Offset is then ignored

	Facets     []string  // filter fields whose values are counted
	FacetSize  int       // maximum number of values for each field; 0: 100
	Now        time.Time // for freshness; zero: the current time
	NoSpelling bool      // do not look for a spelling correction
	Partial    bool      // if few documents hold all words, those that hold most of them follow; only with SortRelevance
}

// Scope is what the caller may see: a document is in it when one of the rules holds. Documents outside it are not found,
// counted or suggested, and do not influence scores. The zero value holds no documents.
type Scope struct {
	All   bool
	Rules []ScopeRule
}

// ScopeRule holds for documents that have one of the values in every field and, when IDs is not nil, one of the ids.
type ScopeRule struct {
	Values map[string][]string
	IDs    []string
}

// Everything returns the scope of a caller who may see all documents.
func Everything() Scope { return Scope{All: true} }

// Filter holds for documents that have one of the values. Facet is the facet whose counts ignore this filter, so that the
// other choices can be shown; "": none.
type Filter struct {
	Facet string
	Any   []Value
}

// Value is one value of a filter field.
type Value struct{ Field, Value string }

// Range holds for documents whose number is between Min and Max, both included. It does not hold for documents without the
// number.
type Range struct {
	Column   Column
	Min, Max float64 // ±Inf: no bound
	// Only, unless nil, restricts the range to documents that have one of these values. The number of the others has another
	// meaning, such as a salary in another currency: they need only have one.
	Only []Value
}

// Near holds for documents with a place within a radius.
type Near struct {
	Point
	RadiusKm float64
}

// Sort is an order of results. Equal documents are ordered newest first, then by id.
type Sort string

// The orders. SortRelevance without words is SortNewest. Documents without the number come last.
const (
	SortRelevance Sort = "relevance"
	SortNewest    Sort = "newest"
	SortSalary    Sort = "salary"   // highest first
	SortLowPay    Sort = "lowPay"   // lowest salary first
	SortDeadline  Sort = "deadline" // earliest first
	SortDistance  Sort = "distance" // nearest first; requires Near
)

// Result is the result of a search.
type Result struct {
	Total int // exact, unless Estimated
	// MatchedAllWords is how many of them hold all words. The others, which come after them, are there because they are few.
	MatchedAllWords int
	Missing         [][]string // the words that those hits need not hold, as typed, in the order of the hits
	Estimated       bool       // a phrase had too many candidates to verify, or the index is being rebuilt
	Hits            []Hit
	Facets          map[string][]FacetCount // by count, then by value
	Next            *Cursor                 // start of the next page; nil on the last
	DidYouMean      string                  // a corrected spelling, when few documents were found
	Corrected       bool                    // nothing was found, so the hits are those of DidYouMean
	Words           Words                   // as searched for: corrected, and perhaps with a prefix at the end
	Took            time.Duration
}

// Hit is a document found.
type Hit struct {
	ID         string
	Score      float64 // only with SortRelevance and MoreLikeThis
	DistanceKm float64 // to the nearest of its places; only with Near
	Relaxed    int     // 0: it holds all words; n: all but those of Result.Missing[n-1]
}

// FacetCount is a filter value and the number of documents that have it.
type FacetCount struct {
	Value string
	Count int
}
