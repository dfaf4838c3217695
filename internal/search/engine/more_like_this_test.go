package engine

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"jobboard/internal/search/text"
)

// TestMoreLikeThisAgreesWithOracle compares MoreLikeThis with the oracle, after changes and merges.
func TestMoreLikeThisAgreesWithOracle(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	compared := 0
	for seed := range uint64(150) {
		w := newWorld(seed)
		ix, o := NewMemory(a), newOracle(a)
		for range 6 {
			batch := w.batch(80, 60)
			if err := ix.Apply(batch); err != nil {
				t.Fatal(err)
			}
			o.apply(batch)
			if err := ix.Maintain(); err != nil {
				t.Fatal(err)
			}
		}
		q := w.query(a, 80)
		q.Limit = 15
		terms := w.weightedTerms(a)
		got, err := ix.MoreLikeThis(q, terms)
		if err != nil {
			t.Fatal(err)
		}
		want := o.moreLikeThis(q, terms)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d documents, want %d", seed, len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("seed %d, place %d: %v, want %v", seed, i, got[i], want[i])
			}
		}
		compared += len(got)
	}
	if compared < 200 {
		t.Errorf("only %d documents were compared", compared)
	}
}

func (w *world) weightedTerms(a *text.Analyzer) []WeightedTerm {
	var terms []WeightedTerm
	for range 1 + w.IntN(6) {
		term := WeightedTerm{Weight: float64(1 + w.IntN(9)), IgnoreIDF: w.IntN(2) == 0}
		if tokens := text.Tokens(w.pick(worldWords...)); w.IntN(3) > 0 {
			term.Stem, term.Field = a.Stem(tokens[0].Term), []Field{FieldTitle, FieldSkills, FieldCompany, FieldAny}[w.IntN(4)]
		} else {
			term.Value = Value{"industry", w.pick("it", "health", "law")}
		}
		terms = append(terms, term)
	}
	return terms
}

// moreLikeThis is MoreLikeThis by reading every document.
func (o *oracle) moreLikeThis(q Query, terms []WeightedTerm) []Hit {
	has := func(d *Document, t WeightedTerm) bool {
		if t.Stem == "" {
			return hasAny(d, t.Value.Field, []string{t.Value.Value})
		}
		_, found := o.wordTier(d, Word{Term: t.Stem, Stem: t.Stem}, t.Field, false)
		return found
	}
	visible := 0
	docFreq := make([]int, len(terms))
	for _, d := range o.docs {
		if !o.inScope(q.Scope, d) {
			continue
		}
		visible++
		for t, term := range terms {
			if has(d, term) {
				docFreq[t]++
			}
		}
	}
	fresh := newFreshness(millis(q.Now))
	matches := q
	matches.Limit, matches.Sort = MaxLimit, SortNewest
	var hits []Hit
	for _, hit := range o.search(matches).Hits {
		sum, found := 0.0, false
		for t, term := range terms {
			if !has(o.docs[hit.ID], term) {
				continue
			}
			found = true
			if term.IgnoreIDF {
				sum += term.Weight
			} else {
				sum += term.Weight * idf(visible, docFreq[t])
			}
		}
		if found {
			hits = append(hits, Hit{ID: hit.ID, Score: sum * fresh.of(millis(o.docs[hit.ID].Published))})
		}
	}
	// search has returned them newest first, then by id
	slices.SortStableFunc(hits, func(x, y Hit) int { return cmp.Compare(y.Score, x.Score) })
	return hits[:min(q.Limit, len(hits))]
}

func TestWeightedTermsAreTitleTermsAndRarestBodyTerms(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	docs := []Document{
		{ID: "1", Title: "Night Nurse", Body: "Care of patients, ventilators"},
		{ID: "2", Title: "Nurse", Body: "Care of patients"},
		{ID: "3", Title: "Baker", Body: "Care of bread"},
		{ID: "4", Title: "Medic", Body: "ventilators"},
	}
	if err := ix.Apply(Batch{Put: docs}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, term := range ix.WeightedTerms("The Night Nurse", "<p>Care of our patients and their nurse, by ventilator and zeppelin</p>", 2) {
		got = append(got, fmt.Sprintf("%s:%d", term.Stem, term.Field))
	}
	want := []string{fmt.Sprintf("night:%d", FieldTitle), fmt.Sprintf("nurs:%d", FieldTitle),
		fmt.Sprintf("patient:%d", FieldAny), fmt.Sprintf("ventilator:%d", FieldAny)}
	if !slices.Equal(got, want) {
		t.Errorf("traits %v, want %v", got, want)
	}
}

// BenchmarkMoreLikeThis searches for documents like one, by its title, its skills and words of its body.
func BenchmarkMoreLikeThis(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("documents=%d", n), func(b *testing.B) {
			ix := benchTitles(b, n)
			terms := ix.WeightedTerms("Senior Software Engineer 7", "some words about the work to be done here", 20)
			for _, skill := range []string{"skill 3", "sql", "go"} {
				terms = append(terms, WeightedTerm{Value: Value{"skills", skill}, Weight: 5})
			}
			q := Query{Scope: Scope{Rules: []ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}, Limit: MaxLimit}
			for b.Loop() {
				if hits, err := ix.MoreLikeThis(q, terms); err != nil || len(hits) != q.Limit {
					b.Fatal(len(hits), err)
				}
			}
		})
	}
}
