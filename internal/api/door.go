package api

import (
	"bytes"
	"context"
	"errors"
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
	"jobboard/internal/apikey"
	"jobboard/internal/jobstats"
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

// door connects Echo and PocketBase: PocketBase's router hands the REST paths to Echo, and the handlers there send record requests back
// to the same router.
type door struct {
	app    core.App
	router *router.Router[*core.RequestEvent]
	echo   *echo.Echo
	// mux is PocketBase's own. It is built on first use, after every route has been bound.
	mux func() (http.Handler, error)
	// document returns the OpenAPI document, which is made on first use.
	document   func() ([]byte, error)
	publicRows recordjson.PublicRows
}

func newDoor(app core.App, r *router.Router[*core.RequestEvent]) *door {
	d := &door{app: app, router: r, mux: sync.OnceValues(r.BuildMux), document: sync.OnceValues(Document)}
	d.echo = echo.NewWithConfig(echo.Config{
		Logger: slog.New(slog.DiscardHandler), // PocketBase logs requests and their errors
		Router: echo.NewRouter(echo.RouterConfig{UnescapePathParamValues: true}),
		// PocketBase answers with the error, so that errors of both doors have one shape and are in one log.
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

// open binds every REST prefix to PocketBase's router, as two routes that lead to the same Echo app.
func (d *door) open() {
	d.router.Bind(passInternalRequests(), retryAfter(), limitBodies(), parseForms(), removeTempFiles())
	for _, prefix := range prefixes() {
		apikey.LeaveToRoutes(d.app, prefix, prefix+"/{path...}")
		// Record requests have limits of their own. This one is large enough for an application with all its documents.
		d.router.Any(prefix, d.enter).Bind(apis.BodyLimit(maxFormBytes))
		d.router.Any(prefix+"/{path...}", d.enter).Bind(apis.BodyLimit(maxFormBytes))
	}
}

// bridgedRequest carries the PocketBase event of a REST request through Echo, and Echo's error back.
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
	// The form is parsed on the copy of the request, and its files are removed by way of the event.
	defer func() { e.Request.MultipartForm = r.MultipartForm }()
	address := *e.Request.URL
	address.Path = strings.TrimSuffix(address.Path, "/")
	address.RawPath = strings.TrimSuffix(address.RawPath, "/")
	r.URL = &address
	if r.Method == http.MethodHead { // the body is needed for its headers, such as the entity tag; the server sends none
		r.Method = http.MethodGet
	}
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
	// HEAD is answered wherever there is a GET, which Echo does not know.
	if allow := e.Response.Header().Get("Allow"); strings.Contains(allow, http.MethodGet) && !strings.Contains(allow, http.MethodHead) {
		e.Response.Header().Set("Allow", allow+", "+http.MethodHead)
	}
	return err
}

// call is one REST request, as its handler sees it.
type call struct {
	*echo.Context
	door    *door
	event   *core.RequestEvent
	body    *body
	tx      core.App  // set while inTransaction runs
	buffers []*[]byte // lent by buffer, returned by release
	// isView says that the record requests show somebody a record, and do not only look something up.
	isView bool
}

// app returns the app of the request, or of the transaction that is running.
func (c *call) app() core.App {
	if c.tx != nil {
		return c.tx
	}
	return c.event.App
}

// boardURL returns the board's public address.
func (c *call) boardURL() string { return strings.TrimRight(c.app().Settings().Meta.AppURL, "/") }

// auth returns the caller, or nil for a guest.
func (c *call) auth() *core.Record { return c.event.Auth }

// internalRequest is a record request that a handler makes, and how it is to be run.
type internalRequest struct {
	auth *core.Record
	app  core.App
	err  error // the outcome
}

type internalRequestKey struct{}

// passInternalRequests runs internal requests as the caller, who is authenticated already, without logging them again, and hands back
// their error as it is. Rate limits per collection count them like any other request, so both doors share the same limits.
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
			in.err = skipLog.Func(e)
			return nil
		},
	}
}

// response is the response to an internal request, held in memory.
type response struct {
	status int
	header http.Header
	bytes.Buffer
}

func (r *response) Header() http.Header      { return r.header }
func (r *response) WriteHeader(status int)   { r.status = status }
func (r *response) json() []byte             { return bytes.TrimSpace(r.Bytes()) }
func (r *response) object() (*object, error) { return parseObject(r.json()) }

var _ http.ResponseWriter = (*response)(nil)

func collectionPath(collection string) string { return "/api/collections/" + collection + "/records" }

// requestAs is like request, but with auth as the caller; nil is a guest.
func (c *call) requestAs(auth *core.Record, method, path string, query url.Values, b *body) (*response, error) {
	mux, err := c.door.mux()
	if err != nil {
		return nil, err
	}
	in := &internalRequest{auth: auth, app: c.app()}
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
	}).WithContext(context.WithValue(queryguard.MarkChecked(c.innerContext()), internalRequestKey{}, in))
	r.RequestURI = r.URL.RequestURI()
	r.Header.Del("Content-Type")
	r.Header.Del("Content-Length")
	if b != nil {
		b.attach(r)
	}
	a := &response{header: http.Header{}}
	mux.ServeHTTP(a, r)
	switch {
	// An answer that has been written counts even if there is an error, as in PocketBase: a password reset for an unknown address
	// answers 204 and then fails.
	case in.err != nil && a.status == 0:
		return nil, in.err
	case a.status == http.StatusUnauthorized && bytes.Contains(a.Bytes(), []byte(`"mfaId"`)):
		return a, nil // a first factor was right, see login
	case a.status >= 300: // answered by the router itself, such as after a panic
		return nil, router.NewApiError(a.status, "", nil)
	}
	return a, nil
}

// innerContext returns the context of the record requests.
func (c *call) innerContext() context.Context {
	if c.isView {
		return c.Request().Context()
	}
	return jobstats.Uncounted(c.Request().Context())
}

// request makes a request to PocketBase's own API with the caller's token, headers and address.
func (c *call) request(method, path string, query url.Values, b *body) (*response, error) {
	return c.requestAs(c.auth(), method, path, query, b)
}

// view reads a record as the caller sees it. It fails with a 404 if there is no such record.
func (c *call) view(collection, id string, query url.Values) (*response, error) {
	if !isID(id) {
		return nil, notFound()
	}
	return c.request(http.MethodGet, collectionPath(collection)+"/"+id, query, nil)
}

// viewObject is like view, for handlers that need the fields of the record.
func (c *call) viewObject(collection, id string, query url.Values) (*object, error) {
	a, err := c.view(collection, id, query)
	if err != nil {
		return nil, err
	}
	return a.object()
}

// create creates a record from the body.
func (c *call) create(collection string, query url.Values, b *body) (*response, error) {
	return c.request(http.MethodPost, collectionPath(collection), query, b)
}

// update changes the fields of a record that are in the body.
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

// inTransaction runs do, and the record requests that it makes, in one transaction. The answers must not be used before it is over.
func (c *call) inTransaction(do func() error) error {
	defer func() { c.tx = nil }()
	return c.event.App.RunInTransaction(func(tx core.App) error {
		c.tx = tx
		return do()
	})
}

// canAccess reports whether a rule of the record's collection lets the caller access the record.
func (c *call) canAccess(record *core.Record, rule *string) (bool, error) {
	info, err := c.event.RequestInfo()
	if err != nil {
		return false, err
	}
	return c.app().CanAccessRecord(record, info, rule)
}

// isID reports whether a text from a path is well formed as an id, and so is safe in the path of a record request.
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

// echoStatus returns the status of one of Echo's own errors, such as the 404 and 405 of its router, or 0 for other errors.
func echoStatus(err error) int {
	var apiErr *router.ApiError
	if errors.As(err, &apiErr) {
		return 0
	}
	return echo.StatusCode(err)
}
