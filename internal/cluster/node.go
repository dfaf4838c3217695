package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/pages"
	"jobboard/internal/cluster/txlog"
	"jobboard/internal/database"
	"jobboard/internal/leadership"
)

// Options say how a node takes part in a cluster. Without a bucket there is none.
type Options struct {
	Bucket  bucket.Settings
	NodeURL string // where the other nodes reach this one
	// Writes is "safe" (the default) if the answer to a write waits until the log has it, else "quick".
	Writes string
	Gate   *database.Gate // of the app's connections

	TTL       time.Duration // of the lease; 0 for 3 s
	Retention time.Duration // of the log, for restoring an earlier state; 0 for 7 days
}

// Quick is the value of Options.Writes for answers that do not wait for the log.
const Quick = "quick"

const (
	defaultTTL       = 3 * time.Second
	defaultRetention = 7 * 24 * time.Hour

	shortestPoll  = 50 * time.Millisecond
	longestPoll   = 250 * time.Millisecond
	announceEvery = 5 * time.Second

	batchFiles = 64
	batchBytes = 8 << 20
)

// Node is this process's part in the cluster. It implements [leadership.Node].
type Node struct {
	app     core.App
	options Options
	logger  *slog.Logger

	bucket *bucket.Bucket
	log    *txlog.Log
	lease  *lease
	path   string // of the database
	dir    string // of the data folder

	lacking func(path string) ([]string, error) // missing, but for tests
	boot    string                              // bootID, but for tests

	// for the goroutine of run only
	applier *pages.Applier
	locks   *locks

	mu        sync.Mutex
	state     *state
	role      string
	position  uint64
	moved     chan struct{} // closed when position or role change
	caughtUp  time.Time
	failure   string
	leader    *leader // while this node leads, and until its last transaction is in the log
	opened    bool    // PocketBase has, or is about to have, the database open
	serves    bool    // the app can be called
	notified  bool    // the role that the app knows: true if it leads
	waiting   int     // how many callers wait for a transaction that is not here yet
	notBefore time.Time

	applying   sync.Mutex    // held while transactions are written to the copy
	held       uint64        // the transaction that the copy must not pass just now; 0: it may go on
	distrusted chan struct{} // a comparison has shown that the copy differs from the leader's
	hashing    *hashing      // of the last comparison with this leader

	nudged   chan struct{} // to look for transactions at once
	orders   chan order
	lost     chan error
	ready    chan struct{} // closed when the board may be opened
	isReady  bool
	cancel   context.CancelFunc
	finished chan struct{} // closed when run has ended
	// unfinished is why the node could not step down when it ended. It is there once finished is closed.
	unfinished error
}

// order asks the goroutine of run to step down.
type order struct {
	ctx  context.Context
	to   string
	done chan error
}

func newNode(app core.App, options Options) *Node {
	if options.TTL == 0 {
		options.TTL = defaultTTL
	}
	if options.Retention == 0 {
		options.Retention = defaultRetention
	}
	n := &Node{
		app: app, options: options, role: Starting, moved: make(chan struct{}),
		nudged: make(chan struct{}, 1), distrusted: make(chan struct{}, 1), orders: make(chan order),
		lost: make(chan error, 1), ready: make(chan struct{}), finished: make(chan struct{}), state: &state{}, cancel: func() {},
	}
	n.lacking, n.boot = missing, bootID()
	n.logger = slog.New(appHandler{app: app})
	n.bucket = bucket.New(options.Bucket)
	n.log = txlog.New(n.bucket)
	n.lease = &lease{bucket: n.bucket, url: options.NodeURL, ttl: options.TTL}
	return n
}

// Bucket returns the cluster's bucket.
func (n *Node) Bucket() *bucket.Bucket { return n.bucket }

// ID returns the node's name.
func (n *Node) ID() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state.Node
}

// Leading reports whether this node may write now.
func (n *Node) Leading() bool {
	n.mu.Lock()
	leading := n.role == Leading
	n.mu.Unlock()
	return leading && n.lease.holds()
}

// LeaderURL returns where the leader is reached, or "" if nobody is known to lead.
func (n *Node) LeaderURL() string {
	return n.lease.last().URL
}

// Safe reports whether answers to writes wait until the log has them.
func (n *Node) Safe() bool { return n.options.Writes != Quick }

// TXID returns the last transaction in this copy of the database; of the leader, the last one that is in the log.
func (n *Node) TXID() uint64 {
	if confirmed := n.log.Confirmed(); confirmed > 0 {
		return confirmed
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.position
}

// Await returns once everything that this process has committed so far is in the log. It fails if the node does not lead.
func (n *Node) Await(ctx context.Context) error {
	n.mu.Lock()
	l := n.leader
	n.mu.Unlock()
	if l == nil {
		return txlog.ErrNotLeading
	}
	return l.await(ctx)
}

// LastWriteTXID returns the number with which everything that this leader has committed so far is, or will be, in the log: a copy that
// has it shows the caller's own writes. Without waiting for the log, it reads what was committed.
func (n *Node) LastWriteTXID(ctx context.Context) (uint64, error) {
	n.mu.Lock()
	l := n.leader
	n.mu.Unlock()
	if l == nil {
		return 0, txlog.ErrNotLeading
	}
	return l.staging.ask(ctx, l)
}

// WaitFor returns once this copy has a transaction, or ctx ends.
func (n *Node) WaitFor(ctx context.Context, txid uint64) error {
	n.mu.Lock()
	n.waiting++
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		n.waiting--
		n.mu.Unlock()
	}()
	for {
		n.mu.Lock()
		moved, position := n.moved, n.position
		n.mu.Unlock()
		if position >= txid || n.log.Confirmed() >= txid {
			return nil
		}
		n.Nudge()
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for transaction %d: %w", txid, context.Cause(ctx))
		case <-n.finished:
			return errors.New("the node has stopped")
		case <-moved:
		}
	}
}

// Nudge makes a follower look for new transactions at once.
func (n *Node) Nudge() {
	select {
	case n.nudged <- struct{}{}:
	default:
	}
}

// StepDownFor ends this node's leadership in order: nothing is lost, and another node leads at once; if one is named, that node.
func (n *Node) StepDownFor(ctx context.Context, node string) error {
	o := order{ctx, node, make(chan error, 1)}
	select {
	case n.orders <- o:
	case <-n.finished:
		return txlog.ErrNotLeading
	case <-ctx.Done():
		return fmt.Errorf("step down: %w", context.Cause(ctx))
	}
	return <-o.done
}

// Promote makes this node lead as soon as nobody else does, and returns when it leads. The present leader must step down for it.
func (n *Node) Promote(ctx context.Context) error {
	n.mu.Lock()
	n.notBefore = time.Time{}
	n.mu.Unlock()
	for {
		n.mu.Lock()
		moved := n.moved
		n.mu.Unlock()
		if n.Leading() {
			return nil
		}
		n.Nudge()
		select {
		case <-ctx.Done():
			return fmt.Errorf("lead the cluster: %w", context.Cause(ctx))
		case <-n.finished:
			return errors.New("the node has stopped")
		case <-moved:
		}
	}
}

// turn changes the node's role.
func (n *Node) turn(role string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.role = role
	n.signal()
}

// signal wakes everybody who waits for a change of position or role. n.mu is locked.
func (n *Node) signal() {
	close(n.moved)
	n.moved = make(chan struct{})
}

// arrive records that the copy has a transaction.
func (n *Node) arrive(txid uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.position = txid
	n.signal()
}

// remember records on disk what the copy holds: a position, or a session if this node leads.
func (n *Node) remember(txid uint64, session string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.state.TXID, n.state.Session, n.state.Boot = txid, session, ""
	if session != "" {
		n.state.Boot = n.boot
	}
	return n.state.save()
}

// remembered returns what remember has recorded.
func (n *Node) remembered() (txid uint64, session string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state.TXID, n.state.Session
}

// notifyApp notifies the app that it leads or follows, once it serves.
func (n *Node) notifyApp(leading bool) {
	n.mu.Lock()
	changed := n.serves && n.notified != leading
	if changed {
		n.notified = leading
	}
	n.mu.Unlock()
	if changed {
		leadership.Changed(n.app, leading)
	}
}

// bootstrapped records that the app can be notified.
func (n *Node) bootstrapped() {
	n.mu.Lock()
	n.serves, n.notified = true, n.role == Leading
	n.mu.Unlock()
}

// open lets the board be opened.
func (n *Node) open() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.isReady {
		n.isReady, n.opened = true, true
		close(n.ready)
	}
}

func (n *Node) isOpened() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.opened
}

// fail records what goes wrong, and logs it once.
func (n *Node) fail(what string, err error) {
	n.mu.Lock()
	text := ""
	if err != nil {
		text = what + ": " + err.Error()
	}
	changed := text != n.failure
	n.failure = text
	n.mu.Unlock()
	if err != nil && changed {
		n.logger.Warn(what, "error", err)
	}
}

func newSession() string { return rand.Text() }

func (n *Node) meta() string { return filepath.Join(n.dir, Folder, metaDir) }

// appHandler logs to the app's log once that is open, and only what operators need to know.
type appHandler struct {
	app   core.App
	least slog.Level
	attrs []slog.Attr
}

// Enabled reports whether a level is logged.
func (h appHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

// Handle logs a record, unless it only says that this node does not lead, which the node itself has said.
func (h appHandler) Handle(ctx context.Context, r slog.Record) error {
	known := false
	r.Attrs(func(attr slog.Attr) bool {
		err, ok := attr.Value.Any().(error)
		known = ok && (errors.Is(err, txlog.ErrNotLeading) || errors.Is(err, txlog.ErrFenced))
		return !known
	})
	if known && h.least > slog.LevelInfo {
		return nil
	}
	r = r.Clone()
	r.AddAttrs(h.attrs...)
	return h.app.Logger().Handler().Handle(ctx, r)
}

// WithAttrs returns a handler that adds attributes.
func (h appHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return h
}

// WithGroup returns the same handler: the attributes stay flat.
func (h appHandler) WithGroup(string) slog.Handler { return h }

var _ leadership.Node = (*Node)(nil)
