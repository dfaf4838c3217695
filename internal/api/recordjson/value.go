package recordjson

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is what a column of a row holds: a number as database/sql reads it, and anything else as the JSON that SQLite has written.
type value struct {
	json   string
	number any // of a column for numbers
}

// split sets the values at the positions to the elements of an array that json_array of SQLite has written.
func split(array string, values row, positions []int) error {
	rest, before := array, "["
	for _, position := range positions {
		var ok bool
		if rest, ok = strings.CutPrefix(rest, before); !ok {
			return errNoArray
		}
		before = ","
		end := strings.IndexAny(rest, ",]")
		if isText(rest) {
			end = endOfText(rest)
		}
		if end <= 0 {
			return errNoArray
		}
		values[position].json, rest = rest[:end], rest[end:]
	}
	if rest != "]" {
		return errNoArray
	}
	return nil
}

var errNoArray = errors.New("the database has written no JSON array of the columns")

// isFraction reports whether the value is a number with a fraction or an exponent, in which SQLite may have left out digits.
func (v value) isFraction() bool {
	return v.json != "" && !isText(v.json) && v.json != "null" && strings.ContainsAny(v.json, ".eEnN")
}

func isText(json string) bool { return strings.HasPrefix(json, `"`) }

// endOfText returns the length of the JSON string that a text begins with, or 0 if it has no end.
func endOfText(json string) int {
	for i := 1; ; {
		next := strings.IndexByte(json[i:], '"')
		if next < 0 {
			return 0
		}
		i += next + 1
		escapes := 0
		for json[i-2-escapes] == '\\' { // stops at the first quote at the latest
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}

// stored returns the value as database/sql reads it.
func (v value) stored() (any, error) {
	switch {
	case v.number != nil:
		return v.number, nil
	case v.json == "null" || v.json == "":
		return nil, nil
	case isText(v.json):
		return v.string(), nil
	}
	n, err := strconv.ParseInt(v.json, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read a whole number: %w", err)
	}
	return n, nil
}

// string returns the text that the value is, or "" if it is none.
func (v value) string() string {
	if !isText(v.json) {
		return ""
	}
	inner := v.json[1 : len(v.json)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	return string(appendUnescaped(make([]byte, 0, len(inner)), inner))
}

// appendUnescaped appends what the inside of a JSON string stands for.
func appendUnescaped(b []byte, s string) []byte {
	for {
		at := strings.IndexByte(s, '\\')
		if at < 0 || at+1 == len(s) {
			return append(b, s...)
		}
		b = append(b, s[:at]...)
		escaped := s[at+1]
		s = s[at+2:]
		switch escaped {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			if code, err := strconv.ParseUint(s[:min(4, len(s))], 16, 16); err == nil {
				b = utf8.AppendRune(b, rune(code)) // SQLite writes only control characters this way
				s = s[4:]
			}
		default:
			b = append(b, escaped)
		}
	}
}
