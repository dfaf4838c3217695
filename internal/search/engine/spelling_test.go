package engine

import (
	"math/rand/v2"
	"testing"
)

// maxEditWord is the maximum number of letters in the words of TestEditDistance.
const maxEditWord = 8

// fullEditDistance computes the whole table of the optimal string alignment distance.
func fullEditDistance(a, b []rune) int {
	var table [maxEditWord + 1][maxEditWord + 1]int
	for i := range table {
		table[i][0], table[0][i] = i, i
	}
	for i := range a {
		for j := range b {
			d := table[i][j]
			if a[i] != b[j] {
				d++
			}
			d = min(d, table[i][j+1]+1, table[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, table[i-1][j-1]+1)
			}
			table[i+1][j+1] = d
		}
	}
	return table[len(a)][len(b)]
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		var w []rune
		for range r.IntN(maxEditWord + 1) {
			w = append(w, []rune("abcé")[r.IntN(4)])
		}
		return string(w)
	}
	for range 200_000 {
		typed, other, most := word(), word(), r.IntN(3)
		want := min(fullEditDistance([]rune(typed), []rune(other)), most+1)
		m := newEditDistance(typed, most)
		m.between(word()) // the state after one word must not affect the next
		if got := m.between(other); got != want {
			t.Fatalf("%q is %d edits from %q, want %d (at most %d counted)", typed, got, other, want, most)
		}
	}
}

func BenchmarkEditDistance(b *testing.B) {
	m := newEditDistance("xbagalaka", 2)
	for b.Loop() {
		m.between("xbukalida")
	}
}
