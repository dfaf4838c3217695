package engine

import (
	"math"
	"time"
)

// Document is what the engine indexes of one record: words, filter values and numbers. The engine does not store the record;
// a search returns ids.
type Document struct {
	ID       string   // unique; a document replaces an earlier one with the same id
	Title    string   // plain text
	Skills   []string // plain text; phrases do not match across two skills
	Company  string   // plain text
	Keywords []string // plain text: what else people search for, such as places; phrases do not match across two keywords
	Body     string   // plain text or HTML

	Published time.Time // the order by time, and what freshness is counted from
	Deadline  time.Time // zero: none
	Salary    float64   // the highest, per year, in the currency that Values["currency"] names; 0: unknown
	Years     float64   // years of experience; negative: unknown

	Points []Point             // the places where it is; there may be several
	Values map[string][]string // filter values by filter field; neither may contain the byte 0x1f
}

// Point is a place on the globe, in degrees.
type Point struct{ Lat, Lon float64 }

// Column is a numeric column. A document without a value has NaN.
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

// The fields, by descending weight. FieldFrequent and FieldAny are derived: the first holds the words that the body repeats
// (frequentCount times or more), the second holds all words of the document.
const (
	FieldTitle Field = iota
	FieldSkills
	FieldCompany
	FieldKeywords
	FieldFrequent
	FieldAny
	fieldCount
)

// frequentCount is the term frequency from which a body counts as being about a word rather than mentioning it.
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
