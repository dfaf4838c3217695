// Package pdf lays out figures, charts and tables as an A4 PDF with vector charts and names in any script its fonts know.
package pdf

import "time"

// Document is what is printed, from top to bottom.
type Document struct {
	Title    string
	Board    string // who publishes it; shown on the cover line and in the footer
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

// Figures are key figures in boxes, each with the sentence that defines it.
type Figures []Figure

// Figure is one key figure. Value is ready to read, with its unit.
type Figure struct{ Label, Value, Meaning string }

// Shape says how a Chart draws its series.
type Shape int

// Columns stand side by side over time, Lines run through the points, Bars lie and carry their label and value.
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

// Series is one coloured line or set of columns. Notes, if there are any, stand behind the values of Bars.
type Series struct {
	Name   string
	Values []float64
	Notes  []string
}

// Table breaks over pages and repeats its head on each.
type Table struct {
	Title   string
	Meaning string
	Columns []Column
	Rows    [][]string
	Note    string // stands under the last row
}

// Column is the head of a table column; Width is its share of the line in relation to the other columns' widths.
type Column struct {
	Title string
	Width float64
	Right bool // numbers stand right
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
