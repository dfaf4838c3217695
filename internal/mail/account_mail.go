package mail

import (
	"fmt"
	htmltemplate "html/template"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dressAccountMail gives a mail of PocketBase's about an account, which is HTML alone, the design of the board's mails, and a text part.
// What it says comes from the template in the collection's settings, which the operator may have changed.
func dressAccountMail(app core.App, message *mailer.Message) error {
	page, err := html.Parse(strings.NewReader(message.HTML))
	if err != nil {
		return fmt.Errorf("read an account mail: %w", err)
	}
	it := item{Title: line{Text: message.Subject}}
	var content, text strings.Builder
	for node := range page.Descendants() {
		if node.DataAtom != atom.Body {
			continue
		}
		styleLike(node)
		for child := range node.ChildNodes() {
			if err := html.Render(&content, child); err != nil {
				return fmt.Errorf("render an account mail: %w", err)
			}
		}
		writeText(&text, node)
	}
	it.HTML = htmltemplate.HTML(content.String()) // the collection's template, whose placeholders PocketBase escapes
	it.Text = strings.TrimSpace(text.String())
	view := newView(app, message.Subject)
	view.Items = []item{it}
	view.AboutAccount = true
	if err := view.render(message); err != nil {
		return err
	}
	if message.Headers == nil {
		message.Headers = map[string]string{}
	}
	message.Headers["Auto-Submitted"] = "auto-generated"
	return nil
}

// styleLike gives the elements of a mail the styles that the template gives its own inline, since some mail clients ignore style sheets.
func styleLike(body *html.Node) {
	for node := range body.Descendants() {
		switch {
		case node.DataAtom == atom.P:
			setStyle(node, paragraphStyle)
		case node.DataAtom == atom.A && hasClass(node, "btn"):
			setStyle(node, buttonStyle+";margin-bottom:12px")
		case node.DataAtom == atom.A:
			setStyle(node, linkStyle)
		}
	}
}

func setStyle(node *html.Node, style string) {
	for _, attribute := range node.Attr {
		if attribute.Key == "style" {
			return // the operator's own
		}
	}
	node.Attr = append(node.Attr, html.Attribute{Key: "style", Val: style})
}

func hasClass(node *html.Node, class string) bool {
	return strings.Contains(" "+attributeOf(node, "class")+" ", " "+class+" ")
}

func attributeOf(node *html.Node, name string) string {
	for _, attribute := range node.Attr {
		if attribute.Key == name {
			return attribute.Val
		}
	}
	return ""
}

// writeText writes what a node says as plain text: paragraphs with a blank line between, and the addresses of links after their words.
func writeText(text *strings.Builder, node *html.Node) {
	switch node.DataAtom {
	case atom.Style, atom.Script, atom.Head:
		return
	case atom.Br:
		text.WriteString("\n")
	}
	if node.Type == html.TextNode {
		words := strings.Join(strings.Fields(node.Data), " ")
		if words != "" && strings.TrimLeft(node.Data, " \t\r\n") != node.Data && !endsWithSpace(text.String()) {
			text.WriteString(" ")
		}
		text.WriteString(words)
		if words != "" && strings.TrimRight(node.Data, " \t\r\n") != node.Data {
			text.WriteString(" ")
		}
	}
	from := text.Len()
	for child := range node.ChildNodes() {
		writeText(text, child)
	}
	switch node.DataAtom {
	case atom.A:
		if address := attributeOf(node, "href"); address != "" && address != strings.TrimSpace(text.String()[from:]) {
			text.WriteString(": " + address)
		}
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.Li, atom.Tr:
		text.WriteString("\n\n")
	}
}

func endsWithSpace(text string) bool {
	return text == "" || strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\n")
}
