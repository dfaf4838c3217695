// Package nearest finds the known name that somebody has probably meant by a misspelt one.
package nearest

import "strings"

// longest is how many bytes of a name are compared with others. No name of the board is nearly as long.
const longest = 60

// Of returns the known name that is most like the given one, or "" if none is. Case and separators don't count: per_page means perPage.
// Otherwise a name may have a typing error or, if it is long, a few; or it is the beginning or the end of a known one, as type is of
// jobType.
func Of(name string, known []string) string {
	typed := fold(name)
	if typed == "" || len(typed) > longest {
		return ""
	}
	best, least := "", allowedErrors(typed)+1
	for _, candidate := range known {
		if errors := distance(typed, fold(candidate)); errors < least {
			best, least = candidate, errors
		}
	}
	if best != "" || len(typed) < 4 {
		return best
	}
	for _, candidate := range known {
		if whole := fold(candidate); strings.HasPrefix(whole, typed) || strings.HasSuffix(whole, typed) {
			return candidate
		}
	}
	return ""
}

// Advice returns a sentence for somebody who has sent an unknown name: the nearest known one or, if none is near, all of them.
func Advice(name string, known []string) string {
	if meant := Of(name, known); meant != "" {
		return "Did you mean " + meant + "?"
	}
	if len(known) == 0 {
		return "None are known here."
	}
	return "Known here: " + strings.Join(known, ", ") + "."
}

var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "[", "", "]", "")

func fold(name string) string { return separators.Replace(strings.ToLower(name)) }

// allowedErrors returns how many typing errors a name may have and still be recognised.
func allowedErrors(name string) int {
	switch n := len(name); {
	case n < 3:
		return 0
	case n < 6:
		return 1
	case n < 10:
		return 2
	}
	return 3
}

// distance returns the number of bytes to insert, delete, replace or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
