package search

import (
	"strings"
	"unicode"
)

// choose returns the values of a parameter that has a fixed set of them as they are stored, from lenient spellings: "Full-Time" and
// "fulltime" are full_time. A value that is none of them is an error of type *FieldError.
func choose(name string, wanted, allowed []string) ([]string, error) {
	chosen := make([]string, len(wanted))
	for i, value := range wanted {
		for _, one := range allowed {
			if lettersOf(one) == lettersOf(value) {
				chosen[i] = one
			}
		}
		if chosen[i] == "" {
			return nil, &FieldError{name, "Must be one of " + strings.Join(allowed, ", ") + "."}
		}
	}
	return chosen, nil
}

// lettersOf returns the letters and digits of a value in lower case.
func lettersOf(value string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, value)
}
