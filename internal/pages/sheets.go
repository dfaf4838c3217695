package pages

import (
	"embed"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"jobboard/internal/pages/pageurl"
)

//go:embed templates
var templates embed.FS

// sheets are the pages' templates by name, each with the layout and the parts around it.
type sheets map[string]*template.Template

func newSheets(s *site) (sheets, error) {
	common, err := template.New("").Funcs(s.functions()).ParseFS(templates, "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the parts of the pages: %w", err)
	}
	files, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	all := sheets{}
	for _, file := range files {
		sheet, err := common.Clone()
		if err != nil {
			return nil, fmt.Errorf("begin the page %s: %w", file, err)
		}
		if _, err := sheet.ParseFS(templates, file); err != nil {
			return nil, fmt.Errorf("read the page %s: %w", file, err)
		}
		all[strings.TrimSuffix(path.Base(file), ".html")] = sheet
	}
	return all, nil
}

// functions are what the templates can ask.
func (s *site) functions() template.FuncMap {
	return template.FuncMap{
		"t":       s.words.say,
		"number":  s.words.number,
		"asset":   s.assets.URL,
		"icon":    icon,
		"company": pageurl.Company,
		"stars":   stars,
		"rating":  s.words.rating,
		"size":    s.words.size,
		"rich":    rich,
		"part":    part,
		"host":    hostOf,
		"logo":    logoOf,
		"list":    func(values ...string) []string { return values },
		"whole":   func(n float64) int { return int(n) },
	}
}

// part gives a template several values, by name.
func part(pairs ...any) map[string]any {
	values := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, is := pairs[i].(string); is {
			values[name] = pairs[i+1]
		}
	}
	return values
}

// piece is a stretch of a text that was searched for or not.
type piece struct {
	Text string
	Mark bool
}

// marked reads the search's highlights. They come as HTML with mark elements alone; only their text is taken over.
func marked(highlight string) []piece {
	var pieces []piece
	for i, rest := range strings.Split(highlight, "<mark>") {
		inside, after, closed := strings.Cut(rest, "</mark>")
		if i == 0 || !closed {
			inside, after = "", rest
		}
		if inside != "" {
			pieces = append(pieces, piece{html.UnescapeString(inside), true})
		}
		if after != "" {
			pieces = append(pieces, piece{html.UnescapeString(after), false})
		}
	}
	return pieces
}

var heading = regexp.MustCompile(`<(/?)h[1-6]>`)

// rich shows text that was sanitised when it was stored, see hooks/rich_text.go: the only text of users that is taken for HTML.
// Its headings come below the page's own.
func rich(sanitised string) template.HTML {
	return template.HTML(heading.ReplaceAllString(sanitised, "<${1}h3>"))
}
