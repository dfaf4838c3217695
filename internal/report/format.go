package report

import (
	"database/sql"
	"strings"

	"jobboard/internal/report/pdf"
)

// formatFigure returns a number with its unit for people to read; an unknown one is a dash.
func formatFigure(number sql.NullFloat64, unit Unit) string {
	if !number.Valid {
		if unit == Count {
			return "0"
		}
		return "–"
	}
	switch value := number.Float64; unit {
	case Count:
		return pdf.FormatNumber(value, 0)
	case Mean:
		return pdf.FormatNumber(value, 1)
	case Share:
		return pdf.FormatNumber(100*value, 1) + "\u00a0%"
	case Hours:
		return formatDuration(value)
	case Days:
		return formatDuration(value * 24)
	default:
		return pdf.FormatNumber(value, 2)
	}
}

// formatDuration returns a number of hours in minutes, hours or days, whichever reads best.
func formatDuration(hours float64) string {
	switch {
	case hours < 1:
		return pdf.FormatNumber(hours*60, 0) + "\u00a0min"
	case hours < 48:
		return pdf.FormatNumber(hours, 1) + "\u00a0h"
	}
	return pdf.FormatNumber(hours/24, 1) + "\u00a0days"
}

// humanize returns a value such as in_review as words.
func humanize(value string) string { return strings.ReplaceAll(value, "_", " ") }

func humanizeAll(list []string) []string {
	out := make([]string, len(list))
	for i, value := range list {
		out[i] = humanize(value)
	}
	return out
}
