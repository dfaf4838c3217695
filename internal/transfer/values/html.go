package values

import (
	stdhtml "html"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	tagPattern = regexp.MustCompile(`(?i)</?(p|br|div|ul|ol|li|h[1-6]|b|strong|i|em|u|a|span|table|tr|td|hr|font|section|article|html|body|` +
		`blockquote)\b[^<>]*>`)
	escapedPattern = regexp.MustCompile(`(?i)&(amp;)?lt;/?(p|br|div|ul|ol|li|h[1-6]|b|strong|i|em|u|a|span|table|hr|section)\b`)
	bulletPattern  = regexp.MustCompile(`^\s*(?:[-*•·–▪●◦]\s*|\d{1,2}[.)]\s+)(\S.*)$`)
	cdataReplacer  = strings.NewReplacer("<![CDATA[", "", "]]>", "")
	lineBreaks     = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// kept are the elements of a description that stay; others are replaced by what they hold.
var kept = setOf(
	atom.P, atom.Br, atom.Hr, atom.H2, atom.H3, atom.H4, atom.Blockquote, atom.Pre,
	atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd,
	atom.Table, atom.Thead, atom.Tbody, atom.Tr, atom.Td, atom.Th,
	atom.Strong, atom.Em, atom.B, atom.I, atom.U, atom.A, atom.Code, atom.Sub, atom.Sup,
)

// renamed are elements that stay under another name. The page has its own h1.
var renamed = map[atom.Atom]string{
	atom.H1: "h2", atom.H5: "h4", atom.H6: "h4",
	atom.Div: "p", atom.Section: "p", atom.Article: "p",
}

// blocks can't stand in a paragraph.
var blocks = setOf(
	atom.P, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre,
	atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main,
	atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Table,
)

// dropped go with what they hold.
var dropped = setOf(
	atom.Head, atom.Title, atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Object, atom.Svg, atom.Math,
	atom.Form, atom.Button, atom.Select, atom.Textarea,
)

// HTML returns a description as simple HTML, whether the text is HTML, HTML with escaped entities, left in a CDATA section, or plain
// text. It returns "" for a text without words.
func HTML(text string) string {
	text = strings.TrimSpace(cdataReplacer.Replace(strings.ToValidUTF8(text, "")))
	for range 2 {
		if tagPattern.MatchString(text) || !escapedPattern.MatchString(text) {
			break
		}
		text = stdhtml.UnescapeString(text)
	}
	if !tagPattern.MatchString(text) {
		return fromPlainText(stdhtml.UnescapeString(text))
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		return fromPlainText(tagPattern.ReplaceAllString(text, "\n"))
	}
	var out strings.Builder
	words := false
	for _, node := range nodes {
		words = writeNode(&out, node, 0) || words
	}
	if !words {
		return ""
	}
	return strings.TrimSpace(out.String())
}

// maxDepth is how deep elements may be nested; deeper ones are dropped.
const maxDepth = 100

// writeNode writes a node and reports whether it holds words.
func writeNode(out *strings.Builder, node *html.Node, depth int) bool {
	switch {
	case depth > maxDepth:
		return false
	case node.Type == html.TextNode:
		text := strings.ReplaceAll(node.Data, "\u00a0", " ")
		out.WriteString(stdhtml.EscapeString(text))
		return strings.TrimSpace(text) != ""
	case node.Type != html.ElementNode || dropped[node.DataAtom]:
		return false
	}
	var inner strings.Builder
	words := false
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		words = writeNode(&inner, child, depth+1) || words
	}
	name := node.Data
	if renamed[node.DataAtom] != "" {
		name = renamed[node.DataAtom]
	} else if !kept[node.DataAtom] {
		name = ""
	}
	if name == "p" && holdsBlock(node) {
		name = ""
	}
	switch {
	case node.DataAtom == atom.Br || node.DataAtom == atom.Hr:
		out.WriteString("<" + name + ">")
	case !words && blocks[node.DataAtom]: // an empty paragraph
	case name == "":
		out.WriteString(inner.String())
	default:
		out.WriteString("<" + name + href(node) + ">" + inner.String() + "</" + name + ">")
	}
	return words
}

func holdsBlock(node *html.Node) bool {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.ElementNode && (blocks[child.DataAtom] || holdsBlock(child)) {
			return true
		}
	}
	return false
}

// href returns the attribute of a link that leads to a page or an address.
func href(node *html.Node) string {
	if node.DataAtom != atom.A {
		return ""
	}
	for _, attribute := range node.Attr {
		target := strings.TrimSpace(attribute.Val)
		lower := strings.ToLower(target)
		if attribute.Key == "href" &&
			(strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "mailto:")) {
			return ` href="` + stdhtml.EscapeString(target) + `"`
		}
	}
	return ""
}

// fromPlainText makes paragraphs of lines, and a list of lines that begin with a bullet.
func fromPlainText(text string) string {
	var out strings.Builder
	var lines []string
	list := false
	endParagraph := func() {
		if len(lines) > 0 {
			out.WriteString("<p>" + strings.Join(lines, "<br>") + "</p>")
		}
		lines = nil
	}
	endList := func() {
		if list {
			out.WriteString("</ul>")
		}
		list = false
	}
	for line := range strings.Lines(lineBreaks.Replace(text)) {
		line = strings.TrimSpace(strings.ReplaceAll(line, "\u00a0", " "))
		bullet := bulletPattern.FindStringSubmatch(line)
		switch {
		case line == "":
			endParagraph()
			endList()
		case bullet != nil:
			endParagraph()
			if !list {
				out.WriteString("<ul>")
				list = true
			}
			out.WriteString("<li>" + stdhtml.EscapeString(bullet[1]) + "</li>")
		default:
			endList()
			lines = append(lines, stdhtml.EscapeString(line))
		}
	}
	endParagraph()
	endList()
	return out.String()
}

// Section is a part of a description, with or without a heading.
type Section struct{ Heading, Body string }

// Sections returns a description of several parts, without the empty ones.
func Sections(sections ...Section) string {
	var out strings.Builder
	for _, section := range sections {
		body := HTML(section.Body)
		if body == "" {
			continue
		}
		if heading := Text(section.Heading); heading != "" && out.Len()+len(body) > 0 {
			out.WriteString("<h3>" + stdhtml.EscapeString(heading) + "</h3>")
		}
		if strings.HasPrefix(body, "<li>") {
			body = "<ul>" + body + "</ul>"
		}
		out.WriteString(body)
	}
	return out.String()
}
