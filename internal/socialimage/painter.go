package socialimage

import (
	"image"
	"image/color"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"github.com/gosimple/unidecode"
	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"jobboard/internal/bidi"
)

// style is how a text is written. size is in pixels.
type style struct {
	bold   bool
	size   float64
	colour color.RGBA
}

// faceKey is a font at a size.
type faceKey struct {
	bold bool
	size float64
}

// outlines are DejaVu Sans and DejaVu Sans Bold: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and more. Chinese,
// Japanese and Korean come from a bitmap font of 12 pixels, in steps like those of its pixels.
var outlines = sync.OnceValue(func() map[bool]*opentype.Font {
	fonts := map[bool]*opentype.Font{}
	for bold, data := range map[bool][]byte{false: dejavusans.TTF, true: dejavusansbold.TTF} {
		parsed, err := opentype.Parse(data)
		if err != nil {
			panic("socialimage: an embedded font is damaged: " + err.Error())
		}
		fonts[bold] = parsed
	}
	return fonts
})

const pixelEm = 12 // of the bitmap font

// painter writes texts on a picture. It is used by one goroutine.
type painter struct {
	picture *image.RGBA
	faces   map[faceKey]font.Face
}

func (p *painter) face(key faceKey) font.Face {
	if face := p.faces[key]; face != nil {
		return face
	}
	face, err := opentype.NewFace(outlines()[key.bold], &opentype.FaceOptions{Size: key.size, DPI: 72, Hinting: font.HintingNone})
	if err != nil { // the sizes are constants
		panic("socialimage: " + err.Error())
	}
	if p.faces == nil {
		p.faces = map[faceKey]font.Face{}
	}
	p.faces[key] = face
	return face
}

// faceOf finds the face that has a character: the wanted one, else the regular one; nil for the bitmap font.
func (p *painter) faceOf(s style, r rune) font.Face {
	for _, bold := range []bool{s.bold, false} {
		if has(bold, r) {
			return p.face(faceKey{bold, s.size})
		}
	}
	return nil
}

func has(bold bool, r rune) bool {
	index, err := outlines()[bold].GlyphIndex(nil, r)
	return err == nil && index != 0
}

// pixels are those of a character of the bitmap font, counted from its base line; none where the font lacks it.
func pixels(r rune) []image.Point {
	box, mask, _, _, ok := bitmapfont.Face.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return nil
	}
	var list []image.Point
	from := mask.Bounds()
	for y := from.Min.Y; y < from.Max.Y; y++ {
		for x := from.Min.X; x < from.Max.X; x++ {
			if _, _, _, alpha := mask.At(x, y).RGBA(); alpha > 0 {
				list = append(list, image.Pt(x, y).Sub(from.Min).Add(box.Min))
			}
		}
	}
	return list
}

// width measures a line as it is seen.
func (p *painter) width(s style, line string) float64 {
	var sum fixed.Int26_6
	for _, r := range line {
		sum += p.advance(s, r)
	}
	return float64(sum) / 64
}

func (p *painter) advance(s style, r rune) fixed.Int26_6 {
	if face := p.faceOf(s, r); face != nil {
		advance, _ := face.GlyphAdvance(r)
		return advance
	}
	advance, _ := bitmapfont.Face.GlyphAdvance(r)
	return fixed.Int26_6(float64(advance) * s.size / pixelEm)
}

// write writes a line with its base line at y.
func (p *painter) write(x, y float64, s style, line string) {
	dot := fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	for _, r := range bidi.LeftToRight(line) {
		if face := p.faceOf(s, r); face != nil {
			d := font.Drawer{Dst: p.picture, Src: image.NewUniform(s.colour), Face: face, Dot: dot}
			d.DrawString(string(r))
		} else {
			p.writePixels(dot, s, r)
		}
		dot.X += p.advance(s, r)
	}
}

// writePixels writes a character of the bitmap font, enlarged: each of its pixels becomes a square.
func (p *painter) writePixels(dot fixed.Point26_6, s style, r rune) {
	origin := image.Pt(dot.X.Round(), dot.Y.Round())
	grow := func(at image.Point) image.Point {
		return image.Pt(int(float64(at.X)*s.size/pixelEm), int(float64(at.Y)*s.size/pixelEm)).Add(origin)
	}
	for _, at := range pixels(r) {
		fill(p.picture, image.Rectangle{Min: grow(at), Max: grow(at.Add(image.Pt(1, 1)))}, s.colour)
	}
}

// legible composes accents, makes one line of a text, and writes in Latin letters what no font has. What can't be written that way,
// such as most emoji, is left out.
func legible(text string) string {
	var out strings.Builder
	letters := 0
	for _, r := range norm.NFC.String(text) {
		if letters++; letters > mostLetters {
			break
		}
		switch {
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r), r == unicode.ReplacementChar:
		case has(false, r), len(pixels(r)) > 0:
			out.WriteRune(r)
		case !unicode.IsMark(r):
			out.WriteString(strings.ReplaceAll(unidecode.Unidecode(string(r)), "[?]", ""))
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
