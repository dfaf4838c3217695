package engine

import (
	"errors"
	"math"
	"strings"
	"time"
)

// MaxLimit and MaxOffset bound one page of results.
const (
	MaxLimit  = 1000
	MaxOffset = 1_000_000
)

// ErrQuery is wrapped by what Search says to a query that makes no sense.
var ErrInvalidQuery = errors.New("search query")

// Search answers a query. It reads one state of the index and waits for no writer.
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
		asked := q // each try begins with what was asked
		var with []int
		r, with = ix.answer(snap, &asked)
		if !asked.NoSpelling && r.Total < fewHits && asked.After == nil {
			ix.correct(snap, &asked, &r, with)
		}
	})
	r.Estimated = r.Estimated || ix.RebuildReason() != nil // part of the documents may be missing
	r.Took = time.Since(began)
	return r, nil
}

// answer also tells how many documents hold each clause.
func (ix *Index) answer(snap *snapshot, q *Query) (Result, []int) {
	mem := &bitsetPool{}
	defer mem.release()
	e := evaluate(snap, q, mem)
	r := Result{Words: e.words}
	r.Total, r.Estimated = e.total()
	r.Facets = e.facets()
	e.hits(&r)
	return r, e.docFreq
}

// order settles what a query leaves open.
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

// hits puts the matches in order and keeps one page of them.
func (e *evaluation) hits(r *Result) {
	sort, now := e.order()
	q := e.q
	if sort == SortSalary && q.Currency == "" {
		if q.After != nil {
			q.Currency = q.After.Currency
		} else {
			q.Currency = e.commonest("currency")
		}
	}
	offset := q.Offset
	if q.After != nil {
		offset = 0
	}
	// one more than the page tells whether there is a next one
	top := &topK{k: min(offset+q.Limit+1, r.Total+1), after: q.After}
	switch sort {
	case SortNewest:
		e.byNewest(top)
	case SortSalary:
		e.bySalary(top)
	case SortDeadline:
		e.byColumn(top, ColumnDeadline, -1, nil)
	case SortDistance:
		e.byDistance(top, q.Near.Point)
	default:
		e.byRelevance(top, newFreshness(millis(now)))
	}
	sorted := top.sorted()
	page := sorted[min(offset, len(sorted)):min(offset+q.Limit, len(sorted))]
	for _, c := range page {
		hit := Hit{ID: strings.Clone(c.id())}
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
