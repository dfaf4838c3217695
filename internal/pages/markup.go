package pages

import (
	"html"
	"html/template"
	"strconv"
	"strings"
)

// What stands on a page once for each job is written here and not in the templates, which take ten times as long for it.

// titleLink is a job's title as a link to its page, with what was found in it marked.
func titleLink(address string, j *job) template.HTML {
	title := marked(j.Highlights.Title)
	if title == "" {
		title = template.HTML(html.EscapeString(j.Title))
	}
	return `<a href="` + template.HTML(html.EscapeString(address)) + `">` + title + `</a>`
}

// marked reads the search's highlights, "" where there are none. They come as HTML with mark elements alone; only their text is taken over.
func marked(highlight string) template.HTML {
	var out strings.Builder
	for i, rest := range strings.Split(highlight, "<mark>") {
		inside, after, closed := strings.Cut(rest, "</mark>")
		if i == 0 || !closed {
			inside, after = "", rest
		}
		if inside != "" {
			out.WriteString("<mark>" + html.EscapeString(html.UnescapeString(inside)) + "</mark>")
		}
		out.WriteString(html.EscapeString(html.UnescapeString(after)))
	}
	return template.HTML(out.String())
}

// Markup is the logo as a page shows it.
func (l logo) Markup() template.HTML {
	class := "logo"
	if l.Size != "" {
		class += " " + l.Size
	}
	if l.URL == "" {
		return template.HTML(`<span class="` + class + " " + l.Tint + `" aria-hidden="true">` + html.EscapeString(l.Initials) + `</span>`)
	}
	pixels := strconv.Itoa(l.Pixels)
	return template.HTML(`<span class="` + class + `"><img src="` + html.EscapeString(l.URL) + `" alt="" width="` + pixels +
		`" height="` + pixels + `" loading="lazy" decoding="async"></span>`)
}

// markup is the pay as a page shows it, with what site.js needs to write it anew.
func (m *money) markup() template.HTML {
	number := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	text := `<data class="pay" value="` + number(m.Most) + `" data-least="` + number(m.Least) + `" data-currency="` +
		html.EscapeString(m.Currency) + `">` + html.EscapeString(m.Text) + `</data>`
	if m.Period != "" {
		text += " " + html.EscapeString(m.Period)
	}
	return template.HTML(text)
}
