package engine

import (
	"fmt"
	"slices"
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
	for _, c := range benchQueries(b) {
		b.Run(c.name, func(b *testing.B) {
			ix, w := benchIndex(b)
			q := c.Query
			q.Scope, q.Now, q.Limit = Everything(), w.now, 20
			for b.Loop() {
				if _, err := ix.Search(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCores compares searches with one core and with all, in turns, so that what else the machine does meets both. It reports the
// medians, and the tenth that were fastest: so it would be on an idle machine.
func BenchmarkCores(b *testing.B) {
	const segments = 12
	whole, w := NewMemory(newAnalyzer(b)), newWorld(1)
	r := whole.NewRebuild(1)
	for i := range segments * maxSegmentDocs {
		d := w.doc(1)
		d.ID = fmt.Sprint("doc", i)
		d.Body += fmt.Sprint(" rare", i%5000, " ", w.pick(worldWords...), w.pick(worldWords...))
		must(b, r.Add([]Document{d}))
	}
	must(b, r.Commit())
	all := whole.current.Load().segments
	for _, n := range []int{1, 2, 4, 12} {
		ix := NewMemory(newAnalyzer(b))
		ix.current.Store(&snapshot{segments: all[:n]})
		for _, c := range benchQueries(b) {
			b.Run(fmt.Sprintf("%s/%d_segments", c.name, n), func(b *testing.B) {
				q := c.Query
				q.Scope, q.Now, q.Limit = Everything(), w.now, 20
				var took [2][]float64
				for b.Loop() {
					for i, mode := range []parallelMode{parallelNever, parallelByGain} {
						ix.parallel = mode
						found, err := ix.Search(q)
						must(b, err)
						took[i] = append(took[i], float64(found.Took.Microseconds()))
					}
				}
				for i := range took {
					slices.Sort(took[i])
				}
				b.ReportMetric(0, "ns/op")
				for name, at := range map[string]int{"median": len(took[0]) / 2, "decile": len(took[0]) / 10} {
					b.ReportMetric(took[0][at], "µs-one-"+name)
					b.ReportMetric(took[1][at], "µs-all-"+name)
				}
			})
		}
	}
}

type benchQuery struct {
	name string
	Query
}

func benchQueries(b *testing.B) []benchQuery {
	b.Helper()
	a := newAnalyzer(b)
	return []benchQuery{
		{"rare", Query{Words: Parse(a, "rare77")}},
		{"common", Query{Words: Parse(a, "nurse")}},
		{"and", Query{Words: Parse(a, "nurse java")}},
		{"phrase", Query{Words: Parse(a, `"senior developer"`)}},
		{"prefix", Query{Words: Parse(a, "rar*")}},
		{"typo", Query{Words: Parse(a, "nurrse")}},
		{"partial", Query{Words: Parse(a, "senior nurse java night developer remote sales rare7 rare77 rare777"), Partial: true}},
		{"facets", Query{Words: Parse(a, "nurse"), Facets: []string{"type", "industry", "employer", "status"}}},
		{"newest", Query{}},
		{"salary", Query{Sort: SortSalary}},
		{"distance", Query{Sort: SortDistance, Near: &Near{Point{46, 2}, 200}}},
		{"near", Query{Words: Parse(a, "nurse"), Near: &Near{Point{46, 2}, 50}}},
		{"offset", Query{Words: Parse(a, "nurse"), Offset: 5000}},
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
