package fonts

import (
	"image"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/math/fixed"
)

// The bitmap font: Chinese, Japanese, Korean and characters of many scripts.
const (
	PixelEm     = 12 // pixels to the em
	PixelAscent = 11 // pixels above the base line
)

// PixelGlyph returns the runs of black pixels of a character, with y counted down from the ascent, and its advance in pixels. ok
// reports whether the bitmap font has the character; it has none outside the Basic Multilingual Plane.
func PixelGlyph(r rune) (runs []image.Rectangle, advance int, ok bool) {
	if r > 0xffff {
		return nil, 0, false
	}
	_, mask, _, adv, ok := bitmapfont.Face.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return nil, 0, false
	}
	box := mask.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			start := x
			for x < box.Max.X && black(mask, x, y) {
				x++
			}
			if x > start {
				runs = append(runs, image.Rect(start-box.Min.X, y-box.Min.Y, x-box.Min.X, y-box.Min.Y+1))
			}
		}
	}
	return runs, adv.Round(), len(runs) > 0
}

func black(mask image.Image, x, y int) bool {
	_, _, _, alpha := mask.At(x, y).RGBA()
	return alpha > 0
}

// PixelAdvance returns a character's advance in pixels, without looking at its glyph.
func PixelAdvance(r rune) int {
	advance, _ := bitmapfont.Face.GlyphAdvance(r)
	return advance.Round()
}
