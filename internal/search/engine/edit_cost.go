package engine

import "strings"

// The costs of the slips that separate a typed word from a term, in tenths of an edit: people hit a neighbouring key, swap two
// letters, double one or mistake a vowel more often than they hit any other letter.
const (
	costOther       = 10
	costMissing     = 9 // a letter too few or too many
	costVowel       = 7
	costNeighbour   = 6
	costSwapped     = 6
	costDoubled     = 5
	costFirstLetter = 4 // on top: people rarely get the first letter wrong
	costSplit       = 6 // a missing space
)

// keyRows are the rows of the keyboard. Those of QWERTZ and AZERTY differ in the letters that layoutPairs lists.
var (
	keyRows     = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	layoutPairs = []string{"yz", "qa", "wz"}
)

// neighbourKeys has, for each letter from a to z, the letters of the keys beside it as bits.
var neighbourKeys = func() (near [26]uint32) {
	join := func(a, b byte) {
		near[a-'a'] |= 1 << (b - 'a')
		near[b-'a'] |= 1 << (a - 'a')
	}
	for r, row := range keyRows {
		for i := range row {
			if i+1 < len(row) {
				join(row[i], row[i+1])
			}
			if r+1 < len(keyRows) { // every row is shifted to the right of the one above
				for _, below := range []int{i - 1, i} {
					if below >= 0 && below < len(keyRows[r+1]) {
						join(row[i], keyRows[r+1][below])
					}
				}
			}
		}
	}
	for _, pair := range layoutPairs {
		join(pair[0], pair[1])
	}
	return near
}()

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }

func isVowel(r rune) bool { return strings.ContainsRune("aeiouy", r) }

func substitutionCost(typed, meant rune) int {
	switch {
	case typed == meant:
		return 0
	case !isLetter(typed) || !isLetter(meant):
		return costOther
	case neighbourKeys[typed-'a']&(1<<(meant-'a')) != 0:
		return costNeighbour
	case isVowel(typed) && isVowel(meant):
		return costVowel
	}
	return costOther
}

// missingCost returns the cost of a letter that only one of the words has, given the letters around it there.
func missingCost(word []rune, i int) int {
	if i > 0 && word[i-1] == word[i] {
		return costDoubled
	}
	return costMissing
}

// editCost returns the least cost of the slips that turn a word that was meant into the typed one. It is slower than
// editDistance, and is called for the few words that are near enough.
func editCost(typed, meant []rune) int {
	rows := make([][]int, len(meant)+1)
	for i := range rows {
		rows[i] = make([]int, len(typed)+1)
		for j := range rows[i] {
			switch {
			case i == 0 && j == 0:
			case i == 0:
				rows[i][j] = rows[i][j-1] + missingCost(typed, j-1)
			case j == 0:
				rows[i][j] = rows[i-1][j] + missingCost(meant, i-1)
			default:
				least := min(rows[i-1][j-1]+substitutionCost(typed[j-1], meant[i-1]),
					rows[i-1][j]+missingCost(meant, i-1), rows[i][j-1]+missingCost(typed, j-1))
				if i > 1 && j > 1 && typed[j-1] == meant[i-2] && typed[j-2] == meant[i-1] {
					least = min(least, rows[i-2][j-2]+costSwapped)
				}
				rows[i][j] = least
			}
		}
	}
	cost := rows[len(meant)][len(typed)]
	if len(typed) > 0 && len(meant) > 0 && typed[0] != meant[0] {
		cost += costFirstLetter
	}
	return cost
}

// maxEdits returns how many edits a correction of a word with so many letters may have, and maxCost what they may cost: short
// words are too similar to each other.
func maxEdits(letters int) int {
	switch {
	case letters < 3:
		return 0
	case letters < 5:
		return 1
	default:
		return 2
	}
}

func maxCost(letters int) int {
	switch {
	case letters < 4:
		return costVowel
	case letters < 5:
		return costMissing
	case letters < 8:
		return 16
	default:
		return 20
	}
}
