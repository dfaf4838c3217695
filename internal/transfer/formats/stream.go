package formats

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"jobboard/internal/transfer/values"
)

// maxItem is the longest job of a file, in bytes. Nothing longer is held in memory.
const maxItem = 8 << 20

var errTooLong = fmt.Errorf("a job is longer than %d MB", maxItem>>20)

// guard limits how much is read for one job. If it counts lines, it knows at which line a byte is.
type guard struct {
	in     io.Reader
	left   int
	lines  bool
	offset int64
	breaks []int64 // offsets of line breaks that lineAt has not passed
	line   int
}

// newGuard returns a guarded reader of text in UTF-8.
func newGuard(file io.Reader, options Options) (*guard, error) {
	text, err := values.UTF8(file, options.ContentType)
	if err != nil {
		return nil, err
	}
	return &guard{in: text, left: maxItem, line: 1}, nil
}

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errTooLong
	}
	n, err := g.in.Read(p)
	if g.lines {
		for i, c := range p[:n] {
			if c == '\n' {
				g.breaks = append(g.breaks, g.offset+int64(i))
			}
		}
	}
	g.offset += int64(n)
	g.left -= n
	return n, err
}

// next begins the next job.
func (g *guard) next() { g.left = maxItem }

// lineAt returns the line of a byte. Offsets must not decrease.
func (g *guard) lineAt(offset int64) int {
	passed := 0
	for passed < len(g.breaks) && g.breaks[passed] < offset {
		passed++
	}
	g.line += passed
	g.breaks = slices.Delete(g.breaks, 0, passed)
	return g.line
}

// item is one element of a JSON list.
type item struct {
	line int
	raw  json.RawMessage
	// head holds the members of the object around the list that came before it.
	head map[string]json.RawMessage
}

// maxHead is the longest member that is kept in an item's head.
const maxHead = 64 << 10

// listItems returns the elements of the list that a document is, or that its object has under one of the names. An object without
// such a list is an error.
func listItems(file io.Reader, options Options, names ...string) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		g, err := newGuard(file, options)
		if err != nil {
			yield(item{}, err)
			return
		}
		g.lines = true
		l := &lister{guard: g, decoder: json.NewDecoder(g), head: map[string]json.RawMessage{}, names: names, yield: yield}
		if err := l.document(); err != nil && !errors.Is(err, errStopped) {
			yield(item{}, l.explain(err))
		}
	}
}

// errStopped ends the reading when nobody wants more.
var errStopped = errors.New("stopped")

type lister struct {
	guard   *guard
	decoder *json.Decoder
	head    map[string]json.RawMessage
	names   []string
	// optional allows an object without the list.
	optional bool
	yield    func(item, error) bool
}

func (l *lister) explain(err error) error {
	line := l.guard.lineAt(l.decoder.InputOffset())
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("line %d: the file ends too early", line)
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: not JSON: %w", line, err)
	}
	return fmt.Errorf("line %d: %w", line, err)
}

func (l *lister) document() error {
	opening, err := l.decoder.Token()
	switch {
	case err != nil:
		return err
	case opening == json.Delim('['):
		err = l.list()
	case opening == json.Delim('{'):
		err = l.object()
	default:
		return errors.New("neither a JSON object nor a list")
	}
	if err != nil {
		return err
	}
	if _, err := l.decoder.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("there is more after the end of the document")
		}
		return err
	}
	return nil
}

func (l *lister) object() error {
	found := false
	for l.decoder.More() {
		l.guard.next()
		key, err := l.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string) // guaranteed by the decoder
		if slices.Contains(l.names, name) {
			opening, err := l.decoder.Token()
			if err != nil {
				return err
			}
			if opening != json.Delim('[') {
				return fmt.Errorf("%q is no list", name)
			}
			found = true
			if err := l.list(); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := l.decoder.Decode(&value); err != nil {
			return err
		}
		if len(value) <= maxHead && len(l.head) < 100 {
			l.head[name] = value
		}
	}
	if _, err := l.decoder.Token(); err != nil {
		return err
	}
	if !found && !l.optional {
		return fmt.Errorf("it has no list %q", strings.Join(l.names, `" or "`))
	}
	return nil
}

func (l *lister) list() error {
	for l.decoder.More() {
		l.guard.next()
		var raw json.RawMessage
		if err := l.decoder.Decode(&raw); err != nil {
			return err
		}
		line := l.guard.lineAt(l.decoder.InputOffset() - int64(len(raw)))
		if !l.yield(item{line: line, raw: raw, head: l.head}, nil) {
			return errStopped
		}
	}
	_, err := l.decoder.Token()
	return err
}

// listReader returns the Read of a format whose jobs are the elements of a JSON list, as in listItems.
func listReader[T any](convert func(*T, *row, item), names ...string) func(io.Reader, Options) iter.Seq2[*Job, error] {
	return func(file io.Reader, options Options) iter.Seq2[*Job, error] {
		return func(yield func(*Job, error) bool) {
			for it, err := range listItems(file, options, names...) {
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(convertItem(it, options, convert)) {
					return
				}
			}
		}
	}
}

func convertItem[T any](it item, options Options, convert func(*T, *row, item)) (*Job, error) {
	var value T
	if err := json.Unmarshal(it.raw, &value); err != nil {
		field, reason := wrongJSONType(err)
		return nil, &Refusal{Line: it.line, Field: field, Reason: reason, Row: it.raw, Unnamed: true}
	}
	r := newRow(it.line, options)
	convert(&value, r, it)
	return r.done(), nil
}

// elements returns the elements of one name in an XML document, with their lines. The document's own element must be one of the roots.
func elements[T any](file io.Reader, options Options, name string, roots ...string) iter.Seq2[int, elementOr[T]] {
	return func(yield func(int, elementOr[T]) bool) {
		g, err := newGuard(file, options)
		if err != nil {
			yield(0, elementOr[T]{err: err})
			return
		}
		decoder := xml.NewDecoder(newMendedXML(g))
		decoder.Entity = xml.HTMLEntity
		decoder.CharsetReader = func(_ string, text io.Reader) (io.Reader, error) { return text, nil } // it is UTF-8 already
		root := ""
		for {
			g.next()
			token, err := decoder.Token()
			line, _ := decoder.InputPos()
			if errors.Is(err, io.EOF) && root != "" {
				return
			}
			if err != nil {
				yield(line, elementOr[T]{err: xmlError(err, line)})
				return
			}
			start, ok := token.(xml.StartElement)
			switch {
			case !ok:
				continue
			case root == "":
				if root = start.Name.Local; !slices.Contains(roots, root) {
					yield(line, elementOr[T]{err: fmt.Errorf("it begins with <%s>, not with <%s>", root, strings.Join(roots, "> or <"))})
					return
				}
				continue
			case start.Name.Local != name:
				continue
			}
			var value T
			if err := decoder.DecodeElement(&value, &start); err != nil {
				yield(line, elementOr[T]{err: xmlError(err, line)})
				return
			}
			if !yield(line, elementOr[T]{value: &value}) {
				return
			}
		}
	}
}

// elementOr is an element, or what is wrong with the document.
type elementOr[T any] struct {
	value *T
	err   error
}

func xmlError(err error, line int) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF") || errors.Is(err, io.EOF) {
		return fmt.Errorf("line %d: the file ends too early", line)
	}
	return fmt.Errorf("line %d: %w", line, err)
}
