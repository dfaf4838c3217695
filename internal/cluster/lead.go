package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"jobboard/internal/cluster/pages"
	"jobboard/internal/cluster/txlog"
)

// stepDownTimeout bounds a step-down when the process ends.
const stepDownTimeout = 10 * time.Second

// lead leads until ctx ends, somebody orders the node to step down, or the lead is lost.
func (n *Node) lead(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			limited, done := context.WithTimeout(context.WithoutCancel(ctx), stepDownTimeout)
			defer done()
			if err := n.stepDown(limited, ""); err != nil {
				n.logger.Error("The node could not step down in order", "error", err)
				n.unfinished = fmt.Errorf("what was written last may not be in the cluster's log, and be lost if another node leads next: %w", err)
			}
			return
		case o := <-n.orders:
			err := n.stepDown(o.ctx, o.to)
			o.done <- err
			return
		case cause := <-n.lost:
			n.demote(ctx, cause)
			return
		}
	}
}

// stepDown ends the leadership in order: first writes end, then everything that was written goes into the log, then another node may
// lead. Afterwards the copy is as good as any follower's.
func (n *Node) stepDown(ctx context.Context, to string) (err error) {
	began := time.Now()
	n.options.Gate.Close()
	n.turn(Following)
	n.notifyApp(false)
	n.mu.Lock()
	l := n.leader
	n.mu.Unlock()
	defer func() {
		if err != nil {
			n.demote(ctx, err)
		}
	}()
	if n.applier, err = pages.Open(ctx, n.path); err != nil {
		return err
	}
	if err := n.applier.Lock(ctx); err != nil {
		return err
	}
	if err := l.await(ctx); err != nil {
		return err
	}
	last, err := l.last()
	if err != nil {
		return err
	}
	if confirmed := n.log.Confirmed(); confirmed != last {
		return fmt.Errorf("the log ends at %d, the database at %d", confirmed, last)
	}
	if err := errors.Join(n.applier.Flush(), n.remember(last, "")); err != nil {
		return err
	}
	n.arrive(last) // first, so that no answer that waits tells a lower number
	n.log.Yield()
	n.mu.Lock()
	n.leader, n.notBefore = nil, time.Now().Add(n.options.TTL)
	n.mu.Unlock()
	// The others may lead from now on: nothing of this node is missing in the log.
	if err := n.lease.release(ctx, last, to); err != nil {
		n.logger.Warn("The lease was not released, and will expire", "error", err)
	}
	if err := errors.Join(l.close(), n.locks.restore(), n.applier.Unlock(context.WithoutCancel(ctx))); err != nil {
		n.logger.Warn("The leadership was not cleaned up in order", "error", errors.Join(err, n.closeApplier()))
	}
	n.logger.Info("The node has stepped down", "txid", last, "took", time.Since(began).Round(time.Millisecond).String())
	return nil
}

// demote ends a leadership that was lost. Writes that are not in the log were never acknowledged; if there are any, the copy is in doubt,
// and resolve decides.
func (n *Node) demote(ctx context.Context, cause error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stepDownTimeout)
	defer done()
	n.options.Gate.Close()
	n.turn(Doubtful)
	confirmed := n.log.Confirmed()
	if confirmed > 0 {
		n.arrive(confirmed)
	}
	n.log.Yield()
	n.mu.Lock()
	l := n.leader
	n.leader = nil
	n.mu.Unlock()
	if l != nil {
		l.end(errors.Join(txlog.ErrNotLeading, cause))
	}
	n.notifyApp(false)
	n.logger.Error("The node no longer leads the cluster", "txid", confirmed, "cause", cause)
	if l == nil {
		return
	}
	clean, err := n.settle(ctx, l, confirmed)
	if err != nil {
		n.logger.Warn("It is not certain that the node's last writes are in the log", "error", err)
	}
	if !clean {
		if err := n.closeApplier(); err != nil {
			n.logger.Warn("The copy of the database was not closed", "error", err)
		}
	}
}

// settle closes the former leader, and reports whether the copy holds exactly what is in the log.
func (n *Node) settle(ctx context.Context, l *leader, confirmed uint64) (clean bool, err error) {
	closed := false
	closeAll := func() error {
		if closed {
			return nil
		}
		closed = true
		return errors.Join(l.close(), n.locks.restore())
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	if n.applier == nil {
		if n.applier, err = pages.Open(ctx, n.path); err != nil {
			return false, err
		}
		if err := n.applier.Lock(ctx); err != nil {
			return false, err
		}
	}
	last, err := l.staged(ctx)
	if err != nil {
		return false, err
	}
	_, session := n.remembered()
	for confirmed < last {
		writer, err := n.log.Session(ctx, confirmed+1)
		if err != nil || writer != session {
			return false, err
		}
		confirmed++
	}
	if confirmed == 0 {
		return false, nil
	}
	if err := errors.Join(n.applier.Flush(), closeAll(), n.remember(confirmed, ""), n.applier.Unlock(ctx)); err != nil {
		return false, err
	}
	n.arrive(confirmed)
	n.turn(Following)
	return true, nil
}

// litestreamLogger passes on Litestream's warnings and errors. Its messages about each file would fill the log.
func (n *Node) litestreamLogger() *slog.Logger {
	return slog.New(appHandler{app: n.app, least: slog.LevelWarn}).With("by", "litestream")
}
