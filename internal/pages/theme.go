package pages

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"github.com/pocketbase/pocketbase/core"
)

// pocketBaseAccent is the colour of an admin UI where nobody has chosen one: then the pages keep their own.
const pocketBaseAccent = "#1055c9"

// Theme appends the board's accent colour to the style sheet base.css, in shades that can be read in the light and in the dark.
func Theme(app core.App) func(sheet []byte) []byte {
	return func(sheet []byte) []byte {
		accent, ok := parseColour(app.Settings().Meta.AccentColor)
		if sheet == nil || !ok || app.Settings().Meta.AccentColor == pocketBaseAccent {
			return sheet
		}
		light, dark := shadesOf(accent, false), shadesOf(accent, true)
		pair := func(a, b color.RGBA) string { return "light-dark(" + hex(a) + ", " + hex(b) + ")" }
		return fmt.Appendf(sheet, "\n:root { --accent: %s; --accent-hover: %s; --on-accent: %s; --accent-text: %s; }\n",
			pair(light.fill, dark.fill), pair(light.hover, dark.hover), pair(light.on, dark.on), pair(light.text, dark.text))
	}
}

// The grounds on which the accent stands, as in base.css, and what contrast WCAG 2.2 wants of texts (1.4.3); a little above it.
var (
	lightPage   = color.RGBA{0xef, 0xed, 0xe7, 0xff} // the darkest of the light grounds
	darkPage    = color.RGBA{0x2c, 0x32, 0x2f, 0xff} // the lightest of the dark ones
	white       = color.RGBA{0xff, 0xff, 0xff, 0xff}
	black       = color.RGBA{0x0b, 0x10, 0x0e, 0xff}
	textMinimum = 4.7
)

type shades struct{ fill, hover, on, text color.RGBA }

// shadesOf makes a colour darker on light grounds, or lighter on dark ones, until it can be read there.
func shadesOf(accent color.RGBA, dark bool) shades {
	ground, towards := lightPage, black
	if dark {
		ground, towards = darkPage, white
	}
	text := accent
	for step := 0; step < 40 && contrast(text, ground) < textMinimum; step++ {
		text = mix(text, towards, 0.08)
	}
	s := shades{fill: text, text: text, on: white}
	if contrast(text, white) < contrast(text, black) {
		s.on = black
	}
	s.hover = mix(text, towards, 0.15)
	return s
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func mix(a, b color.RGBA, share float64) color.RGBA {
	blend := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-share) + float64(y)*share)) }
	return color.RGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 0xff}
}

func parseColour(text string) (color.RGBA, bool) {
	if len(text) != 7 || text[0] != '#' {
		return color.RGBA{}, false
	}
	value, err := strconv.ParseUint(text[1:], 16, 32)
	return color.RGBA{uint8(value >> 16), uint8(value >> 8), uint8(value), 0xff}, err == nil
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
