package pdf

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-pdf/fpdf"

	"jobboard/internal/fonts"
)

// A4 portrait, in millimetres.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 16.0
	bottom                = pageHeight - 20.0
	lineWidth             = pageWidth - 2*margin
)

// color is red, green, blue from 0 to 255.
type color [3]int

var (
	ink      = color{26, 32, 44}
	grey     = color{95, 105, 120}
	hairline = color{214, 219, 226}
	shade    = color{243, 245, 248}
	accent   = color{29, 78, 216}
	palette  = [...]color{{29, 78, 216}, {217, 119, 6}, {5, 150, 105}, {190, 24, 93}, {109, 40, 217}, {71, 85, 105}}
)

// page is the current page; y is where the next item is drawn.
type page struct {
	pdf  *fpdf.Fpdf
	text *typesetter
	y    float64
}

// Write lays out the document and writes the PDF file.
func Write(w io.Writer, doc Document) error {
	out := fpdf.New("P", "mm", "A4", "")
	out.SetAutoPageBreak(false, 0)
	out.SetTitle(doc.Title, true)
	out.SetAuthor(doc.Board, true)
	out.SetCreator("jobboard", true)
	out.SetCreationDate(doc.Made)
	out.SetModificationDate(doc.Made)
	out.SetCatalogSort(true) // the same document has the same bytes
	out.SetLang("en")
	out.AliasNbPages("{pages}")
	texts := newTypesetter(out, func(see func(string)) {
		see(string(fonts.MissingGlyph) + "…")
		doc.texts(see)
	})
	p := &page{pdf: out, text: texts}
	out.SetFooterFunc(func() { p.footer(doc) })
	p.addPage()
	p.cover(doc)
	for _, section := range doc.Sections {
		section.draw(p)
	}
	if err := out.Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

func (p *page) addPage() {
	p.pdf.AddPage()
	p.text.current.size = 0 // a new page has no font
	p.y = margin
}

// room starts a new page if less than height is left on this one.
func (p *page) room(height float64) {
	if p.y+height > bottom {
		p.addPage()
	}
}

func (p *page) footer(doc Document) {
	y := pageHeight - 11
	p.stroke(hairline, 0.2)
	p.pdf.Line(margin, y-4, pageWidth-margin, y-4)
	p.ink(grey)
	p.text.current.size = 0
	left := p.text.lines(plain, 7.5, lineWidth*0.75, 1, doc.Title+" · "+doc.Board)[0]
	p.text.set(margin, y, plain, 7.5, left)
	number := fmt.Sprintf("Page %d of {pages}", p.pdf.PageNo())
	p.pdf.SetFont(familyOf[plain], styleOf[plain], 7.5)
	width := p.text.width(plain, 7.5, strings.Replace(number, "{pages}", "00", 1))
	p.pdf.Text(pageWidth-margin-width, y, number)
	p.text.current.size = 0
}

func (p *page) cover(doc Document) {
	p.fill(accent)
	p.pdf.Rect(margin, p.y, 12, 1.4, "F")
	p.y += 6
	p.ink(grey)
	p.text.set(margin, p.y+2, plain, 9, doc.Board)
	p.y += 6
	p.ink(ink)
	for _, line := range p.text.lines(bold, 20, lineWidth, 3, doc.Title) {
		p.y += 9
		p.text.set(margin, p.y-2, bold, 20, line)
	}
	p.y += 3
	facts := append([]Fact{}, doc.Facts...)
	facts = append(facts, Fact{"Generated", doc.Made.UTC().Format("2 January 2006, 15:04 UTC")})
	for _, fact := range facts {
		p.ink(grey)
		p.text.set(margin, p.y+3, plain, 9, fact.Label)
		p.ink(ink)
		for _, line := range p.text.lines(plain, 9, lineWidth-30, 4, fact.Value) {
			p.text.set(margin+30, p.y+3, plain, 9, line)
			p.y += 4.6
		}
	}
	p.y += 3
	p.stroke(hairline, 0.3)
	p.pdf.Line(margin, p.y, pageWidth-margin, p.y)
	p.y += 6
}

// heading draws a section's title and its sentence, on a page with at least room millimetres left below them.
func (p *page) heading(title, meaning string, room float64) {
	lines := p.text.lines(plain, 8, lineWidth, 4, meaning)
	if meaning == "" {
		lines = nil
	}
	p.room(8 + 4*float64(len(lines)) + room)
	p.ink(ink)
	p.text.set(margin, p.y+4, bold, 12, p.text.lines(bold, 12, lineWidth, 1, title)[0])
	p.y += 7.5
	p.ink(grey)
	for _, line := range lines {
		p.text.set(margin, p.y+2, plain, 8, line)
		p.y += 4
	}
	p.y += 2
}

func (f Figures) draw(p *page) {
	const columns, gap, pad = 3, 4.0, 3.0
	width := (lineWidth - gap*(columns-1)) / columns
	for start := 0; start < len(f); start += columns {
		row := f[start:min(start+columns, len(f))]
		height := 0.0
		meanings := make([][]string, len(row))
		for i, figure := range row {
			meanings[i] = p.text.lines(plain, 7, width-2*pad, 8, figure.Meaning)
			height = max(height, 17.5+3.3*float64(len(meanings[i])))
		}
		p.room(height)
		for i, figure := range row {
			x := margin + float64(i)*(width+gap)
			p.fill(shade)
			p.pdf.Rect(x, p.y, width, height, "F")
			p.ink(grey)
			p.text.set(x+pad, p.y+5.2, plain, 8, p.text.lines(plain, 8, width-2*pad, 1, figure.Label)[0])
			p.ink(ink)
			p.text.set(x+pad, p.y+12.3, bold, 15, p.text.lines(bold, 15, width-2*pad, 1, figure.Value)[0])
			p.ink(grey)
			for n, line := range meanings[i] {
				p.text.set(x+pad, p.y+17+3.3*float64(n), plain, 7, line)
			}
		}
		p.y += height + gap
	}
	p.y += 3
}

func (p *page) ink(c color)  { p.pdf.SetTextColor(c[0], c[1], c[2]) }
func (p *page) fill(c color) { p.pdf.SetFillColor(c[0], c[1], c[2]) }
func (p *page) stroke(c color, width float64) {
	p.pdf.SetDrawColor(c[0], c[1], c[2])
	p.pdf.SetLineWidth(width)
}
