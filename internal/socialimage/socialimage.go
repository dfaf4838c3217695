// Package socialimage draws the picture that is shown where somebody shares a link to a job: 1200×630 pixels, the size that Open
// Graph readers expect, with the job's title, company and place in the board's colour.
package socialimage

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"jobboard/internal/bidi"
)

// The picture's size in pixels.
const (
	Width  = 1200
	Height = 630
)

// Card is what a picture says. Texts are of any length and in any script; what no font has the letters of is written in Latin ones
// or left out.
type Card struct {
	Title, Company, Place, Board string
	Accent, OnAccent             color.RGBA // a ground and the colour of texts on it
}

var (
	paper = color.RGBA{0xfb, 0xfa, 0xf7, 0xff}
	ink   = color.RGBA{0x1b, 0x1f, 0x1d, 0xff}
	muted = color.RGBA{0x5a, 0x62, 0x5d, 0xff}
)

const (
	margin     = 80
	bandHeight = 104
	textWidth  = Width - 2*margin
)

// titleSizes are tried in turn until the title fits into its lines; the last one ends it with an ellipsis.
var titleSizes = []struct {
	size  float64
	lines int
}{{76, 2}, {64, 3}, {52, 4}}

// mostLetters is how much of a text is looked at: no picture has room for more.
const mostLetters = 300

// Draw draws a card as a PNG, which takes some 25 ms of CPU: whoever lets strangers ask for pictures bounds how many are drawn at a time.
func Draw(card Card) ([]byte, error) {
	picture := image.NewRGBA(image.Rect(0, 0, Width, Height))
	fill(picture, picture.Bounds(), paper)
	fill(picture, image.Rect(0, 0, Width, bandHeight), card.Accent)
	p := &painter{picture: picture}

	board := legible(card.Board)
	p.write(margin, 68, style{bold: true, size: 38, colour: card.OnAccent}, p.fit(style{bold: true, size: 38}, textWidth, board))

	title, company, place := legible(card.Title), legible(card.Company), legible(card.Place)
	if title == "" {
		title = board
	}
	y := p.title(title)
	foot := Height - 64
	if place != "" {
		p.write(margin, float64(foot), style{size: 34, colour: muted}, p.fit(style{size: 34}, textWidth, place))
		foot -= 56
	}
	if company != "" {
		p.write(margin, float64(foot), style{bold: true, size: 42, colour: ink}, p.fit(style{bold: true, size: 42}, textWidth, company))
		foot -= 64
	}
	if line := (y + float64(foot)) / 2; line > y { // a stroke between the title and who offers the job
		fill(picture, image.Rect(margin, int(line)-4, margin+96, int(line)+4), card.Accent)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := encoder.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}

// title writes the title as large as it fits, and returns where it ends.
func (p *painter) title(text string) float64 {
	for i, try := range titleSizes {
		s := style{bold: true, size: try.size, colour: ink}
		lines, fits := p.wrap(s, textWidth, try.lines, text)
		if !fits && i < len(titleSizes)-1 {
			continue
		}
		y := bandHeight + 36 + try.size
		for _, line := range lines {
			x := float64(margin)
			if startsRightToLeft(text) {
				x = Width - margin - p.width(s, bidi.LeftToRight(line))
			}
			p.write(x, y, s, line)
			y += try.size * 1.16
		}
		return y - try.size*1.16 + try.size/3
	}
	return bandHeight
}

// wrap breaks a text into lines at spaces, and inside words that are wider than a line. fits is false where it was cut.
func (p *painter) wrap(s style, width float64, most int, text string) (lines []string, fits bool) {
	line := ""
	add := func(piece, joint string) {
		if line != "" && p.width(s, line+joint+piece) > width {
			lines, line = append(lines, line), piece
			return
		}
		if line != "" {
			piece = joint + piece
		}
		line += piece
	}
	for word := range strings.FieldsSeq(text) {
		if p.width(s, word) <= width {
			add(word, " ")
			continue
		}
		joint := " "
		for _, r := range word {
			add(string(r), joint)
			joint = ""
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) <= most {
		return lines, true
	}
	lines = lines[:most]
	lines[most-1] = p.fit(s, width, lines[most-1]+"…")
	return lines, false
}

// fit shortens a line until it fits.
func (p *painter) fit(s style, width float64, line string) string {
	if p.width(s, line) <= width {
		return line
	}
	letters := []rune(strings.TrimSuffix(line, "…"))
	for len(letters) > 0 && p.width(s, string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimSpace(string(letters)) + "…"
}

func startsRightToLeft(text string) bool {
	for _, r := range text {
		if bidi.IsRightToLeft(r) {
			return true
		}
		if r >= 'A' {
			return false
		}
	}
	return false
}

func fill(picture draw.Image, where image.Rectangle, colour color.RGBA) {
	draw.Draw(picture, where, image.NewUniform(colour), image.Point{}, draw.Src)
}
