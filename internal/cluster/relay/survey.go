package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster"
)

// Survey is what the bucket and the nodes themselves say of a cluster.
type Survey struct {
	Leader    string  `json:"leader"`    // the leader's node; "" while nobody leads
	LeaderURL string  `json:"leaderUrl"` // where it is reached
	Term      uint64  `json:"term"`      // grows with each change of the leader
	LeaseLeft float64 `json:"leaseLeft"` // seconds for which the lease still lasts, by the leader's clock; negative once it is over
	TXID      uint64  `json:"txid"`      // the last transaction in the log that is known
	Nodes     []Found `json:"nodes"`
}

// Found is one node of a cluster.
type Found struct {
	Node    string    `json:"node"`
	URL     string    `json:"url"`
	Role    string    `json:"role"` // "gone" if it does not answer
	TXID    uint64    `json:"txid"`
	Behind  uint64    `json:"behind"` // transactions that it lacks
	Lag     *float64  `json:"lag"`    // seconds for which it has lacked any; null: it never had all, or does not answer
	Seen    time.Time `json:"seen"`   // when it last told of itself
	Problem string    `json:"problem,omitempty"`

	Checked *time.Time `json:"checked"` // when its copy was last compared with the leader's; null: not yet
	Differs string     `json:"differs,omitempty"`
}

// Gone is the role of a node that does not answer.
const Gone = "gone"

const (
	askTimeout = 2 * time.Second
	forgotten  = 24 * time.Hour // after which a node that has ended is not listed any more
)

// Look asks the bucket of a cluster and all its nodes how they are.
func Look(ctx context.Context, b *bucket.Bucket) (Survey, error) {
	lease, err := cluster.LeaseIn(ctx, b)
	if err != nil {
		return Survey{}, err
	}
	known, err := cluster.NodesIn(ctx, b)
	if err != nil {
		return Survey{}, err
	}
	compared, err := cluster.Comparisons(ctx, b)
	if err != nil {
		return Survey{}, fmt.Errorf("read the comparisons: %w", err)
	}
	s := Survey{Leader: lease.Node, LeaderURL: lease.URL, Term: lease.Term, TXID: lease.TXID, Nodes: []Found{}}
	if lease.Node != "" {
		s.LeaseLeft = seconds(time.Until(lease.Until))
	}
	var wait sync.WaitGroup
	answers := make([]Found, len(known))
	for i, node := range known {
		wait.Go(func() { answers[i] = visitNode(ctx, b.Settings().SecretKey, node) })
	}
	wait.Wait()
	for _, node := range answers {
		if node.Role == Gone && time.Since(node.Seen) > forgotten {
			continue
		}
		s.TXID = max(s.TXID, node.TXID)
		for _, comparison := range compared {
			if comparison.Node == node.Node {
				node.Checked, node.Differs = &comparison.At, comparison.Problem()
			}
		}
		s.Nodes = append(s.Nodes, node)
	}
	for i := range s.Nodes {
		s.Nodes[i].Behind = s.TXID - s.Nodes[i].TXID
	}
	return s, nil
}

// visitNode asks a node how it is.
func visitNode(ctx context.Context, secret string, last cluster.Announcement) Found {
	found := Found{Node: last.Node, URL: last.URL, Role: Gone, TXID: last.TXID, Seen: last.At}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := Ask(ctx, secret, last.URL, http.MethodGet, "node", nil)
	var status cluster.Status
	if err == nil {
		err = json.Unmarshal(answer, &status)
	}
	if err == nil && status.Node != last.Node {
		err = errors.New("another node answers at its address")
	}
	if err != nil {
		found.Problem = err.Error()
		return found
	}
	found.Role, found.TXID, found.Seen, found.Problem = status.Role, status.TXID, time.Now().UTC(), status.Failure
	if status.Role == cluster.Leading || !status.CaughtUp.IsZero() {
		lag := seconds(status.Lag())
		found.Lag = &lag
	}
	return found
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
