package formats

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// mendedXML reads XML in which programs that put it together from texts have left what isn't XML: an ampersand that begins no entity, as in
// "R&D" or in an address, becomes &amp;, and a control character becomes a space. Otherwise one such job would end the import.
type mendedXML struct {
	from    *bufio.Reader
	left    []byte // of the last ampersand, where there was no room for it
	inCDATA bool
}

func newMendedXML(from io.Reader) *mendedXML { return &mendedXML{from: bufio.NewReader(from)} }

// Read reads on.
func (m *mendedXML) Read(p []byte) (n int, err error) {
	n = copy(p, m.left)
	m.left = m.left[n:]
	for n < len(p) {
		if n > 0 && m.from.Buffered() == 0 {
			return n, nil // rather than wait for more
		}
		if plain := m.plain(len(p) - n); len(plain) > 0 {
			n += copy(p[n:], plain)
			if _, err := m.from.Discard(len(plain)); err != nil {
				return n, err
			}
			continue
		}
		b, err := m.from.ReadByte()
		if err != nil {
			return n, err
		}
		text := m.mend(b)
		copied := copy(p[n:], text)
		m.left = text[copied:]
		n += copied
	}
	return n, nil
}

// plain returns the next bytes, up to a limit, that are in the buffer and stay as they are.
func (m *mendedXML) plain(limit int) []byte {
	next, _ := m.from.Peek(min(limit, m.from.Buffered())) // which are there
	for n, b := range next {
		if b < ' ' || b == '&' || b == '<' || b == ']' {
			return next[:n]
		}
	}
	return next
}

// mend returns what a byte becomes.
func (m *mendedXML) mend(b byte) []byte {
	switch {
	case b == '&' && !m.inCDATA && !m.beginsEntity():
		return []byte("&amp;")
	case b == '<' && !m.inCDATA:
		m.inCDATA = m.continues("![CDATA[")
	case b == ']' && m.inCDATA:
		m.inCDATA = !m.continues("]>")
	case b < ' ' && b != '\t' && b != '\n' && b != '\r':
		b = ' '
	}
	return []byte{b}
}

// continues reports whether a text comes next.
func (m *mendedXML) continues(text string) bool {
	next, _ := m.from.Peek(len(text)) // less at the end
	return string(next) == text
}

// longestEntity is that of HTML, &thetasym; with its semicolon, and of numbers with some zeros.
const longestEntity = 12

// beginsEntity reports whether the ampersand before begins an entity that XML or HTML knows, or a number.
func (m *mendedXML) beginsEntity() bool {
	next, _ := m.from.Peek(longestEntity)
	text, _, ended := bytes.Cut(next, []byte(";"))
	name := string(text)
	switch {
	case !ended || name == "":
		return false
	case strings.HasPrefix(name, "#x"):
		return len(name) > 2 && strings.Trim(name[2:], "0123456789abcdefABCDEF") == ""
	case name[0] == '#':
		return len(name) > 1 && strings.Trim(name[1:], "0123456789") == ""
	}
	_, known := xml.HTMLEntity[name]
	return known || name == "apos" || name == "quot" || name == "lt" || name == "gt" || name == "amp"
}
