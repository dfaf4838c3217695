package report

import (
	"database/sql"
	"math"
	"strconv"
	"strings"
)

// readable writes a number with its unit as people read it; what is unknown is a dash.
func readable(number sql.NullFloat64, unit Unit) string {
	if !number.Valid {
		if unit == Count {
			return "0"
		}
		return "–"
	}
	switch value := number.Float64; unit {
	case Count:
		return grouped(value, 0)
	case Mean:
		return grouped(value, 1)
	case Share:
		return grouped(100*value, 1) + "\u00a0%"
	case Hours:
		return duration(value)
	case Days:
		return duration(value * 24)
	default:
		return grouped(value, 2)
	}
}

// duration picks minutes, hours or days for a number of hours.
func duration(hours float64) string {
	switch {
	case hours < 1:
		return grouped(hours*60, 0) + "\u00a0min"
	case hours < 48:
		return grouped(hours, 1) + "\u00a0h"
	}
	return grouped(hours/24, 1) + "\u00a0days"
}

// grouped writes a number with at most the given decimals and no-break spaces between thousands.
func grouped(value float64, decimals int) string {
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

// word turns a value such as in_review into words.
func word(value string) string { return strings.ReplaceAll(value, "_", " ") }

func words(list []string) []string {
	out := make([]string, len(list))
	for i, value := range list {
		out[i] = word(value)
	}
	return out
}
