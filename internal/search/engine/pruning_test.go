package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// manySegments returns an index of segments that overlap in age, with a small vocabulary, so that scores differ only slightly
// at the end of a page.
func manySegments(t *testing.T, seed uint64, sameAge bool) (*Index, *world) {
	t.Helper()
	a, w := newAnalyzer(t), newWorld(seed)
	ix := NewMemory(a)
	for s := range 12 {
		var b Batch
		for i := range 150 {
			d := w.doc(1)
			d.ID = fmt.Sprintf("doc%02d-%03d", s, i)
			d.Published = w.now
			if !sameAge {
				d.Published = w.now.Add(-time.Duration(s*5*24+w.IntN(10*24)) * time.Hour)
			}
			b.Put = append(b.Put, d)
		}
		must(t, ix.Apply(b))
	}
	return ix, w
}

// forcePartitioning makes the ranking partition even a few documents.
func forcePartitioning(t *testing.T) {
	before := scanDocs
	scanDocs = 0
	t.Cleanup(func() { scanDocs = before })
}

// TestPruningChangesNoResult compares the first hits of a short page, where the ranking can stop early, with those of a page of
// all matches. It fails when an upper bound is too low.
func TestPruningChangesNoResult(t *testing.T) {
	stopped := 0
	for seed := range uint64(8) {
		if seed == 4 {
			forcePartitioning(t)
		}
		ix, w := manySegments(t, seed, seed%2 == 0)
		for range 150 {
			var words []string
			for range 1 + w.IntN(3) {
				words = append(words, w.pick(worldWords...))
			}
			text := strings.Join(words, " ")
			switch w.IntN(8) {
			case 0, 1:
				text += " OR " + w.pick(worldWords...)
			case 2:
				text += " project manager" // has a synonym as an expression
			case 3: // longer than any title
				text = strings.Repeat(words[0]+" ", len(shortTitles{})+1)
			}
			q := Query{Words: Parse(ix.analyzer, text), Scope: Everything(), Now: w.now, Limit: MaxLimit, NoSpelling: true}
			if w.IntN(3) == 0 {
				q.Scope.All, q.Scope.Rules = false, []ScopeRule{{Values: map[string][]string{"type": {"full"}}}}
			}
			whole, err := ix.Search(q)
			must(t, err)
			if whole.Total >= MaxLimit { // this search could stop early, too
				continue
			}
			for _, q.Limit = range []int{1, 2, 5, 20} {
				top, err := ix.Search(q)
				must(t, err)
				if want := whole.Hits[:min(q.Limit, len(whole.Hits))]; !slices.Equal(top.Hits, want) {
					t.Fatalf("seed %d, %q: the first %d are\n%v, want\n%v", seed, text, q.Limit, top.Hits, want)
				}
				if whole.Total > 10*q.Limit {
					stopped++
				}
			}
		}
	}
	if stopped < 1000 {
		t.Errorf("only %d searches had matches to skip", stopped)
	}
}

// TestUpperBoundsAreTight fails when an upper bound is much higher than the score of the best document. Such a bound changes no
// result but makes searches slower.
func TestUpperBoundsAreTight(t *testing.T) {
	var long []string
	for i := range 24 {
		long = append(long, "skill"+strings.Repeat("x", i))
	}
	a := newAnalyzer(t)
	ix := NewMemory(a)
	now := newWorld(0).now
	must(t, ix.Apply(Batch{Put: []Document{
		{ID: "exact", Title: "Night Nurse", Published: now},
		{ID: "long", Title: strings.Join(long, " ") + " more", Published: now},
		{ID: "body", Title: "Baker", Body: "managing", Published: now},
		{ID: "skilled", Title: "Tailor", Skills: []string{"welding"}, Published: now},
		{ID: "both", Title: "Porter who does polishing", Published: now},
		{ID: "part", Title: "Porter", Skills: []string{"polishing"}, Published: now},
	}}))
	for _, c := range []struct {
		id, words string
		level     tier
		factor    float64
	}{
		{"part", "porter polishing", tierFor(FieldTitle, true), 0}, // 0: the title lacks a clause
		{"exact", "night nurse", tierFor(FieldTitle, true), exactTitleFactor},
		{"long", strings.Join(long, " "), tierFor(FieldTitle, true), 1 + coverageFactor + phraseFactor},
		{"body", "managed", lastTier, 0},
		{"skilled", "welding", tierFor(FieldSkills, true), 0},
	} {
		q := Query{Words: Parse(a, c.words), Scope: Everything(), Now: now, Limit: 1}
		workers := ix.workersFor(ix.current.Load())
		e := evaluate(ix.current.Load(), &q, workers)
		p := e.segments[0]
		r := newRanking(newScoring(e, newFreshness(millis(now))), newTopK(1, nil), p)
		for clause := range r.bestTier {
			e.fillTiers(p, clause, lastTier)
			r.bestTier[clause] = c.level
		}
		doc, ok := p.findID(c.id)
		if !ok || !p.matches.has(doc) {
			t.Fatalf("%s does not match %q", c.id, c.words)
		}
		score, bound := r.score(doc, r.typedPhrase, 1, r.sumClauses(doc)), r.maxScore(c.factor)
		if r.computeUpperBounds(); c.factor == 0 {
			bound = r.upperBound(0, 0, 0)
		}
		if !(score <= bound*(1+1e-12)) || math.Abs(score/bound-1) > 0.05 {
			t.Errorf("%s: the best score is %v, its bound %v", c.id, score, bound)
		}
		workers.pool.release()
	}
}
