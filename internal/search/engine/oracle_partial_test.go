package engine

import (
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

// relax adds the matches of the relaxed query to base, matches, keys and relaxed, and returns the words that each relaxation leaves
// out.
func (o *oracle) relax(visible []*Document, base, matches *[]*Document, keys map[*Document]float64, relaxed map[*Document]int,
	q *Query, words *Words) (missing [][]string) {
	if len(*matches) >= fewMatches {
		return nil
	}
	e := &evaluation{scopeDocs: len(visible)}
	for _, c := range words.Must {
		e.docFreq = append(e.docFreq, o.docFreq(visible, c))
	}
	for _, c := range words.Where {
		e.whereFreq = append(e.whereFreq, o.docFreq(visible, c))
	}
	seen := map[*Document]bool{}
	for _, d := range *base {
		seen[d] = true
	}
	for _, kept := range e.relaxations() {
		if len(*matches) >= enoughMatches {
			break
		}
		fewer, without := words.only(kept)
		moreBase, more := o.matches(visible, q, &fewer)
		known := func(d *Document) bool { return seen[d] }
		moreBase, more = slices.DeleteFunc(moreBase, known), slices.DeleteFunc(more, known)
		if len(more) == 0 {
			continue
		}
		missing = append(missing, without)
		for d, key := range o.sortKeys(q, SortRelevance, &fewer, visible, more) {
			factor := 1.0
			for range missing {
				factor *= relaxationFactor
			}
			keys[d], relaxed[d] = key*factor, len(missing)
		}
		for _, d := range moreBase {
			seen[d] = true
		}
		*base, *matches = append(*base, moreBase...), append(*matches, more...)
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
	want := "both; nurse without night; cook without nurse; away without lyon"
	if strings.Join(got, "; ") != want || r.Total != 4 || r.MatchedAllWords != 1 {
		t.Errorf("%d of %d with all words: %s, want %s", r.MatchedAllWords, r.Total, strings.Join(got, "; "), want)
	}
	if r := at("qwertz lyon", true); r.Total != 0 {
		t.Errorf("a place alone is no answer to a word that no document holds: %+v", r)
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
