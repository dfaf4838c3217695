package txlog

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/superfly/ltx"
)

// tenure is what the log knows while this node leads. Then only this node writes, so lists need not be asked for, and what is not in
// memory was written by a successor: a deposed leader would otherwise take its successor's files for its own.
type tenure struct {
	session string
	holds   func() bool // whether the lease is certainly this node's
	lost    func(error)

	mu        sync.Mutex
	confirmed uint64
	progress  chan struct{} // closed when confirmed grows, or the tenure ends
	ended     bool
	own       []*ltx.FileInfo         // of level 0, written in this tenure
	older     []*ltx.FileInfo         // of level 0, written before
	loaded    chan struct{}           // closed when older is complete
	levels    map[int][]*ltx.FileInfo // of the archive, once asked for
}

// Options say how a node leads.
type Options struct {
	Session string      // names this node's leadership, in the metadata of each file
	Holds   func() bool // reports whether the lease is certainly this node's
	Lost    func(error) // is called once when a file shows that another node leads
}

// Lead makes the log accept transactions after the number end, the last one that is in it.
func (l *Log) Lead(ctx context.Context, end uint64, options Options) {
	var once sync.Once
	t := &tenure{
		session: options.Session, holds: options.Holds, confirmed: end,
		lost:     func(err error) { once.Do(func() { options.Lost(err) }) },
		progress: make(chan struct{}), loaded: make(chan struct{}), levels: map[int][]*ltx.FileInfo{},
	}
	if end > 0 {
		t.own = append(t.own, &ltx.FileInfo{MinTXID: ltx.TXID(end), MaxTXID: ltx.TXID(end)})
	}
	l.mu.Lock()
	l.tenure = t
	l.mu.Unlock()
	go l.loadOlder(ctx, t, end)
}

// loadOlder lists what earlier leaders wrote, which is needed to archive it but not to begin to lead. Until it is known nothing is
// archived: a gap could not be mended once level 0 is gone.
func (l *Log) loadOlder(ctx context.Context, t *tenure, end uint64) {
	for !t.over() {
		var older []*ltx.FileInfo
		var failed error
		for file, err := range l.list(ctx, 0, "") {
			if err != nil {
				failed = err
				break
			}
			if uint64(file.MaxTXID) >= end {
				break
			}
			older = append(older, file)
		}
		if failed == nil {
			t.mu.Lock()
			t.older = older
			t.mu.Unlock()
			close(t.loaded)
			return
		}
		if pause(ctx, retryListing) != nil {
			return
		}
	}
}

// Yield ends the leadership: the log refuses to write from now on.
func (l *Log) Yield() {
	l.mu.Lock()
	t := l.tenure
	l.tenure = nil
	l.mu.Unlock()
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		close(t.progress)
	}
}

func (t *tenure) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// Confirmed returns the number of the last transaction that is certainly in the log, while this node leads; else 0.
func (l *Log) Confirmed() uint64 {
	t, err := l.leading()
	if err != nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.confirmed
}

func (l *Log) leading() (*tenure, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tenure == nil {
		return nil, ErrNotLeading
	}
	return l.tenure, nil
}

// confirm notes that a transaction of this tenure is in the log.
func (t *tenure) confirm(file *ltx.FileInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own = append(t.own, file)
	if number := uint64(file.MaxTXID); number > t.confirmed {
		t.confirmed = number
	}
	if !t.ended {
		close(t.progress)
		t.progress = make(chan struct{})
	}
}

// await waits until a transaction is in the log.
func (t *tenure) await(ctx context.Context, number uint64) error {
	for {
		t.mu.Lock()
		confirmed, ended, progress := t.confirmed, t.ended, t.progress
		t.mu.Unlock()
		switch {
		case ended:
			return ErrNotLeading
		case confirmed >= number:
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for transaction %d: %w", number, context.Cause(ctx))
		case <-progress:
		}
	}
}

// levelZero returns the files of level 0 from a number on, as far as this node knows them.
func (t *tenure) levelZero(ctx context.Context, from ltx.TXID) ([]*ltx.FileInfo, error) {
	t.mu.Lock()
	known := len(t.own) > 0 && t.own[0].MinTXID <= from
	t.mu.Unlock()
	if from > 0 && !known { // to compact, without a gap
		select {
		case <-t.loaded:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var files []*ltx.FileInfo
	for _, file := range slices.Concat(t.older, t.own) {
		if file.MinTXID >= from {
			files = append(files, file)
		}
	}
	return files, nil
}

// level returns the files of a level of the archive, which are listed once.
func (l *Log) level(ctx context.Context, t *tenure, level int, from ltx.TXID) ([]*ltx.FileInfo, error) {
	t.mu.Lock()
	all, known := t.levels[level]
	t.mu.Unlock()
	if !known {
		for file, err := range l.list(ctx, level, "") {
			if err != nil {
				return nil, err
			}
			all = append(all, file)
		}
		t.mu.Lock()
		if again, listed := t.levels[level]; listed {
			all = again
		} else {
			t.levels[level] = all
		}
		t.mu.Unlock()
	}
	var files []*ltx.FileInfo
	for _, file := range all {
		if file.MinTXID >= from {
			files = append(files, file)
		}
	}
	return files, nil
}

// archived notes a file that was added to a level of the archive.
func (t *tenure) archived(file *ltx.FileInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if all, known := t.levels[file.Level]; known {
		t.levels[file.Level] = append(slices.Clone(all), file)
	}
}

// forget drops files that were deleted.
func (t *tenure) forget(files []*ltx.FileInfo) {
	type name struct {
		level       int
		first, last ltx.TXID
	}
	gone := map[name]bool{}
	for _, file := range files {
		gone[name{file.Level, file.MinTXID, file.MaxTXID}] = true
	}
	without := func(all []*ltx.FileInfo) []*ltx.FileInfo {
		return slices.DeleteFunc(slices.Clone(all), func(f *ltx.FileInfo) bool { return gone[name{f.Level, f.MinTXID, f.MaxTXID}] })
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.older, t.own = without(t.older), without(t.own)
	for level, all := range t.levels {
		t.levels[level] = without(all)
	}
}
