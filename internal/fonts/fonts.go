// Package fonts is what the board writes with where it sets text itself, in PDF reports and in the pictures of jobs: DejaVu Sans, a
// bitmap font for what that lacks (pixel.go), and Latin letters for the rest (transliterate.go).
package fonts

import (
	"sync"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font/sfnt"
)

var outlines = sync.OnceValue(func() map[bool]*sfnt.Font {
	parsed := map[bool]*sfnt.Font{}
	for bold, data := range map[bool][]byte{false: dejavusans.TTF, true: dejavusansbold.TTF} {
		outline, err := sfnt.Parse(data)
		if err != nil {
			panic("fonts: an embedded font is damaged: " + err.Error())
		}
		parsed[bold] = outline
	}
	return parsed
})

// Outline returns DejaVu Sans or DejaVu Sans Bold: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and more.
func Outline(bold bool) *sfnt.Font { return outlines()[bold] }
