package pdf

import (
	"bytes"
	"encoding/binary"
	"image"
	"sort"

	"jobboard/internal/fonts"
)

// PDF needs outlines, so the glyphs of the bitmap font that a document shows become a small TrueType font: each run of pixels in a row
// is a rectangle.
// Table layouts: Apple TrueType Reference Manual, chapter 6; Microsoft OpenType 1.9.

const pixelUnit = 100 // font units to a pixel

// pixelTTF returns a TrueType font of the given runes, which must be in the Basic Multilingual Plane.
func pixelTTF(runes []rune) []byte {
	sort.Slice(runes, func(i, j int) bool { return runes[i] < runes[j] })
	var glyf, loca, hmtx bytes.Buffer
	maxPoints, maxContours := 0, 0
	add := func(runs []image.Rectangle, advance int) {
		put(&loca, uint32(glyf.Len()))
		put(&hmtx, uint16(advance*pixelUnit), int16(0))
		if len(runs) == 0 {
			return
		}
		writeOutline(&glyf, runs)
		maxContours = max(maxContours, len(runs))
		maxPoints = max(maxPoints, 4*len(runs))
	}
	add(nil, fonts.PixelEm/2) // glyph 0, "not defined"
	for _, r := range runes {
		runs, advance, _ := fonts.PixelGlyph(r)
		add(runs, advance)
	}
	put(&loca, uint32(glyf.Len()))
	glyphs := len(runes) + 1

	ascent, descent := int16(fonts.PixelAscent*pixelUnit), int16(-2*pixelUnit)
	em := int16(fonts.PixelEm * pixelUnit)
	tables := map[string][]byte{"glyf": glyf.Bytes(), "loca": loca.Bytes(), "hmtx": hmtx.Bytes(), "cmap": pixelCmap(runes)}
	tables["head"] = packed(uint32(0x00010000), uint32(0x00010000), uint32(0), uint32(0x5f0f3cf5), uint16(0), uint16(em),
		uint64(0), uint64(0), int16(0), descent, em, ascent, uint16(0), uint16(8), int16(2), int16(1), int16(0))
	tables["hhea"] = packed(uint32(0x00010000), ascent, descent, int16(0), uint16(em), int16(0), int16(0), em, int16(1), int16(0),
		int16(0), int16(0), int16(0), int16(0), int16(0), int16(0), uint16(glyphs))
	tables["maxp"] = packed(uint32(0x00010000), uint16(glyphs), uint16(maxPoints), uint16(maxContours), uint16(0), uint16(0),
		uint16(1), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0))
	tables["name"] = packed(uint16(0), uint16(0), uint16(6))
	tables["post"] = packed(uint32(0x00030000), uint32(0), int16(-100), int16(50), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0))
	tables["OS/2"] = packed(uint16(1), em/2, uint16(400), uint16(5), uint16(0), [10]int16{}, int16(0), [10]byte{}, [4]uint32{},
		[4]byte{'J', 'B', 'P', 'X'}, uint16(0x40), uint16(0), uint16(0xffff), ascent, descent, int16(0), uint16(ascent), uint16(-descent),
		[2]uint32{})
	return assemble(tables)
}

// writeOutline writes a simple glyph with a clockwise rectangle for each run.
func writeOutline(out *bytes.Buffer, runs []image.Rectangle) {
	box := runs[0]
	for _, run := range runs {
		box = box.Union(run)
	}
	up := func(y int) int16 { return int16((fonts.PixelAscent - y) * pixelUnit) }
	put(out, int16(len(runs)), int16(box.Min.X*pixelUnit), up(box.Max.Y), int16(box.Max.X*pixelUnit), up(box.Min.Y))
	for i := range runs {
		put(out, uint16(4*i+3))
	}
	put(out, uint16(0)) // no instructions
	out.Write(bytes.Repeat([]byte{1}, 4*len(runs)))
	var xs, ys bytes.Buffer
	var x, y int16
	for _, run := range runs {
		left, right := int16(run.Min.X*pixelUnit), int16(run.Max.X*pixelUnit)
		top, bottom := up(run.Min.Y), up(run.Max.Y)
		for _, corner := range [4][2]int16{{left, bottom}, {left, top}, {right, top}, {right, bottom}} {
			put(&xs, corner[0]-x)
			put(&ys, corner[1]-y)
			x, y = corner[0], corner[1]
		}
	}
	out.Write(xs.Bytes())
	out.Write(ys.Bytes())
	for out.Len()%4 != 0 {
		out.WriteByte(0)
	}
}

// pixelCmap returns a format 4 map with a segment for each rune: larger than necessary, but simple.
func pixelCmap(runes []rune) []byte {
	var ends, starts, deltas, offsets bytes.Buffer
	for i, r := range runes {
		put(&ends, uint16(r))
		put(&starts, uint16(r))
		put(&deltas, uint16(i+1-int(r)))
		put(&offsets, uint16(0))
	}
	put(&ends, uint16(0xffff))
	put(&starts, uint16(0xffff))
	put(&deltas, uint16(1))
	put(&offsets, uint16(0))
	segments := len(runes) + 1
	searchRange, selector := 1, 0
	for searchRange*2 <= segments {
		searchRange, selector = searchRange*2, selector+1
	}
	return packed(uint16(0), uint16(1), uint16(3), uint16(1), uint32(12),
		uint16(4), uint16(16+8*segments), uint16(0), uint16(2*segments), uint16(2*searchRange), uint16(selector),
		uint16(2*(segments-searchRange)), ends.Bytes(), uint16(0), starts.Bytes(), deltas.Bytes(), offsets.Bytes())
}

func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	sort.Strings(names)
	var out, body bytes.Buffer
	put(&out, uint32(0x00010000), uint16(len(names)), uint16(128), uint16(3), uint16(16*len(names)-128))
	for _, name := range names {
		data := tables[name]
		put(&out, []byte(name), checksum(data), uint32(12+16*len(names)+body.Len()), uint32(len(data)))
		body.Write(data)
		for body.Len()%4 != 0 {
			body.WriteByte(0)
		}
	}
	out.Write(body.Bytes())
	return out.Bytes()
}

func checksum(data []byte) uint32 {
	var sum uint32
	for i := 0; i < len(data); i += 4 {
		var word [4]byte
		copy(word[:], data[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}

// put writes fixed-size values in big-endian order; writing to a bytes.Buffer never fails.
func put(out *bytes.Buffer, values ...any) {
	for _, value := range values {
		if err := binary.Write(out, binary.BigEndian, value); err != nil {
			panic("pdf: not a fixed-size value: " + err.Error()) // a bug in this file, not bad input
		}
	}
}

func packed(values ...any) []byte {
	var out bytes.Buffer
	put(&out, values...)
	return out.Bytes()
}
