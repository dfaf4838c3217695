// Package pdf lays out figures, charts and tables as an A4 PDF, with vector charts and text in any script that its fonts cover.
package pdf

import "time"

// Document is what is printed, from top to bottom.
type Document struct {
	Title    string
	Board    string // the board's name, on the cover and in the footer
	Facts    []Fact // the cover lines: period, filters and the like
	Made     time.Time
	Sections []Section
}

// Fact is one labelled line of the cover.
type Fact struct{ Label, Value string }

// Section is one of Figures, Chart and Table.
type Section interface {
	draw(*page)
	texts(func(string))
}

// Figures is key figures in boxes, each with the sentence that defines it.
type Figures []Figure

// Figure is one key figure. Value is formatted, with its unit.
type Figure struct{ Label, Value, Meaning string }

// Shape is how a Chart draws its series.
type Shape int

// Columns are side by side over time, Lines connect the points, Bars are horizontal with their label and value.
const (
	Columns Shape = iota
	Lines
	Bars
)

// Chart has one value for each label in every series; Bars take one series only.
type Chart struct {
	Title   string
	Meaning string
	Shape   Shape
	Labels  []string
	Series  []Series
}

// Series is one coloured line or set of columns. Notes, if there are any, are shown after the values of Bars.
type Series struct {
	Name   string
	Values []float64
	Notes  []string
}

// Table continues over pages and repeats its head on each.
type Table struct {
	Title   string
	Meaning string
	Columns []Column
	Rows    [][]string
	Note    string // shown under the last row
}

// Column is the head of a table column; Width is relative to the other columns' widths.
type Column struct {
	Title string
	Width float64
	Right bool // aligns right, for numbers
}

func (f Figures) texts(see func(string)) {
	for _, figure := range f {
		see(figure.Label)
		see(figure.Value)
		see(figure.Meaning)
	}
}

func (c Chart) texts(see func(string)) {
	see(c.Title)
	see(c.Meaning)
	for _, label := range c.Labels {
		see(label)
	}
	for _, series := range c.Series {
		see(series.Name)
		for _, note := range series.Notes {
			see(note)
		}
	}
}

func (t Table) texts(see func(string)) {
	see(t.Title)
	see(t.Meaning)
	see(t.Note)
	for _, column := range t.Columns {
		see(column.Title)
	}
	for _, row := range t.Rows {
		for _, cell := range row {
			see(cell)
		}
	}
}

func (d Document) texts(see func(string)) {
	see(d.Title)
	see(d.Board)
	for _, fact := range d.Facts {
		see(fact.Label)
		see(fact.Value)
	}
	for _, section := range d.Sections {
		section.texts(see)
	}
}
