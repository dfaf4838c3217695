package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/pages/pageurl"
)

// errorPage says what went wrong in words.
type errorPage struct {
	Status       int
	Title, Words string
	Wait         string // seconds after which to try again
}

// showErrors turns errors into pages for who reads pages: at every path but those of programs. Programs that ask a page's path for
// anything but HTML get PocketBase's JSON.
func (s *site) showErrors() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardErrorPages",
		Priority: apis.DefaultCorsMiddlewarePriority - 1, // also around what refuses before anything else is done
		Func: func(e *core.RequestEvent) error {
			err := e.Next()
			if err == nil || e.Written() || !readsPages(e.Request) {
				return err
			}
			return s.showError(e, router.ToApiError(err).Status, err)
		},
	}
}

// readsPages reports whether a request is a browser's for a page.
func readsPages(r *http.Request) bool {
	path := r.URL.Path
	for _, prefix := range []string{"/api", "/_", "/assets", "/metrics", "/sitemaps", "/feed", "/pictures"} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return false
		}
	}
	switch path {
	case pageurl.Robots, pageurl.Sitemap, pageurl.Feed, pageurl.JSONFeed, pageurl.OpenSearch:
		return false
	}
	accept := r.Header.Get("Accept")
	return accept == "" || strings.Contains(accept, "text/html") || strings.Contains(accept, "*/*") && !strings.Contains(accept, "json")
}

func (s *site) showError(e *core.RequestEvent, status int, cause error) error {
	key := "error.500"
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		key = "error.400"
	case http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized, http.StatusMethodNotAllowed:
		key = "error.404"
	case http.StatusTooManyRequests:
		key = "error.429"
	case http.StatusServiceUnavailable:
		key = "error.503"
	}
	page := errorPage{Status: status, Title: s.words.say(key + ".title"), Words: s.words.say(key + ".words"),
		Wait: e.Response.Header().Get("Retry-After")}
	e.Response.Header().Set("Cache-Control", cacheNever)
	e.Response.Header().Del("Content-Type")
	err := s.show(e, status, "error", view{Head: head{Title: page.Title, Robots: noindex}, Page: page})
	if err != nil {
		return errors.Join(cause, err)
	}
	return nil
}

// errNotFound is what a page answers that there isn't, or that is not for everybody.
var errNotFound error = router.NewNotFoundError("", nil)

// guarded tells errors of the board's own from those that callers have made: PocketBase takes every error that does not say for
// a bad request.
func guarded(show func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		err := show(e)
		var apiErr *router.ApiError
		if err != nil && !errors.As(err, &apiErr) {
			return router.NewInternalServerError("", err)
		}
		return err
	}
}
