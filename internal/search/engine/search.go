package engine

import (
	"errors"
	"math"
	"strings"
	"time"
)

// MaxLimit and MaxOffset bound a page of results.
const (
	MaxLimit  = 1000
	MaxOffset = 1_000_000
)

// ErrInvalidQuery is wrapped by the errors of Search and MoreLikeThis for an invalid query.
var ErrInvalidQuery = errors.New("invalid search query")

// Search runs a query on one snapshot of the index and does not wait for writers.
func (ix *Index) Search(q Query) (Result, error) {
	began := time.Now()
	if q.Limit < 0 || q.Limit > MaxLimit || q.Offset < 0 || q.Offset > MaxOffset {
		return Result{}, errors.Join(ErrInvalidQuery, errors.New("limit or offset out of range"))
	}
	if q.Now.IsZero() {
		q.Now = began
	}
	var r Result
	ix.read(func(snap *snapshot) {
		query := q // every attempt starts from the original query
		var docFreq []int
		r, docFreq = ix.answer(snap, &query)
		if !query.NoSpelling && r.MatchedAllWords < correctBelow && query.After == nil {
			ix.correct(snap, &query, &r, docFreq)
		}
	})
	r.Estimated = r.Estimated || ix.RebuildReason() != nil // documents may be missing
	r.Took = time.Since(began)
	return r, nil
}

// answer also returns how many documents hold each clause.
func (ix *Index) answer(snap *snapshot, q *Query) (Result, []int) {
	w := ix.workersFor(snap)
	defer w.pool.release()
	e := evaluate(snap, q, w)
	r := Result{Words: e.words}
	r.MatchedAllWords, r.Estimated = e.total()
	r.Total = r.MatchedAllWords
	relaxed, more := e.relax(r.MatchedAllWords)
	r.Estimated = r.Estimated || more
	for _, fewer := range relaxed {
		more, _ := fewer.total()
		r.Total += more
		r.Missing = append(r.Missing, fewer.missing)
	}
	e.hits(&r, relaxed)
	e.include(relaxed)
	r.Facets = e.facets()
	return r, e.docFreq
}

// order returns the order and the time for freshness, with the query's defaults applied.
func (e *evaluation) order() (Sort, time.Time) {
	sort := e.q.Sort
	if sort == "" {
		sort = SortRelevance
	}
	if sort == SortRelevance && len(e.words.Must) == 0 || sort == SortDistance && e.q.Near == nil {
		sort = SortNewest
	}
	now := e.q.Now
	if e.q.After != nil && e.q.After.Now != 0 {
		now = time.UnixMilli(e.q.After.Now)
	}
	return sort, now
}

// hits sorts the matches, and those of fewer words after them, and keeps one page of them.
func (e *evaluation) hits(r *Result, relaxed []*evaluation) {
	sort, now := e.order()
	q := e.q
	if (sort == SortSalary || sort == SortLowPay) && q.Currency == "" {
		if q.After != nil {
			q.Currency = q.After.Currency
		} else {
			q.Currency = e.mostFrequentValue("currency")
		}
	}
	offset := q.Offset
	if q.After != nil {
		offset = 0
	}
	// one more than the page shows whether there is a next one
	top := newTopK(min(offset+q.Limit+1, r.Total+1), q.After)
	switch sort {
	case SortNewest:
		e.byNewest(top)
	case SortSalary:
		e.bySalary(top, 1)
	case SortLowPay:
		e.bySalary(top, -1)
	case SortDeadline:
		e.byColumn(top, ColumnDeadline, -1, nil)
	case SortDistance:
		e.byDistance(top, q.Near.Point)
	default:
		e.byRelevance(top, newFreshness(millis(now)))
		for _, fewer := range relaxed {
			fewer.byRelevance(top, newFreshness(millis(now)))
		}
	}
	sorted := top.sorted()
	page := sorted[min(offset, len(sorted)):min(offset+q.Limit, len(sorted))]
	for _, c := range page {
		hit := Hit{ID: strings.Clone(c.id()), Relaxed: c.segment.owner.relaxed}
		if sort == SortRelevance {
			hit.Score = c.key
		}
		if q.Near != nil {
			hit.DistanceKm = c.segment.distance(c.doc, q.Near.Point)
		}
		r.Hits = append(r.Hits, hit)
	}
	if len(sorted) > offset+q.Limit && len(page) > 0 {
		last := page[len(page)-1]
		r.Next = &Cursor{Sort: sort, Currency: q.Currency, Published: last.published, ID: strings.Clone(last.id()),
			Now: now.UnixMilli()}
		if r.Next.Missing = isMissing(last.key); !r.Next.Missing {
			r.Next.Key = last.key
		}
	}
}

func isMissing(key float64) bool { return math.IsInf(key, -1) }
