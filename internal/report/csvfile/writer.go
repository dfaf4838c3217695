// Package csvfile streams tables as CSV that spreadsheets open safely: RFC 4180 lines, ISO dates and no live formulas.
package csvfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// BOM is the UTF-8 byte order mark by which Excel recognises UTF-8.
const BOM = "\ufeff"

// Times are ISO 8601 in UTC to the second. Spreadsheets treat times with a Z as text, so theirs have none.
const (
	programLayout     = "2006-01-02T15:04:05Z"
	spreadsheetLayout = "2006-01-02T15:04:05"
)

// Writer writes one table row by row, with no more than one row in memory.
type Writer struct {
	csv    *csv.Writer
	layout string // of times
	cells  []string
	rows   int
}

// NewWriter starts a table with the given column heads. A file for spreadsheets begins with a byte order mark and has times in a format
// that they recognise; a file for programs has neither.
func NewWriter(w io.Writer, spreadsheet bool, heads ...string) (*Writer, error) {
	layout := programLayout
	if spreadsheet {
		layout = spreadsheetLayout
		if _, err := io.WriteString(w, BOM); err != nil {
			return nil, fmt.Errorf("write the byte order mark: %w", err)
		}
	}
	out := &Writer{csv: csv.NewWriter(w), layout: layout, cells: make([]string, len(heads))}
	out.csv.UseCRLF = true // RFC 4180, section 2.1
	if err := out.csv.Write(heads); err != nil {
		return nil, fmt.Errorf("write the column heads: %w", err)
	}
	return out, nil
}

// Write adds a row; it must have as many cells as there are heads. Strings pass through EscapeFormula, times are ISO 8601 in UTC, nil and
// the zero time are empty cells.
func (w *Writer) Write(row ...any) error {
	if len(row) != len(w.cells) {
		return fmt.Errorf("row %d has %d cells, the head has %d", w.rows+1, len(row), len(w.cells))
	}
	for i, value := range row {
		cell, err := w.format(value)
		if err != nil {
			return fmt.Errorf("row %d, cell %d: %w", w.rows+1, i+1, err)
		}
		w.cells[i] = cell
	}
	if err := w.csv.Write(w.cells); err != nil {
		return fmt.Errorf("write row %d: %w", w.rows+1, err)
	}
	w.rows++
	return nil
}

// Rows returns the number of rows written so far, without the heads.
func (w *Writer) Rows() int { return w.rows }

// Flush writes buffered rows to the underlying writer.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

func (w *Writer) format(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return EscapeFormula(v), nil
	case []byte:
		return EscapeFormula(string(v)), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		if v.IsZero() {
			return "", nil
		}
		return v.UTC().Format(w.layout), nil
	}
	return "", fmt.Errorf("no CSV form for a %T", value)
}

// EscapeFormula puts an apostrophe before text that a spreadsheet would run as a formula: text that begins with = + - @, a tab or a line
// break (OWASP, "CSV Injection"), also after spaces and in the full-width forms that spreadsheets normalize.
func EscapeFormula(text string) string {
	trimmed := strings.TrimLeft(text, " \u00a0\u3000")
	if trimmed == "" {
		return text
	}
	switch trimmed[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', 0:
		return "'" + text
	}
	for _, wide := range [...]string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(trimmed, wide) {
			return "'" + text
		}
	}
	return text
}
