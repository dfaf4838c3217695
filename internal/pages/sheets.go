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
	common := template.New("").Funcs(s.functions())
	if _, err := s.parse(common, "templates/parts/*.html"); err != nil {
		return nil, err
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
		if all[strings.TrimSuffix(path.Base(file), ".html")], err = s.parse(sheet, file); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parse adds the files of a pattern to a template. Texts and icons without values are written into it, since looking them up was a
// quarter of the time that a page takes.
func (s *site) parse(sheet *template.Template, pattern string) (*template.Template, error) {
	files, err := fs.Glob(templates, pattern)
	if err != nil {
		return nil, fmt.Errorf("list the templates %s: %w", pattern, err)
	}
	for _, file := range files {
		content, err := templates.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the template %s: %w", file, err)
		}
		if _, err := sheet.Parse(s.fillConstants(string(content))); err != nil {
			return nil, fmt.Errorf("parse the template %s: %w", file, err)
		}
	}
	return sheet, nil
}

var constant = regexp.MustCompile(`\{\{(t|icon) "([^"]+)"\}\}`)

// fillConstants puts texts and icons in the place of the actions that say nothing but their names.
func (s *site) fillConstants(content string) string {
	return constant.ReplaceAllStringFunc(content, func(action string) string {
		found := constant.FindStringSubmatch(action)
		if found[1] == "icon" {
			return string(icon(found[2]))
		}
		return html.EscapeString(s.words.say(found[2]))
	})
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
		"place":   s.words.placeText,
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

var heading = regexp.MustCompile(`<(/?)h[1-6]>`)

// rich shows text that was sanitised when it was stored, see hooks/rich_text.go: the only text of users that is taken for HTML.
// Its headings come below the page's own.
func rich(sanitised string) template.HTML {
	return template.HTML(heading.ReplaceAllString(sanitised, "<${1}h3>"))
}
