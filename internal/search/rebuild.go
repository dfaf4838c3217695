package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
)

// rebuildBatch is how many records are read at once, at most.
const rebuildBatch = 4_096

// retryAfter is how long a rebuild that failed is left alone.
const retryDelay = 2 * time.Second

// rebuild is one run of indexing all records anew, beside the follower, which goes on applying changes.
type rebuild struct {
	stop    context.CancelFunc
	ended   chan struct{}
	retryAt time.Time // after a failure: not before; read it only once ended is closed
}

func (r *rebuild) underWay() bool {
	if r == nil {
		return false
	}
	select {
	case <-r.ended:
		return time.Now().Before(r.retryAt)
	default:
		return true
	}
}

// startRebuild begins to index all records anew, in place of a rebuild that is under way. It answers a request, too, if
// there is one.
func (ix *Index) startRebuild(ctx context.Context) error {
	ix.endRebuild()
	request, err := ix.rebuildRequest()
	if err != nil {
		return err
	}
	last, err := ix.lastSeq()
	if err != nil {
		return err
	}
	ix.log().Info("The search index is built.", "reason", ix.engine.RebuildReason(), "asked", request)
	began := time.Now()
	ix.mu.Lock()
	ix.rebuildDeadline = began.Add(maxCatchUpWait)
	ix.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	r := &rebuild{stop: stop, ended: make(chan struct{})}
	ix.rebuild = r
	next := ix.engine.NewRebuild(last)
	ix.running.Go(func() {
		defer close(r.ended)
		defer stop()
		n, err := ix.addAll(ctx, next)
		if err == nil {
			err = next.Commit()
		}
		switch {
		case err == nil:
			ix.answeredRequest.Store(request)
			ix.saveRequested.Store(true)
			ix.log().Info("The search index is complete.", "documents", n, "seconds", time.Since(began).Seconds())
		case ctx.Err() == nil:
			ix.log().Error("The search index could not be built.", "error", err)
		}
		if err != nil {
			next.Abort()
			r.retryAt = time.Now().Add(retryDelay)
		}
		ix.notifyWaiters()
	})
	return nil
}

// endRebuild stops the rebuild, if there is one, and waits for its end.
func (ix *Index) endRebuild() {
	if ix.rebuild == nil {
		return
	}
	ix.rebuild.stop()
	<-ix.rebuild.ended
	ix.rebuild = nil
}

// fill adds all records, the newest first, and tells how many.
func (ix *Index) addAll(ctx context.Context, next *engine.Rebuild) (n int, err error) {
	for upTo := int64(math.MaxInt64); ; {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		err := ix.app.DB().NewQuery("SELECT rowid FROM " + ix.kind.table + " WHERE rowid <= {:upTo} ORDER BY rowid DESC LIMIT 1").
			Bind(dbx.Params{"upTo": upTo}).Row(&upTo)
		if errors.Is(err, sql.ErrNoRows) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("list the %s to index: %w", ix.kind.table, err)
		}
		from := upTo - rebuildBatch + 1
		docs, err := ix.kind.load(ix.app, "r.rowid BETWEEN {:from} AND {:to}", dbx.Params{"from": from, "to": upTo})
		if err != nil {
			return n, err
		}
		if err := next.Add(docs); err != nil {
			return n, err
		}
		if n == 0 { // so that the newest can be found soon
			if err := next.Flush(); err != nil {
				return n, err
			}
		}
		n += len(docs)
		upTo = from - 1
		ix.notifyWaiters()
	}
}
