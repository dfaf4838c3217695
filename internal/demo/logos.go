package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/pocketbase/pocketbase/tools/filesystem"
	"golang.org/x/image/vector"
)

const logoSize = 256 // pixels

// palette is a ground with two colours that stand out on it.
type palette struct{ ground, first, second color.NRGBA }

var palettes = []palette{
	{rgb(0xf4efe4), rgb(0x0d6b58), rgb(0xe3a857)}, {rgb(0x1f3a5f), rgb(0xf2c14e), rgb(0x7fb7be)},
	{rgb(0xfde8e0), rgb(0xc8553d), rgb(0x588b8b)}, {rgb(0x2d2a4a), rgb(0xf7b267), rgb(0xf25c54)},
	{rgb(0xe6f1ea), rgb(0x386641), rgb(0xa7c957)}, {rgb(0x0b3c49), rgb(0xf9a620), rgb(0xe8f1f2)},
	{rgb(0xefe6f7), rgb(0x5b3e96), rgb(0xd782ba)}, {rgb(0x7a2e3a), rgb(0xf6e7cb), rgb(0xe0a458)},
	{rgb(0xe4eef8), rgb(0x1d5fa8), rgb(0xf08a4b)}, {rgb(0x22302b), rgb(0x8fd694), rgb(0xf4d35e)},
	{rgb(0xfff4d6), rgb(0x9a3412), rgb(0x2f6f73)},
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// marks are the shapes of the logos; each draws with two colours.
var marks = []func(c *canvas){
	func(c *canvas) { c.disc(0.5, 0.5, 0.3, c.first); c.disc(0.62, 0.4, 0.2, c.ground) }, // a moon
	func(c *canvas) { c.petals(5, c.first); c.disc(0.5, 0.5, 0.1, c.second) },            // a flower
	func(c *canvas) {
		c.shape(c.first, 0.12, 0.76, 0.42, 0.24, 0.72, 0.76)
		c.shape(c.second, 0.5, 0.76, 0.7, 0.42, 0.9, 0.76)
	}, // mountains
	func(c *canvas) { c.polygon(6, 0.34, math.Pi/6, c.first); c.polygon(6, 0.17, 0, c.second) }, // a honeycomb
	func(c *canvas) { // stairs
		for i := range 3 {
			x, colour := 0.2+0.21*float64(i), c.first
			if i == 1 {
				colour = c.second
			}
			c.box(x, 0.62-0.17*float64(i), x+0.18, 0.8, colour)
		}
	},
	func(c *canvas) { c.disc(0.4, 0.5, 0.24, c.first); c.disc(0.66, 0.5, 0.16, c.second) }, // two that meet
	func(c *canvas) {
		c.shape(c.first, 0.2, 0.24, 0.52, 0.5, 0.2, 0.76)
		c.shape(c.second, 0.48, 0.24, 0.8, 0.5, 0.48, 0.76)
	}, // forwards
	func(c *canvas) {
		c.disc(0.5, 0.5, 0.34, c.first)
		c.disc(0.5, 0.5, 0.22, c.ground)
		c.disc(0.5, 0.5, 0.12, c.second)
	}, // a target
	func(c *canvas) { c.petals(3, c.first); c.petals(3, c.second, math.Pi) }, // a windmill
	func(c *canvas) { // dots
		for i := range 9 {
			colour := c.first
			if i%4 == 2 {
				colour = c.second
			}
			c.disc(0.26+0.24*float64(i%3), 0.26+0.24*float64(i/3), 0.085, colour)
		}
	},
	func(c *canvas) {
		c.polygon(4, 0.36, 0, c.first)
		c.polygon(4, 0.18, 0, c.ground)
		c.disc(0.5, 0.5, 0.08, c.second)
	}, // a diamond
	func(c *canvas) {
		c.box(0.22, 0.22, 0.48, 0.78, c.first)
		c.disc(0.62, 0.36, 0.14, c.second)
		c.box(0.54, 0.54, 0.78, 0.78, c.first)
	}, // blocks
	func(c *canvas) { c.disc(0.5, 0.42, 0.2, c.second); c.shape(c.first, 0.14, 0.8, 0.5, 0.46, 0.86, 0.8) }, // a sunrise
}

// logo draws the logo of the nth company: a PNG of logoSize by logoSize pixels.
func logo(n int) (*filesystem.File, error) {
	c := &canvas{palette: palettes[(n*7)%len(palettes)], picture: image.NewNRGBA(image.Rect(0, 0, logoSize, logoSize))}
	c.box(0, 0, 1, 1, c.ground)
	marks[(n*5)%len(marks)](c)
	var out bytes.Buffer
	if err := png.Encode(&out, c.picture); err != nil {
		return nil, fmt.Errorf("draw a logo: %w", err)
	}
	file, err := filesystem.NewFileFromBytes(out.Bytes(), "logo.png")
	if err != nil {
		return nil, fmt.Errorf("keep a logo: %w", err)
	}
	return file, nil
}

// canvas is a picture from 0 to 1 in both directions.
type canvas struct {
	palette
	picture *image.NRGBA
}

func (c *canvas) fill(colour color.NRGBA, draw func(path *vector.Rasterizer)) {
	path := vector.NewRasterizer(logoSize, logoSize)
	draw(path)
	path.ClosePath()
	path.Draw(c.picture, c.picture.Bounds(), image.NewUniform(colour), image.Point{})
}

// shape fills what lies between points: x, y, x, y.
func (c *canvas) shape(colour color.NRGBA, points ...float64) {
	c.fill(colour, func(path *vector.Rasterizer) {
		path.MoveTo(at(points[0]), at(points[1]))
		for i := 2; i+1 < len(points); i += 2 {
			path.LineTo(at(points[i]), at(points[i+1]))
		}
	})
}

func (c *canvas) box(left, top, right, bottom float64, colour color.NRGBA) {
	c.shape(colour, left, top, right, top, right, bottom, left, bottom)
}

func (c *canvas) polygon(corners int, radius, turn float64, colour color.NRGBA) {
	var points []float64
	for i := range corners {
		angle := turn + 2*math.Pi*float64(i)/float64(corners)
		points = append(points, 0.5+radius*math.Cos(angle), 0.5+radius*math.Sin(angle))
	}
	c.shape(colour, points...)
}

func (c *canvas) disc(x, y, radius float64, colour color.NRGBA) {
	const bend = 0.5523 // of four curves that make a circle
	r, k := radius, radius*bend
	c.fill(colour, func(path *vector.Rasterizer) {
		path.MoveTo(at(x+r), at(y))
		path.CubeTo(at(x+r), at(y+k), at(x+k), at(y+r), at(x), at(y+r))
		path.CubeTo(at(x-k), at(y+r), at(x-r), at(y+k), at(x-r), at(y))
		path.CubeTo(at(x-r), at(y-k), at(x-k), at(y-r), at(x), at(y-r))
		path.CubeTo(at(x+k), at(y-r), at(x+r), at(y-k), at(x+r), at(y))
	})
}

// petals draws leaves around the middle.
func (c *canvas) petals(count int, colour color.NRGBA, turn ...float64) {
	for i := range count {
		angle := 2*math.Pi*float64(i)/float64(count) - math.Pi/2
		for _, more := range turn {
			angle += more
		}
		point := func(radius, aside float64) (x, y float32) {
			return at(0.5 + radius*math.Cos(angle+aside)), at(0.5 + radius*math.Sin(angle+aside))
		}
		c.fill(colour, func(path *vector.Rasterizer) {
			path.MoveTo(at(0.5), at(0.5))
			x1, y1 := point(0.24, 0.75)
			x2, y2 := point(0.36, 0)
			path.QuadTo(x1, y1, x2, y2)
			x1, y1 = point(0.24, -0.75)
			path.QuadTo(x1, y1, at(0.5), at(0.5))
		})
	}
}

func at(share float64) float32 { return float32(share * logoSize) }
