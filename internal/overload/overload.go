// Package overload keeps the board responsive under more load than it can handle: of each class of requests a few run at once, a
// short queue waits, and the rest are refused at once, with the time after which to try again.
//
// Without it every request is started, all wait for one another, and at twice the capacity none is answered in time.
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
	retryAfter  = 2                // seconds, within which most bursts have passed
	reportEvery = 10 * time.Second // how often refusals are logged
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

// guard has a queue for each class of requests.
type guard struct {
	queues  map[class]*queue
	uploads uploadsUnderWay
	report  *report
}

func newGuard(cores int, maxWait time.Duration) *guard {
	g := &guard{queues: map[class]*queue{}, report: &report{}}
	for class, of := range classes {
		g.queues[class] = newQueue(of.slots(cores), of.expected, maxWait)
	}
	g.queues[uploads].fixed = true // how long a slow sender takes says nothing about when the next slot is free
	return g
}

// admit lets a request through when it is its turn. A REST call counts once, although it passes here again as the record requests
// that it turns into.
func (g *guard) admit(e *core.RequestEvent) (result error) {
	if isAdmitted(e.Request) {
		return e.Next()
	}
	class := classify(e.Request)
	queue := g.queues[class]
	if queue == nil {
		return e.Next()
	}
	// A slow sender must not hold a slot, so small bodies are read first. Large ones have slots of their own.
	if class != uploads && e.Request.Body != nil {
		if _, err := io.Copy(io.Discard, e.Request.Body); err != nil { // PocketBase rewinds it at its end
			return e.BadRequestError("The request ended before it was whole.", err)
		}
	}
	if class == uploads && queue.isFull() {
		g.uploads.endSlowest()
	}
	leave, err := queue.enter(e.Request.Context())
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

// refuse returns the error that has the client try again later.
func (g *guard) refuse(e *core.RequestEvent, of class, message string) error {
	g.report.refused(e.App.Logger(), of)
	e.Response.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	return router.NewApiError(http.StatusServiceUnavailable, message, nil)
}

// answer frees the slot with the first byte that is written: by then the work is done, and a slow reader keeps nobody waiting.
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

// ReadFrom implements [io.ReaderFrom], so that the system can still send files without copying them.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.leave()
	return io.Copy(a.ResponseWriter, r)
}
