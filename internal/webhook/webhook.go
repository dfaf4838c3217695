// Package webhook sends events to the addresses in webhook_endpoints, signed as Standard Webhooks (https://www.standardwebhooks.com) says.
//
// The events themselves are the queue: each endpoint has a position among them, which moves on as deliveries are written, some of which
// wait in webhook_deliveries (derive.go). Attempts run beside each other, with limits for each endpoint and for those that fail
// (dispatch.go), and what comes of them is stored (outcome.go). So a process that ends at any moment loses nothing, and what it sends
// again has the same webhook-id.
package webhook

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/database"
	"jobboard/internal/events"
)

const (
	storeKey = "jobboard.webhook"
	// pollInterval is how often deliveries are looked for that have become due.
	pollInterval = time.Second
	// timeout is for one attempt, from the lookup of the name to the last byte that is read.
	timeout = 20 * time.Second

	// maxWaiting is how many deliveries of one endpoint wait at most; further events wait where they are.
	maxWaiting = 500
	// scanAtOnce is how many events one step looks at for one endpoint.
	scanAtOnce = 1_000

	// Attempts that run at once: of one endpoint, and of all. Those that fail have their own, fewer places, so that receivers that hang
	// don't take those of the others.
	perEndpoint        = 4
	perFailingEndpoint = 1
	healthyAtOnce      = 64
	failingAtOnce      = 32
)

// Options configures the package.
type Options struct {
	// PrivateAddresses allows private addresses, any port, and http to the own machine.
	PrivateAddresses bool
}

// Bind sends webhooks while the app serves.
func Bind(app core.App, options Options) {
	w := newWorker(options)
	w.wal = database.NewWriteAheadLog(app)
	w.loop = background.NewLoop("send webhooks", background.Options{Interval: pollInterval, Rest: 1, Begin: w.begin}, w.step)
	app.Store().Set(storeKey, w)
	background.Bind(app, w.loop)
	events.Wake(app, w.loop)
	background.Schedule(app, "delete_old_webhook_deliveries", "23 * * * *", trim)
}

// worker sends the deliveries of one process.
type worker struct {
	options Options
	loop    *background.Loop        // nil in tests that call step
	wal     *database.WriteAheadLog // nil in tests that call step
	none    bool                    // there were no endpoints when the database was last read

	scanned map[string]int64 // by endpoint: up to which event nothing is to be delivered; it may be ahead of the stored position

	mu       sync.Mutex
	running  map[string]running // by delivery
	attempts sync.WaitGroup
}

// running is an attempt in progress.
type running struct {
	endpoint string
	failing  bool // takes one of the places for failing endpoints
}

func newWorker(options Options) *worker {
	return &worker{options: options, scanned: map[string]int64{}, running: map[string]running{}}
}

// begin forgets up to where events were looked at: what this node has seen may have been undone when it ceased to lead.
func (w *worker) begin(context.Context, core.App) error {
	w.scanned, w.none = map[string]int64{}, false
	return nil
}

// of returns the app's worker, or nil if webhooks are not bound.
func of(app core.App) *worker {
	w, _ := app.Store().Get(storeKey).(*worker)
	return w
}

// wake makes the worker look for deliveries that are due.
func (w *worker) wake() {
	if w != nil && w.loop != nil {
		w.loop.Wake()
	}
}

// step writes deliveries of new events, and begins the attempts that are due.
func (w *worker) step(ctx context.Context, app core.App) (more bool, err error) {
	if unread := w.wal == nil || w.wal.Unread(); w.none && !unread {
		return false, nil
	}
	endpoints, err := findEndpoints(app)
	w.none = err == nil && len(endpoints) == 0
	if err != nil || w.none {
		return false, err
	}
	kept, err := events.Kept(app)
	if err != nil {
		return false, err
	}
	for _, e := range endpoints {
		if !e.Active {
			continue
		}
		ahead, err := w.derive(app, e, kept)
		if err != nil {
			return false, err
		}
		more = more || ahead
	}
	for _, e := range endpoints {
		if err := w.dispatch(ctx, app, e); err != nil {
			return false, err
		}
	}
	return more, nil
}

// endpoint is an endpoint with what the worker notes about it.
type endpoint struct {
	ID          string `db:"id"`
	Active      bool   `db:"active"`
	Failing     bool   `db:"failing"`
	Position    int64  `db:"position"`
	PausedUntil string `db:"pausedUntil"`
	Waiting     int    `db:"waiting"` // pending deliveries
}

// findEndpoints returns the endpoints that can be sent something: those with a secret.
func findEndpoints(app core.App) (found []*endpoint, err error) {
	err = app.DB().NewQuery(`
		SELECT e.id, e.active, e.[[failingSince]] != '' AS failing, s.position, s.[[pausedUntil]],
			(SELECT count(*) FROM {{webhook_deliveries}} d WHERE d.endpoint = e.id AND d.status = 'pending') AS waiting
		FROM {{webhook_endpoints}} e JOIN {{webhook_states}} s ON s.endpoint = e.id`).All(&found)
	if err != nil {
		return nil, fmt.Errorf("find the endpoints of webhooks: %w", err)
	}
	return found, nil
}
