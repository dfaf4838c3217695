// Package pages is the board as people and search engines see it: server-rendered pages that need no script and are the same for
// everybody, so that caches may keep them. Its data is what the API answers a guest (guest.go); its texts are one file per
// language (words/), its addresses one package (pageurl/), its look one folder (pb_public/site/).
package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/assets"
	"jobboard/internal/pages/pageurl"
)

// siteParts is what the pages of a board are made from, beside its data.
type siteParts struct {
	language string // of the texts; "" is English
	logo     string // name of the board's logo among the assets; "" is the board's mark beside its name
	// hasClient reports whether the client at /app/ is there, so that pages may link to it.
	hasClient func() bool
	// hasFile reports whether the operator serves a file of that name at the board's root, which then replaces what the pages would
	// answer there, such as index.html.
	hasFile func(name string) bool
}

// site serves the pages of one board.
type site struct {
	app core.App
	siteParts
	assets  *assets.Assets
	words   *words
	sheets  sheets
	guest   *guest
	fields  fieldBook
	popular popularBook

	sitemaps       sitemapIndex
	sitemapReaders turns
	landings       landingBook
	indeed         indeedReaders
	pictures       pictureBook
}

// bindSite serves the pages as soon as app starts serving.
func bindSite(app core.App, files *assets.Assets, parts siteParts) error {
	if parts.language == "" {
		parts.language = DefaultLanguage
	}
	texts, err := newWords(parts.language)
	if err != nil {
		return err
	}
	s := &site{app: app, siteParts: parts, assets: files, words: texts, sitemapReaders: make(turns, mostSitemapReaders)}
	if s.sheets, err = newSheets(s); err != nil {
		return err
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		s.guest = newGuest(e.Router)
		e.Router.Bind(s.showErrors())
		for name, page := range map[string]struct {
			path string
			show func(*core.RequestEvent) error
		}{
			"index.html": {"/{$}", s.home},
			"robots.txt": {pageurl.Robots, s.robots},
		} {
			if !parts.hasFile(name) {
				e.Router.GET(page.path, guarded(page.show))
			}
		}
		for path, show := range map[string]func(*core.RequestEvent) error{
			pageurl.Jobs:                        s.search,
			pageurl.Remote:                      s.remote,
			pageurl.In("{place}"):               s.place,
			pageurl.Field("{field}", ""):        s.field,
			pageurl.Field("{field}", "{place}"): s.field,
			"/jobs/{id}":                        s.showJob,
			"/jobs/{id}/{slug}":                 s.showJob,
			pageurl.OwnJob("{id}"):              s.toClient(pageurl.OwnJobInClient),
			pageurl.Applicant("{id}"):           s.toClient(pageurl.ApplicantInClient),
			pageurl.OwnApplication("{id}"):      s.toClient(pageurl.OwnApplicationInClient),
			pageurl.Company("{slug}"):           s.showCompany,
			pageurl.Developers:                  s.developers,
			pageurl.Sitemap:                     s.showSitemapIndex,
			"/sitemaps/{part}":                  s.showSitemapPart,
			pageurl.Feed:                        s.atomFeed,
			pageurl.JSONFeed:                    s.jsonFeed,
			pageurl.IndeedFeed:                  s.indeedFeed,
			pageurl.OpenSearch:                  s.openSearch,
			"/pictures/{file}":                  s.showPicture,
			pageurl.Verify:                      s.showAccount,
			pageurl.ResetPassword:               s.showAccount,
			pageurl.ChangeEmail:                 s.showAccount,
		} {
			e.Router.GET(path, guarded(show))
		}
		for _, path := range []string{pageurl.Verify, pageurl.ResetPassword, pageurl.ChangeEmail} {
			e.Router.POST(path, guarded(s.confirmAccount))
		}
		e.Router.GET(pageurl.Unsubscribe("{token}"), guarded(s.showUnsubscribe))
		e.Router.POST(pageurl.Unsubscribe("{token}"), guarded(s.unsubscribe))
		return e.Next()
	})
	return nil
}

// baseURL is the board's public address.
func (s *site) baseURL() string { return strings.TrimRight(s.app.Settings().Meta.AppURL, "/") }

// How long caches may keep a page: what everybody sees, and what tells of a moment or of one person.
const (
	cachePublic = "public, max-age=60, stale-while-revalidate=600"
	cacheNever  = "no-store"
)

// view is what every template is given.
type view struct {
	*site
	Head head
	Page any
	// Find is what the search form of the page is filled with.
	Find form
	// Popular is what the page's foot links to.
	Popular popular
}

// HasClient reports whether the page may link to the client.
func (v view) HasClient() bool { return v.hasClient() }

// clientLinks are the places in the client that pages link to.
type clientLinks struct{ SignIn, Register, Employers string }

// Links are the places in the client.
func (v view) Links() clientLinks {
	return clientLinks{SignIn: pageurl.SignIn, Register: pageurl.Register, Employers: pageurl.Employers}
}

// LogoURL is the board's own logo, "" for the board's mark.
func (v view) LogoURL() string {
	if name := v.logo; name != "" {
		return v.assets.URL(name)
	}
	return ""
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// show answers with a page. It is written to memory first, so that an error gives an error page and not half a page.
func (s *site) show(e *core.RequestEvent, status int, sheet string, v view) error {
	v.site = s
	v.Popular = s.popularFor(e, status)
	v.Head.finish(s)
	page, _ := buffers.Get().(*bytes.Buffer)
	page.Reset()
	defer buffers.Put(page)
	if err := s.sheets[sheet].ExecuteTemplate(page, "layout", v); err != nil {
		return fmt.Errorf("write the page %s: %w", sheet, err)
	}
	header := e.Response.Header()
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", cachePublic)
		if status >= http.StatusBadRequest && status != http.StatusGone {
			header.Set("Cache-Control", cacheNever)
		}
	}
	if v.Head.Robots != "" {
		header.Set("X-Robots-Tag", v.Head.Robots)
	}
	header.Set("Content-Language", s.words.Language)
	return e.Blob(status, "text/html; charset=utf-8", page.Bytes())
}

// private keeps a page about one person out of caches and its address out of other sites' logs.
func private(e *core.RequestEvent) {
	e.Response.Header().Set("Cache-Control", cacheNever)
	e.Response.Header().Set("Referrer-Policy", "no-referrer")
}

// redirect leads to another page of the board for good (301) or for now.
func redirect(e *core.RequestEvent, status int, to string) error {
	e.Response.Header().Set("Cache-Control", cachePublic)
	return e.Redirect(status, to)
}

func (s *site) developers(e *core.RequestEvent) error {
	return s.show(e, http.StatusOK, "developers", view{Head: head{Title: s.words.say("developers.title"), Path: pageurl.Developers}})
}
