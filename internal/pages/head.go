package pages

import "jobboard/internal/pages/pageurl"

// head is what a page says about itself to browsers, search engines and whoever is sent a link to it. It is the place to add to:
// structured data goes into JSONLD, feeds into Links, a picture into Image.
type head struct {
	Title       string // plain; the board's name is added
	Description string
	// Path is the page's own address without what only leads to it; "" for a page that has none, such as an error.
	Path   string
	Robots string // such as "noindex"; "" lets everybody index the page
	Type   string // Open Graph's: website unless said
	Image  string // path of a picture of 1200×630
	JSONLD []any  // each becomes a script element of its own
	Links  []link // such as feeds of what the page lists

	// Made when the page is shown:
	Canonical, Board, Language string
}

// link is a link element of a page's head.
type link struct{ Rel, Type, Title, Href string }

const noindex = "noindex, follow"

func (h *head) finish(s *site) {
	h.Language = s.words.Language
	h.Board = plain(s.app.Settings().Meta.AppName)
	h.Title = plain(h.Title)
	h.Description = cut(plain(h.Description), 200)
	if h.Path != "" {
		h.Canonical = s.baseURL() + h.Path
	}
	if h.Type == "" {
		h.Type = "website"
	}
	if h.Path != pageurl.Home && h.Title != h.Board && h.Title != "" {
		h.Title += " · " + h.Board
	}
	if h.Title == "" {
		h.Title = h.Board
	}
	h.Links = append(h.Links, link{"search", openSearchType, h.Board, pageurl.OpenSearch})
	if h.Image != "" {
		h.Image = s.baseURL() + h.Image
	}
}
