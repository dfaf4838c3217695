package pdf

import (
	"math"
	"strconv"
	"strings"
)

// FormatNumber writes a number with at most the given decimals and no-break spaces between thousands.
func FormatNumber(value float64, decimals int) string {
	power := math.Pow(10, float64(decimals))
	text := strconv.FormatFloat(math.Round(value*power)/power, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "\u00a0" + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole
}
