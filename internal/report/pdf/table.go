package pdf

import "strings"

// rowLines is how many lines a cell has at most before it is cut off with an ellipsis.
const rowLines = 3

const (
	cellSize   = 8.0 // points
	cellLine   = 3.7 // millimetres
	cellMargin = 1.4
)

func (t Table) draw(p *page) {
	widths := t.widths(p)
	head := t.cells(p, bold, widths, t.titles())
	p.heading(t.Title, t.Meaning, head.height+3*cellLine)
	t.drawHead(p, widths, head)
	for i, cells := range t.Rows {
		row := t.cells(p, plain, widths, cells)
		if p.y+row.height > bottom {
			p.addPage()
			t.drawHead(p, widths, head)
		}
		if i%2 == 1 {
			p.fill(shade)
			p.pdf.Rect(margin, p.y, lineWidth, row.height, "F")
		}
		t.drawRow(p, plain, widths, row)
	}
	if len(t.Rows) == 0 {
		p.remark(emptyText)
	}
	if t.Note != "" {
		p.remark(t.Note)
	}
	p.y += 7
}

// emptyText is shown in place of an empty chart or table.
const emptyText = "Nothing in this period."

// remark writes one small line.
func (p *page) remark(text string) {
	p.room(6)
	p.ink(grey)
	p.text.set(margin+cellMargin, p.y+4, plain, cellSize, p.text.lines(plain, cellSize, lineWidth-2*cellMargin, 1, text)[0])
	p.y += 5
}

func (t Table) titles() []string {
	titles := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		titles[i] = column.Title
	}
	return titles
}

// widths divides the line by the columns' widths, but gives each column at least the width of the longest word of its head.
func (t Table) widths(p *page) []float64 {
	widths := make([]float64, len(t.Columns))
	fixed := make([]bool, len(t.Columns))
	for settled := false; !settled; {
		settled = true
		room, shares := lineWidth, 0.0
		for i, column := range t.Columns {
			if fixed[i] {
				room -= widths[i]
			} else {
				shares += column.Width
			}
		}
		for i, column := range t.Columns {
			if fixed[i] {
				continue
			}
			widths[i] = room * column.Width / shares
			for _, word := range strings.Fields(column.Title) {
				if least := p.text.width(bold, cellSize, word) + 2*cellMargin + 0.1; least > widths[i] {
					widths[i], fixed[i], settled = least, true, false
				}
			}
		}
	}
	return widths
}

// wrappedRow is a row whose cells are wrapped into lines.
type wrappedRow struct {
	cells  [][]string
	height float64
}

func (t Table) cells(p *page, f face, widths []float64, cells []string) wrappedRow {
	row := wrappedRow{cells: make([][]string, len(t.Columns))}
	most := 1
	for i := range t.Columns {
		if i < len(cells) {
			row.cells[i] = p.text.lines(f, cellSize, widths[i]-2*cellMargin, rowLines, cells[i])
		}
		most = max(most, len(row.cells[i]))
	}
	row.height = float64(most)*cellLine + 1.8
	return row
}

func (t Table) drawHead(p *page, widths []float64, head wrappedRow) {
	t.drawRow(p, bold, widths, head)
	p.stroke(grey, 0.3)
	p.pdf.Line(margin, p.y, pageWidth-margin, p.y)
}

func (t Table) drawRow(p *page, f face, widths []float64, row wrappedRow) {
	p.ink(ink)
	x := margin
	for i, lines := range row.cells {
		for n, line := range lines {
			left := x + cellMargin
			if t.Columns[i].Right {
				left = x + widths[i] - cellMargin - p.text.width(f, cellSize, line)
			}
			p.text.set(left, p.y+3.7+cellLine*float64(n), f, cellSize, line)
		}
		x += widths[i]
	}
	p.y += row.height
}
