package socialimage

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"jobboard/internal/bidi"
	"jobboard/internal/fonts"
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

// painter writes texts on a picture. It is used by one goroutine.
type painter struct {
	picture *image.RGBA
	faces   map[faceKey]font.Face
}

func (p *painter) face(key faceKey) font.Face {
	if face := p.faces[key]; face != nil {
		return face
	}
	face, err := opentype.NewFace(fonts.Outline(key.bold), &opentype.FaceOptions{Size: key.size, DPI: 72, Hinting: font.HintingNone})
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
	index, err := fonts.Outline(bold).GlyphIndex(nil, r)
	return err == nil && index != 0
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
	return fixed.Int26_6(float64(fixed.I(fonts.PixelAdvance(r))) * s.size / fonts.PixelEm)
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
		return image.Pt(int(float64(at.X)*s.size/fonts.PixelEm), int(float64(at.Y)*s.size/fonts.PixelEm)).Add(origin)
	}
	runs, _, _ := fonts.PixelGlyph(r)
	for _, run := range runs {
		run = run.Sub(image.Pt(0, fonts.PixelEm)) // they stand on the base line
		fill(p.picture, image.Rectangle{Min: grow(run.Min), Max: grow(run.Max)}, s.colour)
	}
}

// legible makes one line of a text, with what no font has in Latin letters. What can't be written that way, such as most emoji, is
// left out.
func legible(text string) string {
	letters := []rune(norm.NFC.String(text))
	text = fonts.Transliterate(string(letters[:min(len(letters), mostLetters)]), knows)
	return strings.Join(strings.Fields(strings.ReplaceAll(text, string(fonts.MissingGlyph), "")), " ")
}

// knows reports whether a font has a character.
func knows(r rune) bool {
	if has(false, r) {
		return true
	}
	_, _, ok := fonts.PixelGlyph(r)
	return ok
}
