package values

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// lookAhead is how much of a text after its first non-ASCII byte decides whether it is UTF-8.
const lookAhead = 32 << 10

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// UTF8 returns a reader of text in UTF-8, whatever the encoding of content is: that of its byte order mark, the one that contentType,
// an XML declaration or an HTML page declares, UTF-8 if the bytes are, else Windows-1252.
func UTF8(content io.Reader, contentType string) (io.Reader, error) {
	in := bufio.NewReaderSize(content, lookAhead+64)
	head, err := in.Peek(1024)
	if err != nil && len(head) == 0 && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the beginning: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // they were peeked
		return &lateReader{in: in, utf8: true}, nil
	}
	if label := xmlEncoding.FindSubmatch(head); label != nil && !bytes.HasPrefix(head, []byte("\xff\xfe")) {
		return declared(in, string(label[1]))
	}
	_, name, certain := charset.DetermineEncoding(head, contentType)
	if name == "utf-8" || name == "windows-1252" && !certain {
		return &lateReader{in: in}, nil
	}
	if strings.HasPrefix(name, "utf-16") && (bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))) {
		_, _ = in.Discard(2)
	}
	return declared(in, name)
}

func declared(in *bufio.Reader, label string) (io.Reader, error) {
	if name := strings.ToLower(label); name == "utf-8" || name == "utf8" || name == "us-ascii" {
		return &lateReader{in: in}, nil
	}
	decoded, err := charset.NewReaderLabel(label, in)
	if err != nil {
		return nil, fmt.Errorf("the text is in %q: %w", label, err)
	}
	return decoded, nil
}

// lateReader passes ASCII on and decides at the first other byte, by what follows it.
type lateReader struct {
	in      *bufio.Reader
	utf8    bool
	decoder io.Reader
}

func (r *lateReader) Read(p []byte) (int, error) {
	if r.decoder != nil {
		return r.decoder.Read(p)
	}
	if r.utf8 {
		return r.in.Read(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := r.in.Peek(1); err != nil {
		return 0, err
	}
	buffered, _ := r.in.Peek(min(r.in.Buffered(), len(p)))
	ascii := bytes.IndexFunc(buffered, func(c rune) bool { return c >= utf8.RuneSelf })
	if ascii < 0 {
		return r.in.Read(p[:len(buffered)])
	}
	if ascii > 0 {
		return r.in.Read(p[:ascii])
	}
	window, err := r.in.Peek(lookAhead)
	if validStart(window, err == nil) {
		r.utf8 = true
	} else {
		r.decoder = charmap.Windows1252.NewDecoder().Reader(r.in)
	}
	return r.Read(p)
}

// validStart reports whether text is UTF-8; where it is cut off, its last character may be incomplete.
func validStart(text []byte, cut bool) bool {
	if cut {
		for i := 0; i < utf8.UTFMax-1 && len(text) > 0 && !utf8.Valid(text); i++ {
			if last, size := utf8.DecodeLastRune(text); last != utf8.RuneError || size != 1 {
				break
			}
			text = text[:len(text)-1]
		}
	}
	return utf8.Valid(text)
}
