package engine

import (
	"math"
	"time"
)

// Document is what the engine knows of one record: words, filter values and numbers. It holds no record itself;
// a search gives ids back.
type Document struct {
	ID       string   // unique; a second document with the same id replaces the first
	Title    string   // plain text
	Skills   []string // plain text; phrases do not run from one skill into the next
	Company  string   // plain text
	Keywords []string // plain text: what else people type, such as places; phrases do not run from one into the next
	Body     string   // plain text or HTML

	Published time.Time // the time order, and what freshness is counted from
	Deadline  time.Time // zero: none
	Salary    float64   // the most it pays, per year, in the currency that Values["currency"] names; 0: unknown
	Years     float64   // years of experience; negative: unknown

	Points []Point             // where it is; a document may be in several places
	Values map[string][]string // filter values by filter field; fields and values must not hold the byte 0x1f
}

// Point is a place on the globe, in degrees.
type Point struct{ Lat, Lon float64 }

// Column is a number that every document has, or lacks (NaN).
type Column int

// The columns. Times are Unix milliseconds.
const (
	ColumnPublished Column = iota
	ColumnDeadline
	ColumnSalary
	ColumnYears
	columnCount
)

// Field is a part of a document's text.
type Field uint8

// The fields, best first. FieldOften and FieldAny are no parts of their own: the first holds the words that the
// body repeats (oftenCount times or more), the second every word, wherever it stands.
const (
	FieldTitle Field = iota
	FieldSkills
	FieldCompany
	FieldKeywords
	FieldFrequent
	FieldAny
	fieldCount
)

// oftenCount is how often a body must hold a word to be about it rather than to mention it.
const frequentCount = 3

func (d *Document) columns() [columnCount]float64 {
	c := [columnCount]float64{millis(d.Published), math.NaN(), math.NaN(), math.NaN()}
	if !d.Deadline.IsZero() {
		c[ColumnDeadline] = millis(d.Deadline)
	}
	if d.Salary > 0 {
		c[ColumnSalary] = d.Salary
	}
	if d.Years >= 0 {
		c[ColumnYears] = d.Years
	}
	return c
}

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }
