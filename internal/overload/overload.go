// Package overload keeps the board quick while more is asked of it than it can carry: of each class of requests a few are
// worked on at once, a short line waits, and the rest is told at once to come back later.
//
// Without it everything that comes is begun, everybody waits for everybody, and at twice the capacity nobody is served in time.
package overload

import (
	"io"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
)

const (
	retryAfter  = 2                // seconds; it is calm again within two
	reportEvery = 10 * time.Second // how often the log tells of refusals
)

// Options configures the guard.
type Options struct {
	MaxWait time.Duration // how long a request may wait for its turn; 0 turns the guard off
}

// Bind guards app's requests as soon as it serves.
func Bind(app core.App, options Options) {
	if options.MaxWait <= 0 {
		return
	}
	guard := newGuard(runtime.GOMAXPROCS(0), options.MaxWait)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "jobboardOverload",
			// Right behind CORS, which was bound before, so that other origins can read the refusal; before the log and the login,
			// which cost a write and a query.
			Priority: apis.DefaultCorsMiddlewarePriority,
			Func:     guard.admit,
		})
		return e.Next()
	})
}

// guard has a line for each class of requests.
type guard struct {
	lines   map[class]*line
	uploads uploadsUnderWay
	report  *report
}

func newGuard(cores int, maxWait time.Duration) *guard {
	g := &guard{lines: map[class]*line{}, report: &report{}}
	for class, of := range classes {
		g.lines[class] = newLine(of.slots(cores), of.expected, maxWait)
	}
	g.lines[uploads].fixed = true // how long the slowest sender takes tells nothing about the next place
	return g
}

// admit lets a request through when it is its turn. A REST call is counted once, though it comes by again as the record
// requests that it turns into.
func (g *guard) admit(e *core.RequestEvent) (result error) {
	if isAdmitted(e.Request) {
		return e.Next()
	}
	class := classify(e.Request)
	line := g.lines[class]
	if line == nil {
		return e.Next()
	}
	// A slow sender must not hold a place, so what is small is read before. What is large has places of its own.
	if class != uploads && e.Request.Body != nil {
		if _, err := io.Copy(io.Discard, e.Request.Body); err != nil { // PocketBase rewinds it at its end
			return e.BadRequestError("The request ended before it was whole.", err)
		}
	}
	if class == uploads && line.isFull() {
		g.uploads.endSlowest()
	}
	leave, err := line.enter(e.Request.Context())
	if err != nil {
		return g.refuse(e, class, "The board is busy. Try again in a moment.")
	}
	defer leave()
	markAdmitted(e.Request)
	response := e.Response
	if class == uploads && e.Request.Body != nil {
		sent := g.uploads.add(response, e.Request)
		defer g.uploads.remove(sent)
		defer func() {
			if result != nil && sent.ended.Load() {
				result = g.refuse(e, class, "The upload was too slow while others were waiting. Try again in a moment.")
			}
		}()
	}
	e.Response = &answer{ResponseWriter: response, leave: leave}
	defer func() { e.Response = response }()
	return e.Next()
}

// refuse answers that the caller may come back later.
func (g *guard) refuse(e *core.RequestEvent, of class, message string) error {
	g.report.refused(e.App.Logger(), of)
	e.Response.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	return router.NewApiError(http.StatusServiceUnavailable, message, nil)
}

// answer gives the place back with the first byte of the answer: then the work is done, and a slow reader keeps nobody waiting.
type answer struct {
	http.ResponseWriter
	leave func()
}

// Unwrap lets [http.ResponseController] and PocketBase reach the writer behind.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Write implements [io.Writer].
func (a *answer) Write(p []byte) (int, error) {
	a.leave()
	return a.ResponseWriter.Write(p)
}

// ReadFrom implements [io.ReaderFrom], so that files still go the short way.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.leave()
	return io.Copy(a.ResponseWriter, r)
}
