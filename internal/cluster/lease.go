package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"jobboard/internal/bucket"
)

// leaseKey is the object by which nodes agree who leads. It is replaced only by a node that knows its present content, so no two nodes
// hold it. A node that has not noticed that its lease is over is fenced by the log.
const leaseKey = ".board/lease.json"

// tenancy is the content of the lease.
type tenancy struct {
	Node  string `json:"node"`            // who leads; "" after a step-down
	URL   string `json:"url"`             // where the other nodes reach the leader
	Term  uint64 `json:"term"`            // grows with each change of the leader
	TXID  uint64 `json:"txid"`            // the last transaction in the log, at the last renewal
	Nonce string `json:"nonce"`           // tells one's own renewal from another's after a lost answer
	For   string `json:"for,omitempty"`   // after a step-down, the node that shall lead now
	Until string `json:"until,omitempty"` // for people and commands; the nodes trust only their own clocks
}

// lease is one node's view of the lease.
type lease struct {
	bucket *bucket.Bucket
	node   string
	url    string
	ttl    time.Duration

	asking sync.Mutex // one request at a time

	mu      sync.Mutex
	etag    string
	seen    tenancy
	changed time.Time // when this node saw the lease change, by its own clock
	held    bool
	renewed time.Time // when the last successful renewal began
}

// errTaken means that another node holds the lease.
var errTaken = errors.New("another node holds the lease")

// look reads the lease.
func (l *lease) look(ctx context.Context) error {
	l.asking.Lock()
	defer l.asking.Unlock()
	return l.read(ctx)
}

func (l *lease) read(ctx context.Context) error {
	data, object, err := l.bucket.Get(ctx, leaseKey)
	var seen tenancy
	switch {
	case errors.Is(err, bucket.ErrNotFound):
	case err != nil:
		return fmt.Errorf("read the lease: %w", err)
	default:
		if err := json.Unmarshal(data, &seen); err != nil {
			return fmt.Errorf("read the lease: %w", err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed.IsZero() || object.ETag != l.etag {
		l.etag, l.seen, l.changed = object.ETag, seen, time.Now() // not when it was asked for: it may have been renewed since
	}
	return nil
}

// seenLease is the lease as it was last seen.
type seenLease struct {
	tenancy
	etag      string
	unchanged time.Duration
	known     bool
}

func (l *lease) last() seenLease {
	l.mu.Lock()
	defer l.mu.Unlock()
	return seenLease{l.seen, l.etag, time.Since(l.changed), !l.changed.IsZero()}
}

// mine reports whether this process has taken the lease and not learnt that it was lost.
func (l *lease) mine() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held
}

// acquire takes the lease if it is still what was seen, or returns errTaken.
func (l *lease) acquire(ctx context.Context, seen seenLease) error {
	l.asking.Lock()
	defer l.asking.Unlock()
	l.mu.Lock()
	same := l.etag == seen.etag
	l.mu.Unlock()
	if !same {
		return errTaken
	}
	return l.write(ctx, tenancy{Node: l.node, URL: l.url, Term: seen.Term + 1, TXID: seen.TXID})
}

// renew keeps the lease, or returns errTaken.
func (l *lease) renew(ctx context.Context, txid uint64) error {
	l.asking.Lock()
	defer l.asking.Unlock()
	l.mu.Lock()
	next := l.seen
	l.mu.Unlock()
	next.TXID = max(next.TXID, txid)
	return l.write(ctx, next)
}

// release gives the lease up, so that another node may lead at once; if named, that node first.
func (l *lease) release(ctx context.Context, txid uint64, to string) error {
	l.asking.Lock()
	defer l.asking.Unlock()
	l.mu.Lock()
	next, held := tenancy{Term: l.seen.Term, TXID: txid, For: to}, l.held
	l.held = false
	l.mu.Unlock()
	if !held {
		return nil
	}
	return l.write(ctx, next)
}

// write replaces the lease. After a lost answer it checks whose content is there.
func (l *lease) write(ctx context.Context, next tenancy) error {
	began := time.Now()
	next.Nonce, next.Until = rand.Text(), began.Add(l.ttl).UTC().Format(time.RFC3339)
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("write the lease: %w", err)
	}
	l.mu.Lock()
	etag := l.etag
	l.mu.Unlock()
	if etag == "" {
		etag, err = l.bucket.Create(ctx, leaseKey, data, nil)
	} else {
		etag, err = l.bucket.Replace(ctx, leaseKey, data, etag)
	}
	if err != nil {
		if looked := l.read(ctx); looked != nil {
			return errors.Join(fmt.Errorf("write the lease: %w", err), looked)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.seen.Nonce != next.Nonce {
			if l.seen.Node != l.node || l.seen.Term != next.Term {
				l.held = false
				return errTaken
			}
			return fmt.Errorf("write the lease: %w", err) // still ours, as it was
		}
		etag = l.etag
	} else {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	l.etag, l.seen, l.changed = etag, next, began
	l.held, l.renewed = next.Node == l.node, began
	return nil
}

// holds reports whether no other node can have taken the lease: the others wait for the whole TTL, counted from after the renewal.
func (l *lease) holds() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held && time.Since(l.renewed) < l.ttl*5/6
}
