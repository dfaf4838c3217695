package values

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// groupPattern is a whole number in groups of thousands.
var groupPattern = regexp.MustCompile(`^\d{1,3}([.,'’]\d{3})+$`)

// Number reads a number as people write it: "18.50", "1.234,56" and "45,000".
func Number(text string) (number float64, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.,'’ \u00a0\u202f", r) }) {
		return 0, false
	}
	return readNumber(text)
}

// The signs between the digits of a number that are none: spaces, and those of thousands where commas or dots have another meaning.
var (
	numberSpaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")
	groupSigns   = strings.NewReplacer(",", "", ".", "", "'", "", "’", "")
	exceptDots   = strings.NewReplacer(",", "", "'", "", "’", "")
	exceptCommas = strings.NewReplacer(".", "", "'", "", "’", "")
)

// readNumber reads "1,234.56", "1.234,56", "1'234", "1 234" and "1234".
func readNumber(text string) (float64, bool) {
	text = numberSpaces.Replace(text)
	comma, dot := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	switch {
	case groupPattern.MatchString(text) && (comma < 0 || dot < 0):
		text = groupSigns.Replace(text)
	case comma > dot:
		text = strings.Replace(exceptCommas.Replace(text), ",", ".", 1)
	default:
		text = exceptDots.Replace(text)
	}
	number, err := strconv.ParseFloat(text, 64)
	return number, err == nil && !math.IsInf(number, 0) && number < 1e12
}
