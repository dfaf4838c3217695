package queryguard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"

	"jobboard/internal/problem"
)

// ServeBounded runs next, which reads records for the caller and answers with them, within limits of time and size: queries through e.App
// are cancelled after maxTime or when the client has gone, and an answer that is too large is not sent. Instead, the caller gets a 400
// that names the parameter, or a 503 if no parameter can be the cause.
func ServeBounded(e *core.RequestEvent, next func() error) error {
	if e.HasSuperuserAuth() {
		return next()
	}
	ctx, cancel := context.WithTimeout(e.Request.Context(), patience)
	defer cancel()
	app, response := e.App, e.Response
	bounded := &boundedApp{App: app, ctx: ctx, expandable: maxExpanded, maxBytes: maxGuestBytes}
	if e.Auth != nil {
		bounded.maxBytes = maxUserBytes
	}
	params := e.Request.URL.Query()
	bounded.manyParam = search.PerPageQueryParam
	if params.Get(expandParam) != "" {
		bounded.manyParam = expandParam
	}
	writer := &boundedWriter{ResponseWriter: response, app: bounded}
	request := e.Request
	e.App, e.Response = bounded, writer
	e.Request = request.WithContext(context.WithValue(request.Context(), answerKey{}, bounded))
	err := next()
	e.App, e.Response, e.Request = app, response, request
	if !writer.sent {
		late := errors.Is(ctx.Err(), context.DeadlineExceeded) && (err != nil || bounded.incomplete)
		switch {
		case bounded.over != nil:
			return bounded.over
		case late:
			return tooSlow(e)
		case err == nil && writer.status != 0:
			response.WriteHeader(writer.status)
		}
	}
	return err
}

// patience is maxTime, except in tests.
var patience = maxTime

// tooSlow returns an error that names the parameter that may have been too slow. If there is none, it is the board that is slow.
func tooSlow(e *core.RequestEvent) error {
	params := e.Request.URL.Query()
	for _, param := range []string{search.FilterQueryParam, search.SortQueryParam, expandParam} {
		if params.Get(param) != "" {
			return router.NewBadRequestError("This query takes too long.",
				problem.Field(param, problem.InvalidValue, fmt.Sprintf("Takes longer than %s: ask for less.", maxTime)))
		}
	}
	e.Response.Header().Set("Retry-After", fmt.Sprint(int(maxTime.Seconds())))
	return router.NewApiError(http.StatusServiceUnavailable, "The board is busy. Try again in a moment.", nil)
}

// boundedApp is the app of one request. Its queries for records are cancelled with the request's context, and its expansions read no more
// records than one answer may have.
type boundedApp struct {
	core.App
	ctx        context.Context
	expandable int // how many records may still be expanded
	maxBytes   int
	manyParam  string // the parameter that makes an answer large
	incomplete bool   // whether an expansion was cancelled
	over       error  // the answer if a limit was exceeded, else nil
}

// ConcurrentDB is like PocketBase's, but its queries are cancelled with the request.
func (a *boundedApp) ConcurrentDB() dbx.Builder {
	if db, ok := a.App.ConcurrentDB().(*dbx.DB); ok {
		return db.WithContext(a.ctx)
	}
	return a.App.ConcurrentDB()
}

// RecordQuery is like PocketBase's, but the query is cancelled with the request.
func (a *boundedApp) RecordQuery(collection any) *dbx.SelectQuery {
	return a.App.RecordQuery(collection).WithContext(a.ctx)
}

// FindRecordById is like PocketBase's, but the query is cancelled with the request.
func (a *boundedApp) FindRecordById(collection any, id string, filters ...func(q *dbx.SelectQuery) error) (*core.Record, error) {
	return a.App.FindRecordById(collection, id, append(filters, a.endWithRequest)...)
}

// FindRecordsByIds is like PocketBase's, but the query is cancelled with the request.
func (a *boundedApp) FindRecordsByIds(collection any, ids []string, filters ...func(q *dbx.SelectQuery) error) ([]*core.Record, error) {
	return a.App.FindRecordsByIds(collection, ids, append(filters, a.endWithRequest)...)
}

func (a *boundedApp) endWithRequest(q *dbx.SelectQuery) error {
	q.WithContext(a.ctx)
	return nil
}

var errTooMany = errors.New("too many records to expand")

// ExpandRecord is ExpandRecords for one record.
func (a *boundedApp) ExpandRecord(record *core.Record, expands []string, fetch core.ExpandFetchFunc) map[string]error {
	return a.ExpandRecords([]*core.Record{record}, expands, fetch)
}

// ExpandRecords is like PocketBase's, and notes when there are more records than one answer may have.
func (a *boundedApp) ExpandRecords(records []*core.Record, expands []string, fetch core.ExpandFetchFunc) map[string]error {
	if fetch == nil {
		fetch = func(collection *core.Collection, ids []string) ([]*core.Record, error) {
			return a.FindRecordsByIds(collection.Id, ids)
		}
	}
	failed := a.App.ExpandRecords(records, expands, func(collection *core.Collection, ids []string) ([]*core.Record, error) {
		if a.expandable -= len(ids); a.expandable < 0 {
			a.over = refused(expandParam,
				fmt.Sprintf("Leads to more than %d records: ask for fewer per page, or list them by themselves.", maxExpanded))
			return nil, errTooMany
		}
		return fetch(collection, ids)
	})
	a.incomplete = a.incomplete || a.ctx.Err() != nil
	if len(failed) == 0 {
		a.checkSize(records)
	}
	return failed
}

// checkSize notes when records are too large for one answer.
func (a *boundedApp) checkSize(records []*core.Record) {
	if a.over == nil && sizeOf(records, map[*core.Record]int{}) > a.maxBytes {
		a.over = a.tooLarge()
	}
}

func (a *boundedApp) tooLarge() error {
	return router.NewBadRequestError("This answer would be too large.", problem.Field(a.manyParam, problem.InvalidValue,
		fmt.Sprintf("The answer would have more than %d MB: ask for fewer records per page, or expand less.", a.maxBytes>>20)))
}

// answerKey is the key of a request's boundedApp in its context. e.App may be wrapped by others.
type answerKey struct{}

// checkSizeOnListRequest refuses a list that is too large before it is encoded.
func checkSizeOnListRequest(e *core.RecordsListRequestEvent) error {
	if a, ok := e.Request.Context().Value(answerKey{}).(*boundedApp); ok {
		if a.checkSize(e.Records); a.over != nil {
			return a.over
		}
	}
	return e.Next()
}

// boundedWriter delays the status until the first byte, so that an answer that exceeds a limit can still become an error.
type boundedWriter struct {
	http.ResponseWriter
	app    *boundedApp
	status int
	sent   bool
}

// Unwrap gives http.ResponseController the real writer.
func (w *boundedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader stores the status until the first byte is written.
func (w *boundedWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write sends b, unless the answer exceeds a limit. JSON answers are written in one piece.
func (w *boundedWriter) Write(b []byte) (int, error) {
	isJSON := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json")
	switch {
	case w.sent:
	case w.app.over == nil && isJSON && len(b) > w.app.maxBytes:
		w.app.over = w.app.tooLarge()
		return 0, w.app.over
	case w.app.over != nil:
		return 0, w.app.over
	case w.app.incomplete:
		return 0, w.app.ctx.Err()
	default:
		w.sent = true
		if w.status != 0 {
			w.ResponseWriter.WriteHeader(w.status)
		}
	}
	// The answer is held in memory until the client has taken it.
	err := http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(maxSending))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return w.ResponseWriter.Write(b)
}
