package engine

import (
	"fmt"
	"testing"
)

// benchIndex returns an index of four segments with random words.
func benchIndex(b *testing.B) (*Index, *world) {
	b.Helper()
	ix, w := NewMemory(newAnalyzer(b)), newWorld(1)
	for part := range 4 {
		var batch Batch
		for i := range 5000 {
			d := w.doc(1)
			d.ID = fmt.Sprintf("doc%d-%d", part, i)
			d.Title += fmt.Sprint(" rare", i)
			batch.Put = append(batch.Put, d)
		}
		must(b, ix.Apply(batch))
	}
	b.ReportAllocs()
	b.ResetTimer()
	return ix, w
}

func BenchmarkSearch(b *testing.B) {
	for name, q := range map[string]Query{
		"rare":     {Words: Parse(newAnalyzer(b), "rare77")},
		"common":   {Words: Parse(newAnalyzer(b), "nurse")},
		"and":      {Words: Parse(newAnalyzer(b), "nurse java")},
		"phrase":   {Words: Parse(newAnalyzer(b), `"senior developer"`)},
		"prefix":   {Words: Parse(newAnalyzer(b), "rar*")},
		"typo":     {Words: Parse(newAnalyzer(b), "nurrse")},
		"partial":  {Words: Parse(newAnalyzer(b), "senior nurse java night developer remote sales rare7 rare77 rare777"), Partial: true},
		"facets":   {Facets: []string{"type", "industry", "employer", "status"}},
		"salary":   {Sort: SortSalary},
		"distance": {Sort: SortDistance, Near: &Near{Point{46, 2}, 200}},
		"offset":   {Words: Parse(newAnalyzer(b), "nurse"), Offset: 2000},
	} {
		b.Run(name, func(b *testing.B) {
			ix, w := benchIndex(b)
			q.Scope, q.Now, q.Limit = Everything(), w.now, 20
			for b.Loop() {
				if _, err := ix.Search(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkApply measures the change of one document, as after a save.
func BenchmarkApply(b *testing.B) {
	ix, w := benchIndex(b)
	for i := 0; b.Loop(); i++ {
		d := w.doc(1)
		d.ID = fmt.Sprintf("doc1-%d", i%5000)
		must(b, ix.Apply(Batch{Put: []Document{d}, Delete: []string{d.ID}}))
		if i%64 == 63 {
			must(b, ix.Maintain())
		}
	}
}

// BenchmarkRebuild measures a rebuild of 5000 documents.
func BenchmarkRebuild(b *testing.B) {
	_, w := benchIndex(b)
	var docs []Document
	for i := range 5000 {
		d := w.doc(1)
		d.ID = fmt.Sprint(i)
		docs = append(docs, d)
	}
	for b.Loop() {
		r := NewMemory(newAnalyzer(b)).NewRebuild(1)
		must(b, r.Add(docs))
		must(b, r.Commit())
	}
	b.ReportMetric(float64(len(docs)*b.N)/b.Elapsed().Seconds(), "docs/s")
}
