package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestBigramsLoseNoPhrase compares the signatures with the positions: every document with the phrase must pass the filter, and
// few others may.
func TestBigramsLoseNoPhrase(t *testing.T) {
	a := newAnalyzer(t)
	for _, docs := range []int{minBigramDocs - 1, minBigramDocs, 500} {
		random := rand.New(rand.NewPCG(1, uint64(docs)))
		b := newBuilder(a)
		for i := range docs {
			words := make([]string, 185)
			for w := range words {
				words[w] = fmt.Sprintf("w%dx", int(200*random.Float64()*random.Float64()))
			}
			b.addDocument(&Document{ID: fmt.Sprint("d", i), Title: strings.Join(words[:5], " "), Skills: []string{words[5], words[6]},
				Body: strings.Join(words[7:], " "), Published: time.UnixMilli(int64(i))})
		}
		s, err := b.build()
		if err != nil {
			t.Fatal(err)
		}
		right, wrong := 0, 0
		for range 300 {
			stems := []string{fmt.Sprintf("w%dx", random.IntN(200)), fmt.Sprintf("w%dx", random.IntN(200))}
			ranks := s.ranksOf(stems)
			if ranks == nil {
				continue
			}
			looked, left := phraseOf(ranks), make(bitset, wordsFor(docs))
			left.fill(docs)
			s.filterBigrams(left, ranks)
			for doc := range docs {
				_, holds := looked.find(s.positionsOf(doc), FieldAny)
				switch {
				case holds && !left.has(doc):
					t.Fatalf("%d documents: document %d holds %v, but does not pass the bigram filter", docs, doc, stems)
				case holds:
					right++
				case left.has(doc):
					wrong++
				}
			}
		}
		if right == 0 {
			t.Errorf("%d documents: no phrase was found at all", docs)
		}
		switch share := float64(wrong) / float64(300*docs); {
		case docs < minBigramDocs && share < 0.9:
			t.Errorf("%d documents: a small segment has bigrams", docs)
		case docs >= minBigramDocs && share > 0.04: // by the size of the signature: (1 - e^(-184*4/1536))^4 = .02
			t.Errorf("%d documents: %.2f of all documents pass the filter without holding the phrase", docs, share)
		}
	}
}
