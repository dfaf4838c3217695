package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/api/recordjson"
	"jobboard/internal/password"
	"jobboard/internal/queryguard"
)

// Bind serves the REST API beside PocketBase's own as soon as app starts serving.
func Bind(app core.App) {
	bindIdempotency(app)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		newDoor(e.App, e.Router).open()
		return e.Next()
	})
}

// door is the one place where Echo and PocketBase meet: PocketBase's router hands the REST paths to Echo, and what Echo's
// handlers ask for goes back as record requests to the same router.
type door struct {
	app    core.App
	router *router.Router[*core.RequestEvent]
	echo   *echo.Echo
	// mux is PocketBase's own, built on first use, when every route is bound.
	mux func() (http.Handler, error)
	// document is made once too, on first use.
	document   func() ([]byte, error)
	publicRows recordjson.PublicRows
}

func newDoor(app core.App, r *router.Router[*core.RequestEvent]) *door {
	d := &door{app: app, router: r, mux: sync.OnceValues(r.BuildMux), document: sync.OnceValues(Document)}
	d.echo = echo.NewWithConfig(echo.Config{
		Logger: slog.New(slog.DiscardHandler), // PocketBase logs the request, and its error
		Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true, UnescapePathParamValues: true}),
		// Errors go back to PocketBase, so that both doors have one shape and one log.
		HTTPErrorHandler: func(c *echo.Context, err error) { bridgedRequestOf(c).err = err },
	})
	for _, r := range routes() {
		words := r.fixedWords()
		d.echo.Add(r.method, r.echoPath(), func(ec *echo.Context) error {
			c := &call{Context: ec, door: d, event: bridgedRequestOf(ec).event}
			defer c.release()
			if methods, ok := words[path.Base(c.Request().URL.Path)]; ok {
				c.Response().Header().Set("Allow", strings.Join(methods, ", "))
				return echo.ErrMethodNotAllowed
			}
			if err := c.admit(r); err != nil {
				return err
			}
			return r.handler(c)
		})
	}
	return d
}

// open binds every REST prefix to PocketBase's router: two PocketBase routes each, to one Echo.
func (d *door) open() {
	d.router.Bind(passInternalRequests(), retryAfter(), limitBodies(), parseForms(), removeTempFiles())
	for _, prefix := range prefixes() {
		// The record operations have their own limits; this one fits an application with all its documents.
		d.router.Any(prefix, d.enter).Bind(apis.BodyLimit(maxFormBytes))
		d.router.Any(prefix+"/{path...}", d.enter).Bind(apis.BodyLimit(maxFormBytes))
	}
}

// bridgedRequest carries a REST request's PocketBase event through Echo, and Echo's error back.
type bridgedRequest struct {
	event *core.RequestEvent
	err   error
}

type bridgedRequestKey struct{}

func bridgedRequestOf(c *echo.Context) *bridgedRequest {
	v, _ := c.Request().Context().Value(bridgedRequestKey{}).(*bridgedRequest)
	return v
}

func (d *door) enter(e *core.RequestEvent) error {
	v := &bridgedRequest{event: e}
	r := e.Request.WithContext(context.WithValue(e.Request.Context(), bridgedRequestKey{}, v))
	// The form is parsed on the copy: whoever removes its files looks for it on the event.
	defer func() { e.Request.MultipartForm = r.MultipartForm }()
	address := *e.Request.URL
	address.Path = strings.TrimSuffix(address.Path, "/")
	address.RawPath = strings.TrimSuffix(address.RawPath, "/")
	r.URL = &address
	answer := func() error {
		d.echo.ServeHTTP(e.Response, r)
		return mapError(v.err)
	}
	var err error
	if reads := e.Request.Method == http.MethodGet || e.Request.Method == http.MethodHead; reads {
		err = queryguard.ServeBounded(e, answer)
	} else {
		err = answer()
	}
	// Echo answers HEAD where there is a GET, but does not say so.
	if allow := e.Response.Header().Get("Allow"); strings.Contains(allow, http.MethodGet) && !strings.Contains(allow, http.MethodHead) {
		e.Response.Header().Set("Allow", allow+", "+http.MethodHead)
	}
	return err
}

// call is one REST request in the hands of its handler.
type call struct {
	*echo.Context
	door    *door
	event   *core.RequestEvent
	body    *body
	tx      core.App  // set while inTransaction runs
	buffers []*[]byte // lent by buffer, returned by release
	// hashed are passwords that its record requests refer to.
	hashed password.Prehashed
}

// app is the board, or the transaction's view of it.
func (c *call) app() core.App {
	if c.tx != nil {
		return c.tx
	}
	return c.event.App
}

// auth is the caller, or nil for a guest.
func (c *call) auth() *core.Record { return c.event.Auth }

// internalRequest is one of the record requests that a REST request becomes.
type internalRequest struct {
	auth   *core.Record
	app    core.App
	hashed password.Prehashed
	err    error
}

type internalRequestKey struct{}

// passInternalRequests lets record requests from this door through as the caller's own: already logged, already authenticated.
// Their error is returned as it is. Limits per collection count them like any other, so both doors share one measure.
func passInternalRequests() *hook.Handler[*core.RequestEvent] {
	skipLog := apis.SkipSuccessActivityLog()
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardInternalRequests",
		Priority: apis.DefaultPanicRecoverMiddlewarePriority + 1,
		Func: func(e *core.RequestEvent) error {
			in, ok := e.Request.Context().Value(internalRequestKey{}).(*internalRequest)
			if !ok {
				return e.Next()
			}
			e.Auth = in.auth
			e.App = in.app
			if in.hashed != nil {
				in.hashed.Attach(e)
			}
			in.err = skipLog.Func(e)
			return nil
		},
	}
}

// response is the response to a record request, held in memory.
type response struct {
	status int
	header http.Header
	bytes.Buffer
}

func (a *response) Header() http.Header       { return a.header }
func (a *response) WriteHeader(status int)    { a.status = status }
func (a *response) json() []byte              { return bytes.TrimSpace(a.Bytes()) }
func (a *response) object() (*object, error)  { return parseObject(a.json()) }
func collectionPath(collection string) string { return "/api/collections/" + collection + "/records" }

// requestAs is like request, made as auth instead of the caller; nil is a guest.
func (c *call) requestAs(auth *core.Record, method, path string, query url.Values, b *body) (*response, error) {
	mux, err := c.door.mux()
	if err != nil {
		return nil, err
	}
	in := &internalRequest{auth: auth, app: c.app(), hashed: c.hashed}
	outer := c.Request()
	r := (&http.Request{
		Method:     method,
		URL:        &url.URL{Path: path, RawQuery: query.Encode()},
		Proto:      outer.Proto,
		ProtoMajor: outer.ProtoMajor,
		ProtoMinor: outer.ProtoMinor,
		Header:     outer.Header.Clone(),
		Host:       outer.Host,
		RemoteAddr: outer.RemoteAddr,
		TLS:        outer.TLS,
		Body:       http.NoBody,
	}).WithContext(context.WithValue(queryguard.MarkChecked(outer.Context()), internalRequestKey{}, in))
	r.RequestURI = r.URL.RequestURI()
	r.Header.Del("Content-Type")
	r.Header.Del("Content-Length")
	if b != nil {
		b.attach(r)
	}
	a := &response{header: http.Header{}}
	mux.ServeHTTP(a, r)
	switch {
	// An answer that is written already wins, as in PocketBase: a reset for an unknown address answers 204, then errs.
	case in.err != nil && a.status == 0:
		return nil, in.err
	case a.status >= 300: // answered by the router itself, such as after a panic
		return nil, router.NewApiError(a.status, "", nil)
	}
	return a, nil
}

// request makes a request on PocketBase's own API under the caller's token, headers and address.
func (c *call) request(method, path string, query url.Values, b *body) (*response, error) {
	return c.requestAs(c.auth(), method, path, query, b)
}

// view reads a record as the caller sees it, or answers 404.
func (c *call) view(collection, id string, query url.Values) (*response, error) {
	if !isID(id) {
		return nil, notFound()
	}
	return c.request(http.MethodGet, collectionPath(collection)+"/"+id, query, nil)
}

// viewObject reads a record as the caller sees it, for handlers that look inside.
func (c *call) viewObject(collection, id string, query url.Values) (*object, error) {
	a, err := c.view(collection, id, query)
	if err != nil {
		return nil, err
	}
	return a.object()
}

// create makes a record of the body.
func (c *call) create(collection string, query url.Values, b *body) (*response, error) {
	return c.request(http.MethodPost, collectionPath(collection), query, b)
}

// update changes a record as the body says.
func (c *call) update(collection, id string, query url.Values, b *body) (*response, error) {
	if !isID(id) {
		return nil, notFound()
	}
	return c.request(http.MethodPatch, collectionPath(collection)+"/"+id, query, b)
}

// remove deletes a record and answers 204.
func (c *call) remove(collection, id string) error {
	if !isID(id) {
		return notFound()
	}
	if _, err := c.request(http.MethodDelete, collectionPath(collection)+"/"+id, nil, nil); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// inTransaction runs the record requests of do in one transaction. Their answers are there when it is done.
func (c *call) inTransaction(do func() error) error {
	defer func() { c.tx = nil }()
	return c.event.App.RunInTransaction(func(tx core.App) error {
		c.tx = tx
		return do()
	})
}

// canAccess reports whether one of the collection's rules lets the caller access the record.
func (c *call) canAccess(record *core.Record, rule *string) (bool, error) {
	info, err := c.event.RequestInfo()
	if err != nil {
		return false, err
	}
	return c.app().CanAccessRecord(record, info, rule)
}

// isID reports whether an id from a path is well formed, so that it is safe in the path of a record request.
func isID(id string) bool {
	if id == "" || len(id) > 100 {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return false
		}
	}
	return true
}

// echoStatus is the status of an error of Echo's own, such as 404 and 405 of its router, or 0.
func echoStatus(err error) int {
	var apiErr *router.ApiError
	if errors.As(err, &apiErr) {
		return 0
	}
	return echo.StatusCode(err)
}

var _ io.Writer = (*response)(nil)
