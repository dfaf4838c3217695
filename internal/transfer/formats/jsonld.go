package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/net/html"
)

// readJSONLD reads the JobPostings of an HTML page, or of a JSON file.
func readJSONLD(file io.Reader, options Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		g, err := newGuard(file, options)
		if err != nil {
			yield(nil, err)
			return
		}
		l := &linked{options: options, yield: yield}
		in := bufio.NewReaderSize(g, 4096)
		first, err := firstByte(in)
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
		case first == '{' || first == '[':
			err = l.document(g, in)
		default:
			err = l.page(g, in)
		}
		if err == nil && l.found == 0 {
			err = errors.New("it has no JobPosting")
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func firstByte(in *bufio.Reader) (byte, error) {
	for {
		c, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, in.UnreadByte()
		}
	}
}

// linked finds the JobPostings in linked data.
type linked struct {
	options Options
	yield   func(*Job, error) bool
	found   int
}

// document reads a JSON file, one element of its lists at a time.
func (l *linked) document(g *guard, in io.Reader) error {
	g.lines = true
	lists := &lister{
		guard: g, decoder: json.NewDecoder(in), head: map[string]json.RawMessage{},
		names: []string{"@graph", "itemListElement"}, optional: true,
		yield: func(it item, _ error) bool { return l.node(it.raw, it.line, 0, nil) },
	}
	if err := lists.document(); err != nil {
		if errors.Is(err, errStopped) {
			return err
		}
		return lists.explain(err)
	}
	whole, err := json.Marshal(lists.head) // the object around the lists may be a posting itself
	if err != nil {
		return fmt.Errorf("read the object: %w", err)
	}
	if !l.node(whole, 1, 0, nil) {
		return errStopped
	}
	return nil
}

// page reads the scripts of an HTML page that hold linked data.
func (l *linked) page(g *guard, in io.Reader) error {
	tokenizer := html.NewTokenizer(in)
	tokenizer.SetMaxBuf(maxItem)
	line, inside := 1, false
	for {
		g.next()
		kind := tokenizer.Next()
		raw := tokenizer.Raw()
		begins := line
		line += bytes.Count(raw, []byte("\n"))
		switch kind {
		case html.ErrorToken:
			if err := tokenizer.Err(); !errors.Is(err, io.EOF) {
				return fmt.Errorf("line %d: %w", line, err)
			}
			return nil
		case html.StartTagToken:
			name, hasAttributes := tokenizer.TagName()
			inside = string(name) == "script" && hasAttributes && isLinkedData(tokenizer)
		case html.TextToken:
			if inside && !l.script(bytes.Clone(tokenizer.Text()), begins) {
				return errStopped
			}
		case html.EndTagToken:
			inside = false
		}
	}
}

func isLinkedData(tokenizer *html.Tokenizer) bool {
	for {
		key, value, more := tokenizer.TagAttr()
		if string(key) == "type" {
			kind, _, _ := strings.Cut(strings.ToLower(string(value)), ";")
			return strings.TrimSpace(kind) == "application/ld+json"
		}
		if !more {
			return false
		}
	}
}

// script reads one script of a page. What is no JSON is a refused row, since other scripts may be.
func (l *linked) script(raw []byte, line int) bool {
	raw = bytes.TrimSpace(raw)
	for _, wrapper := range []string{"<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>"} {
		raw = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(raw, []byte(wrapper)), []byte(wrapper)))
	}
	if !json.Valid(raw) {
		if !bytes.Contains(raw, []byte("JobPosting")) {
			return true
		}
		l.found++
		return l.yield(nil, &Refusal{Line: line, Reason: "the script is no JSON", Row: rawRow(raw), Unnamed: true})
	}
	return l.node(raw, line, 0, map[string]json.RawMessage{})
}

// maxNesting is how deep lists of linked data are followed.
const maxNesting = 10

// node reads a node of linked data: a JobPosting, a list, a graph or a list item. Named are the page's nodes by their "@id", nil where
// they are not known.
func (l *linked) node(raw json.RawMessage, line, depth int, named map[string]json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	if depth > maxNesting || len(raw) == 0 {
		return true
	}
	if raw[0] == '[' {
		var nodes []json.RawMessage
		if json.Unmarshal(raw, &nodes) != nil {
			return true
		}
		rememberNames(nodes, named)
		for _, node := range nodes {
			if !l.node(node, line, depth+1, named) {
				return false
			}
		}
		return true
	}
	var node struct {
		Type       many[text]      `json:"@type"`
		Graph      json.RawMessage `json:"@graph"`
		Items      json.RawMessage `json:"itemListElement"`
		Item       json.RawMessage `json:"item"`
		MainEntity json.RawMessage `json:"mainEntity"`
	}
	if raw[0] != '{' || json.Unmarshal(raw, &node) != nil {
		return true
	}
	for _, kind := range node.Type {
		if name := string(kind); name == "JobPosting" || strings.HasSuffix(name, "/JobPosting") || strings.HasSuffix(name, ":JobPosting") {
			return l.posting(raw, line, named)
		}
	}
	for _, inner := range []json.RawMessage{node.Graph, node.Items, node.Item, node.MainEntity} {
		if !l.node(inner, line, depth+1, named) {
			return false
		}
	}
	return true
}

func rememberNames(nodes []json.RawMessage, named map[string]json.RawMessage) {
	if named == nil {
		return
	}
	for _, node := range nodes {
		var is struct {
			ID string `json:"@id"`
		}
		if json.Unmarshal(node, &is) == nil && is.ID != "" {
			named[is.ID] = node
		}
	}
}

func (l *linked) posting(raw json.RawMessage, line int, named map[string]json.RawMessage) bool {
	l.found++
	var posting jobPosting
	if err := json.Unmarshal(raw, &posting); err != nil {
		field, reason := wrongJSONType(err)
		return l.yield(nil, &Refusal{Line: line, Field: field, Reason: reason, Row: raw, Unnamed: true})
	}
	r := newRow(line, l.options)
	if posting.Organization == "" { // it may be another node of the page
		var reference struct {
			Organization struct {
				ID string `json:"@id"`
			} `json:"hiringOrganization"`
		}
		if json.Unmarshal(raw, &reference) == nil && named[reference.Organization.ID] != nil {
			_ = posting.Organization.UnmarshalJSON(named[reference.Organization.ID]) // without a name, the company is missing
		}
	}
	convertPosting(&posting, r)
	return l.yield(r.done(), nil)
}
