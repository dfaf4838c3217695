package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/background"
	"jobboard/internal/search/engine"
)

// rebuildBatch is the maximum number of records that are read at once.
const rebuildBatch = 4_096

// retryDelay is the time between a failed rebuild and the next attempt.
const retryDelay = 2 * time.Second

// rebuild is one run of indexing all records again. The follower continues to apply changes meanwhile.
type rebuild struct {
	stop    context.CancelFunc
	ended   chan struct{}
	retryAt time.Time // the earliest time of another attempt after a failure; may be read only after ended is closed
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

// startRebuild starts to index all records again, and stops a rebuild that is in progress. It also fulfils a pending rebuild
// request.
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
	ix.log().Info("Building the search index.", "reason", ix.engine.RebuildReason(), "request", request)
	began := time.Now()
	ix.mu.Lock()
	ix.rebuildDeadline = began.Add(maxCatchUpWait)
	ix.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	r := &rebuild{stop: stop, ended: make(chan struct{})}
	ix.rebuild = r
	next := ix.engine.NewRebuild(last)
	go func() { // one run, no loop: it ends by itself, and endRebuild waits for it
		defer close(r.ended)
		defer stop()
		var n int
		err := background.Recover(func() (err error) {
			if n, err = ix.addAll(ctx, next); err != nil {
				return err
			}
			return next.Commit()
		})
		switch {
		case err == nil:
			ix.answeredRequest.Store(request)
			ix.rebuilt.Store(request != "")
			ix.saveRequested.Store(true)
			ix.log().Info("The search index is complete.", "documents", n, "seconds", time.Since(began).Seconds())
			if n > smallIndexRecords {
				debug.FreeOSMemory() // what building took, hundreds of MB, which the runtime would give back bit by bit for minutes
			}
		case ctx.Err() == nil:
			ix.log().Error("The search index could not be built.", "error", err)
		}
		if err != nil {
			next.Abort()
			r.retryAt = time.Now().Add(retryDelay)
		}
		ix.notifyWaiters()
	}()
	return nil
}

// endRebuild stops the rebuild, if there is one, and waits until it has ended.
func (ix *Index) endRebuild() {
	if ix.rebuild == nil {
		return
	}
	ix.rebuild.stop()
	<-ix.rebuild.ended
	ix.rebuild = nil
}

// addAll adds all records, the newest first, and returns their number.
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
		if n == 0 { // the newest records should be searchable soon
			if err := next.Flush(); err != nil {
				return n, err
			}
		}
		n += len(docs)
		upTo = from - 1
		ix.notifyWaiters()
	}
}
