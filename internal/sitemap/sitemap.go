// Package sitemap writes sitemaps and their index as https://www.sitemaps.org/protocol.html defines them. Entries are written as
// they come, so that a sitemap of any length takes no memory.
package sitemap

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// MaxEntries is how many entries one sitemap may have. Addresses of a thousand bytes each fill the 50 MB that it may also have.
const MaxEntries = 50_000

const namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"

// Writer writes one sitemap, or an index of sitemaps.
type Writer struct {
	out     *bufio.Writer
	element string // of one entry
	root    string
}

// NewURLs begins a sitemap.
func NewURLs(w io.Writer) *Writer { return begin(w, "urlset", "url") }

// NewIndex begins an index of sitemaps.
func NewIndex(w io.Writer) *Writer { return begin(w, "sitemapindex", "sitemap") }

func begin(w io.Writer, root, element string) *Writer {
	s := &Writer{out: bufio.NewWriterSize(w, 16<<10), root: root, element: element}
	fmt.Fprintf(s.out, "%s<%s xmlns=%q>\n", xml.Header, root, namespace) // an error stays with the writer until Close
	return s
}

// Add writes an address with the time of its last change; the zero time leaves it out.
func (s *Writer) Add(address string, changed time.Time) error {
	fmt.Fprintf(s.out, "<%s><loc>", s.element)
	if err := xml.EscapeText(s.out, []byte(address)); err != nil {
		return fmt.Errorf("write an address to a sitemap: %w", err)
	}
	if _, err := s.out.WriteString("</loc>"); err != nil {
		return fmt.Errorf("write a sitemap: %w", err)
	}
	if !changed.IsZero() {
		fmt.Fprintf(s.out, "<lastmod>%s</lastmod>", changed.UTC().Format(time.RFC3339))
	}
	if _, err := fmt.Fprintf(s.out, "</%s>\n", s.element); err != nil {
		return fmt.Errorf("write a sitemap: %w", err)
	}
	return nil
}

// Close ends the sitemap. It leaves the writer below open.
func (s *Writer) Close() error {
	fmt.Fprintf(s.out, "</%s>\n", s.root)
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("end a sitemap: %w", err)
	}
	return nil
}
