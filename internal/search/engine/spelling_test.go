package engine

import (
	"math/rand/v2"
	"testing"
)

// plainEdits is the table of distances as the books have it (optimal string alignment), all of it.
func fullEditDistance(a, b []rune) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		table[i][0] = i
	}
	for j := range table[0] {
		table[0][j] = j
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
	r := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		var w []rune
		for range r.IntN(9) {
			w = append(w, []rune("abcé")[r.IntN(4)])
		}
		return string(w)
	}
	for range 200_000 {
		typed, other, most := word(), word(), r.IntN(3)
		want := min(fullEditDistance([]rune(typed), []rune(other)), most+1)
		m := newEditDistance(typed, most)
		m.between(word()) // what one word leaves behind must not matter to the next
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
