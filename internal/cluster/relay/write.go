package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"jobboard/internal/database"
	"jobboard/internal/leadership"
)

// mostHeld is how much of an answer waits for the log. Before more is sent the log must have what was written until then.
const mostHeld = 1 << 20

// serveWrite serves a write on the leader, and sends the answer once the log has what was written.
func (r *relay) serveWrite(w http.ResponseWriter, request *http.Request) {
	a := &answer{ResponseWriter: w, relay: r, ctx: request.Context(), before: database.Writes()}
	a.asksForState = !isRead(request.Method) && !isSignIn(request.URL.Path)
	r.board.ServeHTTP(a, request)
	err := a.finish()
	switch {
	case err == nil:
	case a.sent: // a part has left: the end must not look like one
		panic(http.ErrAbortHandler)
	default:
		clear(w.Header())
		r.refuse(w, request, uncertain())
	}
}

// isSignIn reports whether a request asks for a token. Those that write nothing, most of them, go on without the bucket.
func isSignIn(path string) bool {
	return strings.Contains(path, "/auth-") || strings.HasPrefix(path, "/api/users/auth/") || path == "/api/files/token"
}

// answer holds the answer to a write until the log has what was written.
type answer struct {
	http.ResponseWriter
	relay  *relay
	ctx    context.Context
	before uint64 // what database.Writes was before the request
	// asksForState is whether success says that something is stored, be it by an earlier request: one that is repeated, with its
	// Idempotency-Key or by saving what is there already, writes nothing.
	asksForState bool
	status       int
	held         bytes.Buffer
	sent         bool // the status has left
	failed       error
}

// Unwrap lets [http.ResponseController] reach the writer behind.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK { // more is to come
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status == 0 {
		a.status = status
	}
}

// Write implements [io.Writer].
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if !a.sent && a.held.Len()+len(p) > mostHeld {
		if err := a.send(); err != nil {
			return 0, err
		}
	}
	if a.sent {
		return a.ResponseWriter.Write(p)
	}
	return a.held.Write(p)
}

// ReadFrom keeps PocketBase from looking for one behind this writer.
func (a *answer) ReadFrom(from io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{a}, from)
}

// FlushError sends what there is, for [http.ResponseController].
func (a *answer) FlushError() error {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if err := a.send(); err != nil {
		return err
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Flush implements [http.Flusher]. What fails is seen by the next write.
func (a *answer) Flush() { _ = a.FlushError() }

// send waits for the log and sends what is held.
func (a *answer) send() error {
	if a.sent || a.failed != nil {
		return a.failed
	}
	number, err := a.await()
	if err != nil {
		a.failed = err
		return err
	}
	if number > 0 {
		a.Header().Set(Header, strconv.FormatUint(number, 10))
	}
	a.sent = true
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(a.status)
	}
	if a.held.Len() > 0 {
		_, err = a.ResponseWriter.Write(a.held.Bytes())
		a.held = bytes.Buffer{}
	}
	return err
}

// finish sends what is held, or waits for what was written since a part of the answer has been sent.
func (a *answer) finish() error {
	if !a.sent {
		return a.send()
	}
	if a.failed == nil {
		_, a.failed = a.await()
	}
	return a.failed
}

// await returns the number of the transaction that has what the answer says is stored, or 0 if it says nothing of the kind. In safe mode
// the log has the transaction by then.
func (a *answer) await() (uint64, error) {
	wrote := database.Writes() != a.before
	quick := a.relay.options.Quick
	if !wrote && (quick || a.sent || !a.asksForState || a.status >= http.StatusMultipleChoices) {
		return 0, nil
	}
	node := a.relay.node
	ctx, cancel := context.WithTimeout(a.ctx, a.relay.options.AwaitLog)
	defer cancel()
	if quick {
		number, err := node.LastWriteTXID(ctx)
		if !node.Leading() { // another node may have led since before the commit, and this one's copy be made anew
			return 0, errors.Join(leadership.ErrNoLeader, err)
		}
		if err != nil { // the answer does not depend on it
			a.relay.app.Logger().Warn("The number of a write's transaction is not known.", "error", err)
		}
		return number, nil
	}
	if err := node.Await(ctx); err != nil {
		if a.ctx.Err() == nil {
			a.relay.app.Logger().Error("A write could not be confirmed.", "error", err)
		}
		return 0, err
	}
	return node.TXID(), nil
}
