package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// meets reports whether a condition holds for a document.
func (o *oracle) meets(d *Document, c *Condition) bool {
	q := Query{Near: c.Near}
	if c.Any != nil {
		q.Filters = []Filter{{Any: c.Any}}
	}
	if c.Range != nil {
		q.Ranges = []Range{*c.Range}
	}
	return o.passes(d, &q, "")
}

// relax adds the matches of fewer words to base, matches, keys and relaxed, and returns the words that each relaxation leaves out.
func (o *oracle) relax(visible []*Document, base, matches *[]*Document, keys map[*Document]float64, relaxed map[*Document]int,
	q *Query, words *Words) (missing [][]string) {
	if len(*matches) >= fewMatches {
		return nil
	}
	e := &evaluation{scopeDocs: len(visible), words: *words}
	for _, c := range words.Must {
		e.docFreq = append(e.docFreq, o.docFreq(visible, c))
	}
	for _, c := range words.Where {
		e.whereFreq = append(e.whereFreq, o.docFreq(visible, c))
	}
	w := e.clauseWeights()
	withWork, without := map[uint64][]*Document{}, map[uint64][]*Document{}
	for _, d := range visible {
		kept := uint64(0)
		for c, clause := range slices.Concat(words.Must, words.Where) {
			if _, ok := o.clauseTier(d, clause); ok {
				kept |= 1 << c
			}
		}
		excluded := Words{MustNot: words.MustNot}
		switch {
		case kept == w.all || w.must == 0 || w.sum(kept&w.must) < w.least(), q.IDs != nil && !q.IDs[d.ID], !o.holds(d, &excluded):
		case w.work != 0 && kept&w.work == 0:
			without[kept] = append(without[kept], d)
		default:
			withWork[kept] = append(withWork[kept], d)
		}
	}
	for round, groups := range []map[uint64][]*Document{withWork, without} {
		kinds := slices.SortedFunc(maps.Keys(groups), func(x, y uint64) int {
			return cmp.Or(cmp.Compare(w.sum(y), w.sum(x)), cmp.Compare(y, x))
		})
		if round > 0 && len(*matches) > 0 {
			break
		}
		need, last := enoughMatches-len(*matches), 0
		for _, kept := range kinds {
			if need <= 0 && w.sum(kept) < last || len(*matches) >= enoughMatches && last == 0 {
				break
			}
			last = w.sum(kept)
			more := slices.DeleteFunc(slices.Clone(groups[kept]), func(d *Document) bool { return !o.passes(d, q, "") })
			if len(more) == 0 {
				continue
			}
			need -= len(more)
			fewer, leftOut := words.only(kept)
			missing = append(missing, leftOut)
			factor := relaxedFactor * float64(w.sum(kept)) / float64(w.sum(w.known))
			for d, key := range o.sortKeys(q, SortRelevance, factor, &fewer, visible, more) {
				keys[d], relaxed[d] = key, len(missing)
			}
			*base, *matches = append(*base, groups[kept]...), append(*matches, more...)
		}
	}
	return missing
}

// spans understands some words of a text that is nothing but words, at random.
func (w *world) spans(typed string) (spans []Span) {
	if !IsPlain(typed) || w.IntN(2) == 0 {
		return nil
	}
	for at := 0; at < len(typed); {
		end := at + len(strings.SplitN(typed[at:], " ", 2)[0])
		if next := end + 1; next < len(typed) && w.IntN(4) == 0 {
			end = next + len(strings.SplitN(typed[next:], " ", 2)[0])
		}
		if end > at && w.IntN(2) == 0 {
			span := Span{Start: at, End: end, Field: []Field{FieldTitle, FieldAny}[w.IntN(2)], Ranked: w.IntN(2) == 0}
			switch w.IntN(8) {
			case 0: // filler
			case 1:
				span.Condition = &Condition{Near: &Near{w.point(), 300}}
			case 2:
				span.Condition = &Condition{Range: &Range{Column: ColumnSalary, Min: float64(w.IntN(5)) * 10000, Max: math.Inf(1)}}
			default:
				span.Condition = &Condition{Any: []Value{{"industry", w.pick("it", "health", "none")},
					{"employer", w.pick("acme", "none")}}}
			}
			if w.IntN(2) == 0 {
				span.Texts, span.Only = []string{typed[at:end], w.queryText()}, Value{"industry", w.pick("it", "health", "none")}
			}
			if w.IntN(4) == 0 {
				span.Titles = [][]string{{"nurse", "java"}}
			}
			spans = append(spans, span)
		}
		at = end + 1
	}
	return spans
}

func TestFewMatchesAreFollowedByThoseOfMostWords(t *testing.T) {
	a := newAnalyzer(t)
	ix := NewMemory(a)
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	put := func(id, title, place string) Document {
		return Document{ID: id, Title: title, Published: now, Values: map[string][]string{"place": {place}}}
	}
	must(t, ix.Apply(Batch{Put: []Document{
		put("both", "Night nurse", "lyon"), put("nurse", "Nurse", "lyon"), put("away", "Night nurse", "paris"),
		put("guard", "Night guard", "paris"), put("cook", "Night cook", "lyon"),
	}}))
	at := func(q string, partial bool) Result {
		t.Helper()
		start := strings.Index(q, "lyon")
		spans := []Span{{Start: start, End: start + len("lyon"), Field: FieldTitle,
			Condition: &Condition{Any: []Value{{"place", "lyon"}}}}}
		r, err := ix.Search(Query{Words: ParseUnderstood(a, q, spans), Scope: Everything(), Limit: 10, Now: now, Partial: partial})
		must(t, err)
		return r
	}
	if r := at("night nurse lyon", false); r.Total != 1 || r.MatchedAllWords != 1 || r.Hits[0].ID != "both" {
		t.Errorf("without partial matches: %+v", r)
	}
	r := at("night nurse lyon", true)
	var got []string
	for _, hit := range r.Hits {
		line := hit.ID
		if hit.Relaxed > 0 {
			line += " without " + strings.Join(r.Missing[hit.Relaxed-1], ", ")
		}
		got = append(got, line)
	}
	want := "both; away without lyon; nurse without night; cook without nurse; guard without nurse, lyon"
	if strings.Join(got, "; ") != want || r.Total != 5 || r.MatchedAllWords != 1 {
		t.Errorf("%d of %d with all words: %s, want %s", r.MatchedAllWords, r.Total, strings.Join(got, "; "), want)
	}
	if r := at("qwertz lyon", true); r.Total != 0 {
		t.Errorf("a place alone is no answer to a word that no document holds: %+v", r)
	}
}

func TestPartialMatchesKeepTheWordForTheWork(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	docs := []Document{{ID: "content", Title: "Senior content writer", Values: map[string][]string{"place": {"berlin"}}}}
	for _, id := range []string{"a", "b", "c"} {
		docs = append(docs, Document{ID: id, Title: "Developer of payments in " + id})
	}
	for n := range 20 {
		docs = append(docs, Document{ID: fmt.Sprint("cook", n), Title: "Cook"})
	}
	for i := range docs {
		docs[i].Published = now
	}
	must(t, ix.Apply(Batch{Put: docs}))
	level := Span{End: len("senior"), Field: FieldTitle, Ranked: true, Condition: &Condition{Any: []Value{{"level", "senior"}}}}
	place := Span{Start: len("senior developer "), End: len("senior developer berlin"), Field: FieldTitle,
		Condition: &Condition{Any: []Value{{"place", "berlin"}}}}
	words := ParseUnderstood(ix.analyzer, "senior developer berlin", []Span{level, place})
	r, err := ix.Search(Query{Words: words, Scope: Everything(), Limit: 4, Now: now, Partial: true})
	must(t, err)
	var got []string
	for _, hit := range r.Hits {
		got = append(got, hit.ID+" without "+strings.Join(r.Missing[hit.Relaxed-1], ", "))
	}
	want := "a without senior, berlin; b without senior, berlin; c without senior, berlin"
	if strings.Join(got, "; ") != want {
		t.Errorf("%s, want %s", strings.Join(got, "; "), want)
	}
	must(t, ix.Apply(Batch{Delete: []string{"a", "b", "c"}}))
	must(t, ix.Apply(Batch{Put: []Document{{ID: "mention", Title: "Cook", Body: "No developer", Published: now}}}))
	words.MustNot = Parse(ix.analyzer, "x -no").MustNot
	r, err = ix.Search(Query{Words: words, Scope: Everything(), Limit: 4, Now: now, Partial: true})
	must(t, err)
	if len(r.Hits) != 1 || r.Hits[0].ID != "content" {
		t.Errorf("%+v, want the senior in Berlin, since there is nothing else", r.Hits)
	}
}

func TestManyWordsFindWhatHoldsMostOfThem(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	must(t, ix.Apply(Batch{Put: []Document{
		{ID: "associate", Title: "Warehouse associate", Body: "Forklift, nights", Published: now},
		{ID: "nurse", Title: "Nurse", Body: "Night shift", Published: now},
		{ID: "cook", Title: "Cook", Body: "Dinner for the shift", Published: now},
	}}))
	q := "warehouse forklift night shift benefits insurance uniform canteen parking houston texas downtown overtime"
	r, err := ix.Search(Query{Words: Parse(ix.analyzer, q), Scope: Everything(), Limit: 10, Now: now, Partial: true, NoSpelling: true})
	must(t, err)
	if len(r.Hits) != 2 || r.Hits[0].ID != "associate" || r.Hits[1].ID != "nurse" {
		t.Errorf("%+v, want the associate and the nurse", r.Hits)
	}
}

func TestIsPlain(t *testing.T) {
	for q, want := range map[string]bool{
		"": true, "night nurse": true, "c++ developer": true, "part-time": true, "$20/hr": true, "Either OR": false, "a | b": false,
		`"night nurse"`: false, `night"`: false, "-intern": false, "title:nurse": false, "manag*": false, "(nurse)": false,
	} {
		if got := IsPlain(q); got != want {
			t.Errorf("IsPlain(%q) = %v, want %v", q, got, want)
		}
	}
}

func TestWeightsFitTheirBits(t *testing.T) {
	e := &evaluation{scopeDocs: 1_000_000, words: Words{Must: make([]Clause, maxQueryClauses)}}
	for range maxQueryClauses - 1 {
		e.docFreq = append(e.docFreq, 1_000_000)
	}
	e.docFreq = append(e.docFreq, 1)
	w := e.clauseWeights()
	if sum := w.sum(w.known); sum >= 1<<weightBits || sum < 100 {
		t.Errorf("the weights sum up to %d", sum)
	}
	if most, least := w.weights[maxQueryClauses-1], w.weights[0]; most < 100*least || least == 0 {
		t.Errorf("a rare word weighs %d, a common one %d", most, least)
	}
}
