package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/pages"
	"jobboard/internal/cluster/txlog"
	"jobboard/internal/leadership"
)

// follow keeps the copy up with the log until this node leads; then it returns nil.
func (n *Node) follow(ctx context.Context) error {
	if n.applier == nil {
		txid, session := n.remembered()
		var led bool
		var err error
		switch {
		case session != "":
			led, err = n.resolve(ctx, session)
		case txid == 0:
			led, err = n.join(ctx)
		}
		if led || err != nil {
			return err
		}
		if err := n.openApplier(ctx); err != nil {
			return err
		}
	}
	if n.isOpened() {
		n.turn(Following)
	}
	wait, checked := shortestPoll, uint64(0)
	for quiet := time.Now(); ; {
		began := time.Now()
		before := n.TXID()
		if err := n.catchUp(ctx); err != nil {
			return err
		}
		at := n.TXID()
		n.mu.Lock()
		n.caughtUp = began
		n.mu.Unlock()
		n.fail("", nil)
		if at != before {
			quiet = time.Now()
		}
		if !n.isOpened() && (checked == 0 || checked != at) {
			checked = at
			lacking, err := n.lacking(n.path)
			if err != nil {
				return err
			}
			if len(lacking) == 0 {
				n.turn(Following)
				n.open()
			} else if seen := n.lease.last(); seen.Node != "" && seen.Node != n.ID() {
				n.logger.Info("The node waits for migrations that the leader has not made, or to lead itself", "migrations", shorten(lacking))
			}
		}
		if seen, vacant := n.vacancy(); vacant {
			led, err := n.takeOver(ctx, seen)
			if led || err != nil {
				return err
			}
		}
		wait = shortestPoll
		if calm := time.Since(quiet); calm > 2*time.Second {
			wait = min(longestPoll, shortestPoll+calm/100)
		}
		if err := n.idle(ctx, wait); err != nil {
			return err
		}
	}
}

// idle waits for d, or until a caller waits for the next transaction. It refuses orders that are for a leader.
func (n *Node) idle(ctx context.Context, d time.Duration) error {
	n.mu.Lock()
	if n.waiting > 0 {
		d = min(d, shortestPoll/5)
	}
	n.mu.Unlock()
	for timer := time.After(d); ; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case o := <-n.orders:
			o.done <- txlog.ErrNotLeading
		case <-n.nudged:
			return nil
		case <-n.distrusted:
			return n.throwAway("it is not the same as the leader's")
		case <-timer:
			return nil
		}
	}
}

func (n *Node) openApplier(ctx context.Context) (err error) {
	if n.applier == nil {
		if n.applier, err = pages.Open(ctx, n.path); err != nil {
			return err
		}
	}
	txid, _ := n.remembered()
	n.arrive(txid)
	return n.openLocks()
}

func (n *Node) openLocks() (err error) {
	if n.locks == nil {
		n.locks, err = openLocks(n.path)
	}
	return err
}

func (n *Node) closeApplier() error {
	if n.applier == nil {
		return nil
	}
	err := n.applier.Close()
	n.applier = nil
	return err
}

// catchUp applies what is in the log after the copy's position. It returns nil when nothing more is there.
func (n *Node) catchUp(ctx context.Context) error {
	for {
		more, err := n.step(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// step applies the next transactions, and reports whether there may be more.
func (n *Node) step(ctx context.Context) (more bool, err error) {
	at := n.TXID()
	var files [][]byte
	var size int
	for next := at + 1; len(files) < batchFiles && size < batchBytes && n.mayApply(next); next++ {
		file, err := n.log.Read(ctx, next)
		if errors.Is(err, bucket.ErrNotFound) {
			break
		} else if err != nil {
			return false, err
		}
		files = append(files, file)
		size += len(file)
	}
	n.applying.Lock()
	defer n.applying.Unlock()
	for len(files) > 0 && !n.mayApply(at+uint64(len(files))) { // held since
		files = files[:len(files)-1]
	}
	last := at + uint64(len(files))
	if len(files) == 0 {
		if !n.mayApply(at + 1) {
			return false, nil
		}
		covered, err := n.bridge(ctx, at)
		if err != nil || covered == 0 {
			return false, err
		}
		last = covered
	} else if err := n.applier.Apply(ctx, files...); err != nil {
		return false, n.doubt(err)
	}
	if err := n.remember(last, ""); err != nil {
		return false, err
	}
	n.applied() // first, so that requests that wait for the transaction don't meet caches from before it
	n.arrive(last)
	return true, nil
}

// applied notifies the app of new transactions, once it serves.
func (n *Node) applied() {
	n.mu.Lock()
	serves := n.serves
	n.mu.Unlock()
	if serves {
		leadership.Applied(n.app)
	}
}

// doubt throws the copy away if something else has written to it.
func (n *Node) doubt(err error) error {
	if !errors.Is(err, pages.ErrChanged) {
		return err
	}
	return errors.Join(err, n.throwAway("something other than the cluster has written to it"))
}

// bridge applies a file of the archive if the next transaction's own file is gone already. It returns the new position, or 0 if there is
// nothing to apply.
func (n *Node) bridge(ctx context.Context, at uint64) (uint64, error) {
	if n.lease.last().TXID <= at {
		return 0, nil
	}
	if _, err := n.log.Read(ctx, at+1); err == nil {
		return 0, nil // it was written meanwhile
	} else if !errors.Is(err, bucket.ErrNotFound) {
		return 0, err
	}
	file, err := n.log.Covering(ctx, at+1)
	if err != nil {
		return 0, err
	}
	if file == nil {
		n.logger.Warn("The copy of the database is rebuilt: the log no longer reaches back to it", "txid", at)
		n.turn(Doubtful)
		return 0, errors.Join(errors.New("the log no longer has the next transaction"), n.closeApplier(), n.remember(0, ""))
	}
	body, err := n.log.Open(ctx, file)
	if err != nil {
		return 0, err
	}
	err = n.applier.ApplyFrom(ctx, body)
	if err := errors.Join(err, body.Close()); err != nil {
		return 0, n.doubt(err)
	}
	n.logger.Info("The copy of the database has caught up from the archive", "from", at, "to", uint64(file.MaxTXID))
	return uint64(file.MaxTXID), nil
}

// vacancy reports whether this node may take the lease.
func (n *Node) vacancy() (seenLease, bool) {
	seen := n.lease.last()
	if !seen.known {
		return seen, false
	}
	n.mu.Lock()
	me, notBefore := n.state.Node, n.notBefore
	n.mu.Unlock()
	switch {
	case n.lease.mine():
		return seen, true
	case seen.For == me:
		return seen, true
	case time.Now().Before(notBefore):
		return seen, false
	case seen.Node == "" && seen.For != "":
		return seen, seen.unchanged > n.options.TTL // the node that was to lead has not taken it
	case seen.Node == "": // released
		return seen, true
	case seen.Node == me: // held by this node before its restart, unless a copy of its folder renews it
		return seen, seen.unchanged > n.options.TTL/2
	}
	return seen, seen.unchanged > n.options.TTL+rand.N(n.options.TTL/8)
}

// acquire takes the lease, and reports whether it is this node's now.
func (n *Node) acquire(ctx context.Context, seen seenLease) (bool, error) {
	select {
	case <-n.lost: // of an earlier leadership
	default:
	}
	if n.lease.mine() {
		return n.lease.holds(), nil
	}
	err := n.lease.acquire(ctx, seen)
	if errors.Is(err, errTaken) {
		return false, nil
	}
	return err == nil, err
}

// join makes the first copy: it restores the database from the log or, if the log is empty, publishes that of the data folder.
func (n *Node) join(ctx context.Context) (led bool, err error) {
	for {
		empty, err := n.log.Empty(ctx)
		if err != nil {
			return false, err
		}
		if !empty {
			return false, n.rebuild(ctx)
		}
		if seen, vacant := n.vacancy(); vacant {
			if led, err := n.publish(ctx, seen, newSession()); led || err != nil {
				return led, err
			}
		}
		if err := n.idle(ctx, longestPoll); err != nil {
			return false, err
		}
	}
}

// publish writes the database as the first transaction of a new log, and leads.
func (n *Node) publish(ctx context.Context, seen seenLease, session string) (led bool, err error) {
	if mine, err := n.acquire(ctx, seen); !mine {
		return false, err
	}
	if empty, err := n.log.Empty(ctx); err != nil || !empty {
		return false, err
	}
	if err := n.remember(0, session); err != nil {
		return false, err
	}
	file, err := os.OpenFile(n.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, fmt.Errorf("create the database: %w", err)
	}
	if err := file.Close(); err != nil {
		return false, fmt.Errorf("create the database: %w", err)
	}
	n.logger.Info("The node begins the log with its database")
	return n.begin(ctx, time.Now(), 0, session, nil)
}

// resolve decides what follows from a leadership that ended without a step-down. If no other node has written since, this node leads again
// with everything that it has. Otherwise its copy may hold writes that were never acknowledged, and is rebuilt, as it is if it may lack
// what the log has.
func (n *Node) resolve(ctx context.Context, session string) (led bool, err error) {
	n.turn(Doubtful)
	for {
		from, _ := n.remembered()
		end, err := n.log.End(ctx, from)
		if err != nil {
			return false, err
		}
		writer := session
		if end > 0 {
			if writer, err = n.log.Session(ctx, end); err != nil {
				return false, err
			}
		} else if empty, err := n.log.Empty(ctx); err != nil {
			return false, err
		} else if !empty {
			writer = ""
		}
		if writer != session {
			n.logger.Warn("The copy of the database is rebuilt: another node has led since, and it may hold unacknowledged writes")
			return false, n.rebuild(ctx)
		}
		if end > 0 && !n.holdsAll(end) {
			n.logger.Warn("The copy of the database is rebuilt: the machine was restarted, or the data folder is an older one, and the "+
				"copy may lack what is in the log", "txid", end)
			return false, n.rebuild(ctx)
		}
		if seen, vacant := n.vacancy(); vacant {
			if end == 0 {
				led, err = n.publish(ctx, seen, session)
			} else {
				led, err = n.resume(ctx, seen, session, end)
			}
			if led || err != nil {
				return led, err
			}
		}
		if err := n.idle(ctx, longestPoll); err != nil {
			return false, err
		}
	}
}

// holdsAll reports whether the copy of a leadership that ended without a step-down certainly holds all transactions up to one that the node
// wrote to the log itself. After a power cut it may not: commits are flushed to the disk by checkpoints only. An older folder does not
// either, and lacks Litestream's file of that transaction, which is written before the log's.
func (n *Node) holdsAll(txid uint64) bool {
	n.mu.Lock()
	boot := n.state.Boot
	n.mu.Unlock()
	_, err := os.Stat(litestream.LTXFilePath(n.meta(), 0, ltx.TXID(txid), ltx.TXID(txid)))
	return boot != "" && boot == n.boot && err == nil
}

// resume leads again after transaction end, the last one in the log, which this node wrote itself.
func (n *Node) resume(ctx context.Context, seen seenLease, session string, end uint64) (led bool, err error) {
	began := time.Now()
	if mine, err := n.acquire(ctx, seen); !mine {
		return false, err
	}
	if again, err := n.log.End(ctx, end); err != nil || again != end {
		return false, err
	}
	return n.begin(ctx, began, end, session, nil)
}

// takeOver claims the next transaction and leads.
func (n *Node) takeOver(ctx context.Context, seen seenLease) (led bool, err error) {
	began := time.Now()
	mine, err := n.acquire(ctx, seen)
	if !mine {
		return false, err
	}
	n.release()
	defer func() {
		if !led {
			err = errors.Join(err, n.lease.release(ctx, n.TXID(), ""))
		}
	}()
	if err := n.catchUp(ctx); err != nil {
		return false, err
	}
	at, session := n.TXID(), newSession()
	if err := n.applier.KeepLog(ctx); err != nil {
		return false, err
	}
	claim, err := n.applier.Claim(ctx, at+1)
	if err != nil {
		return false, err
	}
	n.log.Lead(ctx, at, n.tenure(session))
	if err := n.log.Create(ctx, at+1, claim); err != nil {
		n.log.Yield()
		if errors.Is(err, txlog.ErrFenced) {
			n.logger.Info("Another node has claimed the lead", "txid", at+1)
			return false, nil
		}
		return false, err
	}
	if err := n.applier.Apply(ctx, claim); err != nil {
		n.log.Yield()
		return false, n.doubt(err)
	}
	n.arrive(at + 1)
	last, err := n.applier.Handover(ctx, claim)
	if err != nil {
		n.log.Yield()
		return false, errors.Join(err, n.remember(at+1, ""))
	}
	if err := n.remember(at+1, session); err != nil {
		n.log.Yield()
		return false, err
	}
	return n.begin(ctx, began, at+1, session, last)
}

func (n *Node) tenure(session string) txlog.Options {
	return txlog.Options{Session: session, Holds: n.lease.holds, Lost: n.lose}
}

// begin starts to lead after a transaction of the log. last is its file for Litestream; nil to continue from the files of the last time.
func (n *Node) begin(ctx context.Context, began time.Time, txid uint64, session string, last []byte) (led bool, err error) {
	if n.log.Confirmed() == 0 {
		n.log.Lead(ctx, txid, n.tenure(session))
	}
	if err := n.openLocks(); err != nil {
		return false, err
	}
	starts := time.Now()
	l, err := startLeader(ctx, n.log, begin{
		path: n.path, meta: n.meta(), number: txid, last: last, retention: n.options.Retention, logger: n.litestreamLogger(),
	})
	if err == nil {
		err = n.closeApplier() // Litestream's connections keep the write-ahead log from now on
	}
	if err != nil {
		n.log.Yield()
		if l != nil {
			err = errors.Join(err, l.close())
		}
		return false, errors.Join(err, n.closeApplier(), n.locks.restore(), n.lease.release(ctx, txid, ""))
	}
	n.mu.Lock()
	n.leader, n.position = l, n.log.Confirmed()
	n.mu.Unlock()
	n.options.Gate.Open()
	n.turn(Leading)
	n.open()
	n.notifyApp(true)
	n.logger.Info("The node leads the cluster", "txid", n.log.Confirmed(), "term", n.lease.last().Term,
		"took", time.Since(began).Round(time.Millisecond).String(), "started", time.Since(starts).Round(time.Millisecond).String())
	return true, nil
}

// rebuild makes a new copy from the log. A database that is open is replaced page by page.
func (n *Node) rebuild(ctx context.Context) error {
	began := time.Now()
	plan, err := litestream.CalcRestorePlan(ctx, n.log, 0, time.Time{}, n.litestreamLogger())
	if err != nil {
		return fmt.Errorf("plan the restore of the database: %w", err)
	}
	target := plan[len(plan)-1].MaxTXID
	fresh := n.path + ".restored"
	remove := func(path string) error {
		for _, suffix := range []string{"", "-wal", "-shm", ".tmp"} {
			if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("replace the database: %w", err)
			}
		}
		return nil
	}
	if err := remove(fresh); err != nil {
		return err
	}
	replica := litestream.NewReplicaWithClient(nil, n.log)
	options := litestream.NewRestoreOptions()
	options.OutputPath, options.TXID = fresh, ltx.TXID(target)
	if err := replica.Restore(ctx, options); err != nil {
		return fmt.Errorf("restore the database: %w", err)
	}
	differed := -1
	if n.isOpened() {
		if n.applier == nil {
			if n.applier, err = pages.Open(ctx, n.path); err != nil {
				return err
			}
		}
		if differed, err = n.applier.ReplaceWith(ctx, fresh); err != nil {
			return err
		}
		if err := remove(fresh); err != nil {
			return err
		}
		defer n.applied()
	} else {
		if err := remove(n.path); err != nil {
			return err
		}
		if err := os.Rename(fresh, n.path); err != nil {
			return fmt.Errorf("replace the database: %w", err)
		}
	}
	if err := n.remember(uint64(target), ""); err != nil {
		return err
	}
	n.arrive(uint64(target))
	n.logger.Info("The copy of the database was made from the log", "txid", uint64(target), "files", len(plan), "pages", differed,
		"took", time.Since(began).Round(time.Millisecond).String())
	return nil
}
