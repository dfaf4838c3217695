package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/jobstats"
)

// guest calls the board's own API in-process as somebody without a login: what a page shows and does is what its rules, checks
// and limits let everybody see and do, and no second set of them has to be kept.
type guest struct {
	mux func() (http.Handler, error) // built on first use, when every route is bound
}

// guestCall is one call on its way; its error comes back as it is, and is logged by the page's request alone.
type guestCall struct {
	begun bool // what comes by after that are the record requests that the call turns into
	err   error
}

type guestCallKey struct{}

func newGuest(r *router.Router[*core.RequestEvent]) *guest {
	skipLog := apis.SkipSuccessActivityLog()
	r.Bind(&hook.Handler[*core.RequestEvent]{
		Id:       "jobboardGuestCalls",
		Priority: apis.DefaultPanicRecoverMiddlewarePriority + 1,
		Func: func(e *core.RequestEvent) error {
			call, is := e.Request.Context().Value(guestCallKey{}).(*guestCall)
			if !is || call.begun {
				return e.Next()
			}
			call.begun = true
			call.err = skipLog.Func(e)
			return nil
		},
	})
	return &guest{mux: sync.OnceValues(r.BuildMux)}
}

// get reads what a path of the API answers into a value.
func (g *guest) get(e *core.RequestEvent, path string, query url.Values, into any) error {
	raw, err := g.call(e, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read the answer of %s: %w", path, err)
	}
	return nil
}

// post sends a body to a path of the API.
func (g *guest) post(e *core.RequestEvent, path string, body map[string]string) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write the body for %s: %w", path, err)
	}
	_, err = g.call(e, http.MethodPost, path, nil, raw)
	return err
}

func (g *guest) call(e *core.RequestEvent, method, path string, query url.Values, body []byte) ([]byte, error) {
	mux, err := g.mux()
	if err != nil {
		return nil, err
	}
	call := &guestCall{}
	outer := e.Request
	r := (&http.Request{
		Method: method, URL: &url.URL{Path: path, RawQuery: query.Encode()},
		Proto: outer.Proto, ProtoMajor: outer.ProtoMajor, ProtoMinor: outer.ProtoMinor,
		Header: outer.Header.Clone(), Host: outer.Host, RemoteAddr: outer.RemoteAddr, TLS: outer.TLS, Body: http.NoBody,
	}).WithContext(context.WithValue(jobstats.Uncounted(outer.Context()), guestCallKey{}, call))
	r.RequestURI = r.URL.RequestURI()
	// The other headers stay: a proxy tells the address in one, by which the limits count.
	for _, name := range []string{"Authorization", "Cookie", "Content-Type", "Content-Length", "Accept-Encoding", "If-None-Match",
		"If-Modified-Since", "Range", "Origin"} {
		r.Header.Del(name)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	a := &guestAnswer{header: http.Header{}}
	mux.ServeHTTP(a, r)
	if wait := a.header.Get("Retry-After"); wait != "" {
		e.Response.Header().Set("Retry-After", wait)
	}
	switch {
	case call.err != nil && a.status == 0:
		return nil, call.err
	case a.status >= http.StatusMultipleChoices: // answered by the router itself, such as after a panic
		return nil, router.NewApiError(a.status, "", nil)
	}
	return a.Bytes(), nil
}

// guestAnswer keeps an answer in memory.
type guestAnswer struct {
	bytes.Buffer
	status int
	header http.Header
}

func (a *guestAnswer) Header() http.Header    { return a.header }
func (a *guestAnswer) WriteHeader(status int) { a.status = status }

// statusOf is the status that an error of the API means.
func statusOf(err error) int {
	var apiErr *router.ApiError
	if errors.As(err, &apiErr) {
		return apiErr.Status
	}
	return http.StatusInternalServerError
}

// faults are what an error of the API says about fields or parameters, by name.
func faults(err error) map[string]string {
	found := map[string]string{}
	var apiErr *router.ApiError
	if errors.As(err, &apiErr) {
		for name, item := range apiErr.Data {
			fields, _ := item.(map[string]any)
			message, _ := fields["message"].(string)
			found[name] = strings.TrimSpace(message)
		}
	}
	return found
}
