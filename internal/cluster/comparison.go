package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/fingerprint"
	"jobboard/internal/cluster/txlog"
)

// ComparisonsPrefix is where the bucket keeps the latest comparison of each node, and that of the command verify.
const ComparisonsPrefix = ".board/checks/"

// Restored is the name under which the command verify keeps its comparison, in the place of a node's.
const Restored = "restored"

// Comparison is the outcome of comparing a copy of the database with the leader's at the same transaction.
type Comparison struct {
	Node        string    `json:"node"`   // whose copy; "restored" for one from the bucket
	Leader      string    `json:"leader"` // whose copy it was compared with; "" if with none
	At          time.Time `json:"at"`
	TXID        uint64    `json:"txid"`
	Trees       int       `json:"trees"`       // tables and indexes compared
	Pages       int64     `json:"pages"`       // in them
	Seconds     float64   `json:"seconds"`     // it took
	Differences []string  `json:"differences"` // names of the tables and indexes that differ
	Complaints  []string  `json:"complaints"`  // of SQLite's quick_check
}

// Good reports whether the copies were the same and sound.
func (c Comparison) Good() bool { return len(c.Differences) == 0 && len(c.Complaints) == 0 }

// Problem says in one line what is wrong, "" if nothing is.
func (c Comparison) Problem() string {
	var parts []string
	if len(c.Differences) > 0 {
		parts = append(parts, "it differs from the leader's in "+shorten(c.Differences))
	}
	if len(c.Complaints) > 0 {
		parts = append(parts, "it is damaged: "+shorten(c.Complaints))
	}
	return strings.Join(parts, "; ")
}

// Save keeps a comparison in the bucket, in the place of the last one of its node.
func (c Comparison) Save(ctx context.Context, b *bucket.Bucket) error {
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep the comparison: %w", err)
	}
	return b.Put(ctx, ComparisonsPrefix+c.Node+".json", data)
}

// Comparisons returns the latest comparison of each copy.
func Comparisons(ctx context.Context, b *bucket.Bucket) (all []Comparison, err error) {
	for object, err := range b.List(ctx, ComparisonsPrefix, "") {
		if err != nil {
			return nil, err
		}
		data, _, err := b.Get(ctx, object.Key)
		if errors.Is(err, bucket.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		var comparison Comparison
		if err := json.Unmarshal(data, &comparison); err != nil {
			return nil, fmt.Errorf("read %s: %w", object.Key, err)
		}
		all = append(all, comparison)
	}
	return all, nil
}

// compare compares this follower's copy with the leader's, which ask returns as of the transaction that begin has chosen.
func (n *Node) compare(
	ctx context.Context, begin func(context.Context) (call string, txid uint64, err error),
	ask func(ctx context.Context, call string) ([]fingerprint.Tree, error),
) (c Comparison, err error) {
	began := time.Now()
	var call string
	s, err := n.followerSnapshot(ctx, func(ctx context.Context) (txid uint64, err error) {
		call, txid, err = begin(ctx)
		return txid, err
	})
	if err != nil {
		return c, fmt.Errorf("compare the copy: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	c = Comparison{Node: n.ID(), Leader: n.lease.last().Node, At: began.UTC(), TXID: s.txid, Differences: []string{}, Complaints: []string{}}
	mine, err := fingerprint.Of(ctx, s.tx, comparisonShare)
	if err != nil {
		// Pages that can't be read are what a comparison is meant to find. Only an error of the context is one of the comparison.
		if ctx.Err() != nil {
			return c, fmt.Errorf("compare the copy: %w", err)
		}
		c.Complaints = append(c.Complaints, err.Error())
	} else {
		theirs, err := ask(ctx, call)
		if err != nil {
			return c, fmt.Errorf("compare the copy: %w", err)
		}
		c.Differences = fingerprint.Names(fingerprint.Compare(theirs, mine))
	}
	for _, tree := range mine {
		c.Trees, c.Pages = c.Trees+1, c.Pages+tree.Pages
	}
	complaints, err := fingerprint.QuickCheck(ctx, s.tx)
	if err != nil && ctx.Err() != nil {
		return c, fmt.Errorf("compare the copy: %w", err)
	} else if err != nil {
		complaints = append(complaints, err.Error())
	}
	c.Complaints = append(c.Complaints, complaints...)
	c.Seconds = time.Since(began).Seconds()
	return c, nil
}

// distrust has the copy rebuilt after a comparison that found a difference or damage.
func (n *Node) distrust() {
	select {
	case n.distrusted <- struct{}{}:
	default:
	}
}

// throwAway has the copy rebuilt from the log. It is for the goroutine of run.
func (n *Node) throwAway(why string) error {
	n.logger.Error("The copy of the database is rebuilt from the log: " + why)
	n.turn(Doubtful)
	return errors.Join(errors.New(why), n.closeApplier(), n.remember(0, ""))
}

var errBusy = errors.New("the leader is comparing with another node")

// hashing is the leader's side of a comparison: its snapshot, and the hashes once they are ready.
type hashing struct {
	call   string
	txid   uint64
	done   chan struct{}
	trees  []fingerprint.Tree
	failed error
}

// startHashing begins to hash this leader's database as of its last transaction, which it returns when that is in the log.
func (n *Node) startHashing(ctx context.Context, call string) (txid uint64, err error) {
	n.mu.Lock()
	busy := n.hashing != nil && !closed(n.hashing.done)
	n.mu.Unlock()
	if busy {
		return 0, errBusy
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestComparison)
	s, err := n.leaderSnapshot(limited)
	if err != nil {
		cancel()
		return 0, err
	}
	h := &hashing{call: call, txid: s.txid, done: make(chan struct{})}
	n.mu.Lock()
	n.hashing = h
	n.mu.Unlock()
	go func() {
		defer close(h.done)
		defer cancel()
		h.trees, h.failed = fingerprint.Of(limited, s.tx, comparisonShare)
		h.failed = errors.Join(h.failed, s.close())
	}()
	if err := n.Await(ctx); err != nil {
		cancel()
		return 0, err
	}
	return s.txid, nil
}

// hashesOf returns the hashes that startHashing computes, once they are ready; ready is false if that takes longer than ctx lasts.
func (n *Node) hashesOf(ctx context.Context, call string) (trees []fingerprint.Tree, ready bool, err error) {
	n.mu.Lock()
	h := n.hashing
	n.mu.Unlock()
	if h == nil || h.call != call {
		return nil, false, txlog.ErrNotLeading // another leader's, or another comparison has begun since
	}
	select {
	case <-ctx.Done():
		return nil, false, nil
	case <-h.done:
		return h.trees, true, h.failed
	}
}

func closed(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

const (
	longestComparison = time.Hour
	// comparisonShare is the share of the time that hashing takes; a busy node has the rest for requests.
	comparisonShare = 0.5
)
