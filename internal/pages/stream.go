package pages

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Long answers are read from the database in batches, each by its own query: a slow reader holds neither a connection nor a
// snapshot of the database, and the answer's length takes no memory.

// batchTime is how long a reader may take for one batch; whoever reads slower is cut off.
const batchTime = 20 * time.Second

// eachRow calls do with the rows of a query, in the order of their numbers (seq, SQLite's rowid). The query has the parameters
// after and until, which bound the numbers, and limit.
func eachRow[Row interface{ seq() int64 }](e *core.RequestEvent, query string, after, until int64, batch int, do func(*Row) error) error {
	control := http.NewResponseController(e.Response)
	for {
		var rows []Row
		err := e.App.DB().NewQuery(query).Bind(dbx.Params{"after": after, "until": until, "limit": batch,
			"now": types.NowDateTime().String()}).
			WithContext(e.Request.Context()).All(&rows)
		if err != nil {
			return fmt.Errorf("read rows after %d: %w", after, err)
		}
		// A writer that can't be limited, such as a test's, is not slow.
		_ = control.SetWriteDeadline(time.Now().Add(batchTime))
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < batch {
			return nil
		}
		after = rows[len(rows)-1].seq()
	}
}

// A long answer has left the guard against overload as soon as it begins, so how many are written at a time is bounded here.

// turns lets a few requests work at a time and the next ones wait for a moment.
type turns chan struct{}

const (
	turnWait  = 5 * time.Second
	turnAfter = "10" // seconds after which to try again
)

// enter waits for a turn, and returns what ends it.
func (t turns) enter(e *core.RequestEvent) (leave func(), err error) {
	late := time.NewTimer(turnWait)
	defer late.Stop()
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-late.C:
	case <-e.Request.Context().Done():
	}
	e.Response.Header().Set("Retry-After", turnAfter)
	return nil, e.Error(http.StatusServiceUnavailable, "The board is busy. Try again in a moment.", nil)
}

// finishStream ends an answer that was written as it was read. What fails after its beginning ends the connection: half a file
// must not pass for the whole one.
func finishStream(e *core.RequestEvent, err error) error {
	if err != nil && e.Written() {
		if e.Request.Context().Err() == nil {
			e.App.Logger().Warn("An answer broke off.", "path", e.Request.URL.Path, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return err
}
