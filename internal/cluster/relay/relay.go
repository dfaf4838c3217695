// Package relay stands before the handlers of every node of a cluster, so that clients may talk to any of them: writes that reach a
// follower go on to the leader, answers to writes wait until no failover can undo what was written, and reads wait for what their
// caller has written before. It also carries the calls between nodes.
//
// Its way of asking what this node is and knows is Node, which internal/cluster implements.
package relay

import (
	"context"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/internal/database"
	"jobboard/internal/leadership"
)

// Node is what the relay asks of this node.
type Node interface {
	leadership.Node
	// LeaderURL returns where the leader is reached, such as http://10.0.0.2:8090, or "" while none is known.
	LeaderURL() string
	// TXID returns the number of the last transaction that this node has: in the log if it leads, applied if it follows.
	TXID() uint64
	// LastWriteTXID returns the number of the transaction up to which all that this node has written so far is, or will be, in the log.
	LastWriteTXID(ctx context.Context) (uint64, error)
	// WaitFor returns once this node has the transaction with that number, or with an error when ctx ends first.
	WaitFor(ctx context.Context, txid uint64) error
}

// Options configures the relay.
type Options struct {
	// BucketSecret is the bucket's secret key, which all nodes have. What they sign their requests with is derived from it.
	BucketSecret string
	// Quick answers writes once they are committed on the leader, before they are in the log.
	Quick bool
	// AwaitLog is how long the answer to a write waits for the log, and CatchUp how long a read waits for a follower; 0 is the default.
	AwaitLog, CatchUp time.Duration
}

const (
	defaultAwaitLog = 10 * time.Second
	defaultCatchUp  = 500 * time.Millisecond
)

// relay is the front of one node.
type relay struct {
	app     core.App
	node    Node
	options Options
	key     signingKey
	forward *httputil.ReverseProxy
	client  *http.Client // for calls
	board   http.Handler // PocketBase's router
}

// Bind puts the relay before all handlers of app's server.
func Bind(app core.App, node Node, options Options) {
	if options.AwaitLog == 0 {
		options.AwaitLog = defaultAwaitLog
	}
	if options.CatchUp == 0 {
		options.CatchUp = defaultCatchUp
	}
	transport := newTransport()
	r := &relay{app: app, node: node, options: options, key: newSigningKey(options.BucketSecret), client: &http.Client{Transport: transport}}
	r.forward = r.newForward(transport)
	leadership.SetCall(app, r.call)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(answerRefusals(), noteReadOnly())
		r.bindCalls(e)
		if node, ok := node.(managed); ok {
			r.bindManagement(e, node)
		}
		if err := e.Next(); err != nil {
			return err
		}
		r.board = e.Server.Handler
		e.Server.Handler = r
		return nil
	})
}

// ServeHTTP implements [http.Handler].
func (r *relay) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	from := r.key.open(request)
	switch {
	case from.stale:
		r.app.Logger().Error("A node's signature is too old: set the clocks of all nodes, and have them kept by NTP.",
			"address", request.RemoteAddr)
		r.refuse(w, request, unavailable("The clocks of the board's nodes differ. Nothing was changed."))
		return
	case from.node:
		request = request.WithContext(context.WithValue(request.Context(), fromNodeKey{}, true))
	case from.client != "":
		showAs(request, from.client, r.app.Settings().TrustedProxy.Headers)
	}
	forwarded, leads := from.client != "", r.node.Leading()
	if number, given := request.Header[http.CanonicalHeaderKey(Header)]; given {
		if err := checkNumber(number); err != nil {
			r.refuse(w, request, refusal{err: err})
			return
		}
	}
	switch {
	case isLocal(request):
		r.board.ServeHTTP(w, request)
	case leads && (!isRead(request.Method) || forwarded):
		r.serveWrite(w, request)
	case leads:
		r.board.ServeHTTP(w, request)
	case forwarded: // by a node that takes this one for the leader; to send it on again might go in circles
		r.refuse(w, request, unavailable("The board is choosing its leader. Nothing was changed; try again in a moment."))
	case !isRead(request.Method), isOfLeader(request.URL.Path), !r.caughtUp(request):
		r.toLeader(w, request)
	default:
		r.serveRead(w, request)
	}
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// isLocal reports whether a request is about this node alone.
func isLocal(r *http.Request) bool {
	path := r.URL.Path
	switch path {
	case "/api/realtime", "/api/health", "/api/oauth2-redirect", "/api/board/ready", "/api/board/ready/", "/metrics":
		return true
	}
	return r.Method == http.MethodOptions || strings.HasPrefix(path, clusterPrefix)
}

// isOfLeader reports whether a request is about what only the leader has, although it is a read.
func isOfLeader(path string) bool {
	return path == "/api/backups" || strings.HasPrefix(path, "/api/backups/") // in the folder of the node that has made them
}

// visit is what a read on a follower leaves behind for the relay.
type visit struct {
	inside bool // behind the middleware that would see the error
	writes bool // the handler wanted to write, and has answered nothing
}

type (
	visitKey    struct{}
	fromNodeKey struct{}
)

// serveRead serves a read on a follower. If the handler turns out to write, which only shows when the database refuses, the leader
// answers instead.
func (r *relay) serveRead(w http.ResponseWriter, request *http.Request) {
	seen := new(visit)
	r.board.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), visitKey{}, seen)))
	if seen.writes {
		clear(w.Header())
		request.Body, request.ContentLength = http.NoBody, 0 // may be read already; no handler of a read looks at it
		r.toLeader(w, request)
	}
}

// noteReadOnly returns a middleware that leaves a read that wanted to write to the leader.
func noteReadOnly() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id: "jobboardReadOnly",
		// Inside of everything that logs errors, counts them or turns them into answers.
		Priority: apis.DefaultPanicRecoverMiddlewarePriority + 4,
		Func: func(e *core.RequestEvent) error {
			seen, _ := e.Request.Context().Value(visitKey{}).(*visit)
			if seen == nil || seen.inside { // or a record request of the REST API, whose caller handles the error
				return e.Next()
			}
			seen.inside = true
			err := e.Next()
			if err == nil || e.Written() || !database.IsReadOnly(err) {
				return err
			}
			seen.writes = true
			return nil
		},
	}
}
