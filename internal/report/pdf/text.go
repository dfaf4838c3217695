package pdf

import (
	"strings"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"jobboard/internal/bidi"
	"jobboard/internal/fonts"
)

// face is one of the available fonts.
type face int

const (
	plain face = iota // DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and more
	bold              // DejaVu Sans Bold
	pixel             // the bitmap font, see pixelfont.go
)

var familyOf = [...]string{plain: "dejavu", bold: "dejavu", pixel: "pixel"}
var styleOf = [...]string{plain: "", bold: "B", pixel: ""}

// typesetter picks the face of each character, measures text and draws it.
type typesetter struct {
	pdf     *fpdf.Fpdf
	buffer  sfnt.Buffer
	widths  [3]map[rune]float64 // advance in ems; negative where the face lacks the character
	current struct {
		face face
		size float64
	}
}

// newTypesetter loads the fonts; all must pass every text of the document to see.
func newTypesetter(out *fpdf.Fpdf, all func(see func(string))) *typesetter {
	t := &typesetter{pdf: out}
	for i := range t.widths {
		t.widths[i] = map[rune]float64{}
	}
	out.AddUTF8FontFromBytes("dejavu", "", dejavusans.TTF)
	out.AddUTF8FontFromBytes("dejavu", "B", dejavusansbold.TTF)
	var missing []rune
	seen := map[rune]bool{}
	all(func(text string) {
		for _, r := range t.visual(text) {
			if !seen[r] {
				seen[r] = true
				if use, _, _ := t.faceFor(plain, r); use == pixel {
					missing = append(missing, r)
				}
			}
		}
	})
	if len(missing) > 0 {
		out.AddUTF8FontFromBytes("pixel", "", pixelTTF(missing))
	}
	return t
}

// visual returns text in visual order and with contextual letter forms: right-to-left scripts reversed, Arabic letters joined.
func (t *typesetter) visual(text string) string {
	return bidi.LeftToRight(fonts.Transliterate(text, t.knows))
}

// knows reports whether any font has the character.
func (t *typesetter) knows(r rune) bool { return t.advance(plain, r) >= 0 || t.advance(pixel, r) >= 0 }

// faceFor returns the face for a character, preferably the wanted one, the character to show (fonts.MissingGlyph if no face has it) and its
// advance in ems.
func (t *typesetter) faceFor(want face, r rune) (face, rune, float64) {
	for _, f := range [...]face{want, plain, pixel} {
		if width := t.advance(f, r); width >= 0 {
			return f, r, width
		}
	}
	return want, fonts.MissingGlyph, t.advance(want, fonts.MissingGlyph)
}

func (t *typesetter) advance(f face, r rune) float64 {
	if width, known := t.widths[f][r]; known {
		return width
	}
	width := -1.0
	switch {
	case r > 0xffff: // fpdf supports two-byte characters only
	case f == pixel:
		if _, advance, ok := fonts.PixelGlyph(r); ok {
			width = float64(advance) / fonts.PixelEm
		}
	default:
		outline := fonts.Outline(f == bold)
		if index, err := outline.GlyphIndex(&t.buffer, r); err == nil && index != 0 {
			if advance, err := outline.GlyphAdvance(&t.buffer, index, fixed.I(1000), font.HintingNone); err == nil {
				width = float64(advance) / 64 / 1000
			}
		}
	}
	t.widths[f][r] = width
	return width
}

// run is text in one face.
type run struct {
	face  face
	text  string
	width float64 // ems
}

func (t *typesetter) runs(want face, text string) []run {
	var runs []run
	start, width, current := 0, 0.0, face(-1)
	var shown strings.Builder
	for _, r := range t.visual(text) {
		use, r, advance := t.faceFor(want, r)
		if use != current {
			if shown.Len() > start {
				runs = append(runs, run{current, shown.String()[start:], width})
			}
			start, width, current = shown.Len(), 0, use
		}
		shown.WriteRune(r)
		width += advance
	}
	if shown.Len() > start {
		runs = append(runs, run{current, shown.String()[start:], width})
	}
	return runs
}

const millimetresPerPoint = 25.4 / 72

// width returns the width of text in millimetres at a size in points.
func (t *typesetter) width(want face, size float64, text string) float64 {
	var ems float64
	for _, r := range t.runs(want, text) {
		ems += r.width
	}
	return ems * size * millimetresPerPoint
}

// set draws text from x on the baseline y and returns where it ends; in millimetres, size in points.
func (t *typesetter) set(x, y float64, want face, size float64, text string) float64 {
	for _, r := range t.runs(want, text) {
		if t.current.face != r.face || t.current.size != size {
			t.pdf.SetFont(familyOf[r.face], styleOf[r.face], size)
			t.current.face, t.current.size = r.face, size
		}
		t.pdf.Text(x, y, r.text)
		x += r.width * size * millimetresPerPoint
	}
	return x
}

// lines wraps text into at most limit lines of the given width in millimetres, at spaces if possible; what does not fit is cut off with
// an ellipsis.
func (t *typesetter) lines(want face, size, width float64, limit int, text string) []string {
	text = fonts.Transliterate(text, t.knows)
	if t.width(want, size, text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		joined := strings.TrimPrefix(line+" "+word, " ")
		if t.width(want, size, joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		pieces := t.pieces(want, size, width, word)
		lines = append(lines, pieces[:len(pieces)-1]...)
		line = pieces[len(pieces)-1]
		if len(lines) > limit {
			break
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > limit {
		last := []rune(lines[limit-1])
		for len(last) > 0 && t.width(want, size, string(last)+"…") > width {
			last = last[:len(last)-1]
		}
		lines = append(lines[:limit-1], string(last)+"…")
	}
	return lines
}

// pieces splits a word that is wider than a line.
func (t *typesetter) pieces(want face, size, width float64, word string) []string {
	var pieces []string
	var piece strings.Builder
	filled := 0.0
	for _, r := range word {
		_, _, advance := t.faceFor(want, r)
		step := advance * size * millimetresPerPoint
		if filled+step > width && piece.Len() > 0 {
			pieces = append(pieces, piece.String())
			piece.Reset()
			filled = 0
		}
		piece.WriteRune(r)
		filled += step
	}
	return append(pieces, piece.String())
}
