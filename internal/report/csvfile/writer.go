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

// BOM is the UTF-8 byte order mark by which Excel tells UTF-8 from the machine's own code page.
const BOM = "\ufeff"

// Times are ISO 8601 in UTC to the second. Spreadsheets take them for text if they end in Z, so theirs don't.
const (
	programLayout     = "2006-01-02T15:04:05Z"
	spreadsheetLayout = "2006-01-02T15:04:05"
)

// Writer writes one table row by row and keeps no more than one row in memory.
type Writer struct {
	csv    *csv.Writer
	layout string // of times
	cells  []string
	rows   int
}

// NewWriter starts a table with the given column heads. One for spreadsheets begins with a UTF-8 byte order mark and has
// times that they know as such; one for programs has neither.
func NewWriter(w io.Writer, spreadsheet bool, heads ...string) (*Writer, error) {
	layout := programLayout
	if spreadsheet {
		layout = spreadsheetLayout
		if _, err := io.WriteString(w, BOM); err != nil {
			return nil, fmt.Errorf("writing the byte order mark: %w", err)
		}
	}
	out := &Writer{csv: csv.NewWriter(w), layout: layout, cells: make([]string, len(heads))}
	out.csv.UseCRLF = true // RFC 4180, section 2.1
	if err := out.csv.Write(heads); err != nil {
		return nil, fmt.Errorf("writing the column heads: %w", err)
	}
	return out, nil
}

// Write adds a row; it must have as many cells as there are heads. Strings are made harmless (see Harmless), times are
// written as ISO 8601 in UTC, nil and the zero time as an empty cell.
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
		return fmt.Errorf("writing row %d: %w", w.rows+1, err)
	}
	w.rows++
	return nil
}

// Rows is the number of rows written so far, without the heads.
func (w *Writer) Rows() int { return w.rows }

// Flush hands what is buffered to the underlying writer.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

func (w *Writer) format(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return Harmless(v), nil
	case []byte:
		return Harmless(string(v)), nil
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

// Harmless puts an apostrophe before text that a spreadsheet would run as a formula: text that begins with = + - @, a
// tab or a line break (OWASP, "CSV Injection"), also behind spaces and in the full-width forms that spreadsheets fold.
func Harmless(text string) string {
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
