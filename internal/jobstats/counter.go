// Package jobstats counts who reads a published job and who follows the way to apply, by job and day, and reads these figures.
//
// Counting must never slow or fail a read: a request only adds to a table in memory. A loop writes the table to job_days every second,
// in one transaction, and a crash loses the rest; a follower hands it to the leader. Of a visitor it keeps a keyed hash, by which nobody
// counts twice on one day. The key is a random salt that is deleted with the hashes when the day is over.
package jobstats

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/background"
	"jobboard/internal/leadership"
	"jobboard/internal/workflow"
)

const (
	flushInterval = time.Second
	lastFlush     = time.Second // for a follower that stops to reach the leader
	storeKey      = "jobboard.jobstats"
)

// maxPending bounds what requests can leave to one flush: it takes 10 ms for a thousand entries, in which nobody else can write. What does
// not fit isn't counted. Tests lower it.
var maxPending = 20_000

// Options configures the package; there is nothing to configure yet.
type Options struct{}

// counter counts what happens to the jobs of one board.
type counter struct {
	mu      sync.Mutex
	pending map[entry]counts

	flushing sync.Mutex // one flush at a time
	handed   *batch     // what a follower has handed to the leader, until that has confirmed it

	storing sync.Mutex
	cleaned string   // the day of which the visitors are known to be today's
	known   []string // the batches that were stored last
}

// entry is one reader of one job since the last flush.
type entry struct {
	job     string
	visitor [sha256.Size]byte
	caller  string // the caller's id where they may be one of the job's people, who are not counted
}

type counts struct{ views, clicks int }

// Bind counts while the app serves.
func Bind(app core.App, _ Options) {
	c := &counter{pending: map[entry]counts{}}
	app.Store().Set(storeKey, c)
	receive(app, c)
	background.Bind(app, background.NewLoop("count views of jobs", background.Options{Interval: flushInterval, EveryNode: true},
		func(ctx context.Context, app core.App) (bool, error) { return false, c.flush(ctx, app, time.Now()) }))
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		if !c.hasPending() { // as after a command, which may have no database
			return e.Next()
		}
		ctx, cancel := context.WithTimeout(context.Background(), lastFlush)
		defer cancel()
		if err := c.flush(ctx, e.App, time.Now()); err != nil {
			e.App.Logger().Warn("The last views of jobs were not counted.", "error", err)
		}
		return e.Next()
	})
	app.OnRecordViewRequest(collections.Jobs).BindFunc(func(e *core.RecordRequestEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if e.Record.GetString("status") == workflow.Published {
			CountView(e.RequestEvent, e.Record.Id)
		}
		return nil
	})
}

func (c *counter) hasPending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending) > 0 || c.handed != nil
}

// ViewHandlers returns how many handlers of view requests this package has bound.
func ViewHandlers(app core.App) int {
	if of(app) == nil {
		return 0
	}
	return 1
}

func of(app core.App) *counter {
	c, _ := app.Store().Get(storeKey).(*counter)
	return c
}

type uncountedKey struct{}

// Uncounted marks the context of a request that a part of the board makes to another, to look something up: it is no view.
func Uncounted(ctx context.Context) context.Context {
	return context.WithValue(ctx, uncountedKey{}, true)
}

// CountView counts that a published job was read on its own.
func CountView(e *core.RequestEvent, jobID string) {
	if e.Request.Method == http.MethodGet { // and not HEAD, which shows nothing
		count(e, jobID, counts{views: 1})
	}
}

// CountApplyClick counts that somebody was led from a published job to where one applies.
func CountApplyClick(e *core.RequestEvent, jobID string) { count(e, jobID, counts{clicks: 1}) }

// count counts nothing by admins, by superusers and by bots, nor, later, by the job's people.
func count(e *core.RequestEvent, jobID string, more counts) {
	c := of(e.App)
	agent := e.Request.UserAgent()
	if c == nil || e.Request.Context().Value(uncountedKey{}) != nil || actor.IsAdminOrSuperuser(e.Auth) || isBot(agent) {
		return
	}
	one := entry{job: jobID}
	identity := e.RealIP() + "\n" + browserOf(agent)
	if e.Auth != nil {
		identity = e.Auth.Id
		if e.Auth.GetString("role") == collections.RoleEmployer {
			one.caller = e.Auth.Id
		}
	}
	one.visitor = sha256.Sum256([]byte(identity))
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.pending[one]
	if !known && len(c.pending) >= maxPending {
		return
	}
	c.pending[one] = counts{before.views + more.views, before.clicks + more.clicks}
}

// browsersPerAddress is how many visitors one address can be on a day: a script could make up a new user agent for each request.
const browsersPerAddress = 32

// browserOf tells the browsers of one address apart, as far as so many are enough.
func browserOf(agent string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(agent))%browsersPerAddress), 10)
}

// Flush writes what has been counted so far, for somebody who wants to see it. On a follower, who would have to wait for the leader, it
// does nothing: the figures are a second old.
func Flush(app core.App) error {
	c := of(app)
	if c == nil || !leadership.Leading(app) {
		return nil
	}
	return c.flush(context.Background(), app, time.Now())
}

// flush writes what has been counted, or keeps it for the next time. A follower hands it to the leader instead.
func (c *counter) flush(ctx context.Context, app core.App, now time.Time) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	if !leadership.Leading(app) || c.handed != nil {
		return c.handOver(ctx, app)
	}
	taken := c.take()
	if err := c.store(app, "", taken, now); err != nil {
		c.putBack(taken)
		return err
	}
	return nil
}

// take returns what has been counted since it was last called.
func (c *counter) take() map[entry]counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.pending
	c.pending = map[entry]counts{} // also if nothing is taken, since requests go on to write to it
	return taken
}

// store writes what has been counted, unless it is a batch of another node that was stored before; "" is none.
func (c *counter) store(app core.App, id string, taken map[entry]counts, now time.Time) error {
	c.storing.Lock()
	defer c.storing.Unlock()
	today := now.UTC().Format(time.DateOnly)
	if len(taken) == 0 && c.cleaned == today || slices.Contains(c.known, id) {
		return nil
	}
	err := app.RunInTransaction(func(tx core.App) error {
		salt, err := saltOf(tx, today)
		if err != nil || len(taken) == 0 {
			return err
		}
		return write(tx, today, salt, taken)
	})
	if err != nil {
		return fmt.Errorf("count views of jobs: %w", err)
	}
	c.cleaned = today
	if id != "" {
		c.known = append(c.known, id)
		c.known = c.known[max(0, len(c.known)-remembered):]
	}
	return nil
}

func (c *counter) putBack(taken map[entry]counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one, n := range taken {
		if before, known := c.pending[one]; known || len(c.pending) < maxPending {
			c.pending[one] = counts{before.views + n.views, before.clicks + n.clicks}
		}
	}
}
