package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// nodesPrefix is where the nodes announce themselves in the bucket.
const nodesPrefix = ".board/nodes/"

// Roles of a node.
const (
	Starting  = "starting"  // its copy is being made, or waits for the leader's migrations
	Following = "following" // its copy follows the leader's database
	Leading   = "leading"
	Doubtful  = "doubtful" // it led, and its copy may hold what nobody acknowledged: it is being rebuilt
	Stopped   = "stopped"
)

// Status is what a node knows about itself and the leader.
type Status struct {
	Cluster    string    `json:"cluster"`
	Node       string    `json:"node"`
	URL        string    `json:"url"`
	Role       string    `json:"role"`
	TXID       uint64    `json:"txid"`       // the last transaction in this copy; of the leader, the last one in the log
	Leader     string    `json:"leader"`     // the leader's node; "" while there is none
	LeaderURL  string    `json:"leaderUrl"`  // where it is reached
	LeaderTXID uint64    `json:"leaderTxid"` // the last transaction in the log when the leader last renewed its lease
	Term       uint64    `json:"term"`       // grows with each change of the leader
	CaughtUp   time.Time `json:"caughtUp"`   // when this copy last held all that was in the log
	Failure    string    `json:"failure,omitempty"`
}

// Lag returns for how long the copy has not held everything that was in the log: next to nothing while all is well.
func (s Status) Lag() time.Duration {
	switch {
	case s.Role == Leading:
		return 0
	case s.CaughtUp.IsZero():
		return time.Duration(1<<63 - 1)
	}
	return time.Since(s.CaughtUp)
}

// Status returns what the node knows now, without asking anybody.
func (n *Node) Status() Status {
	seen := n.lease.last()
	n.mu.Lock()
	defer n.mu.Unlock()
	s := Status{
		Cluster: n.state.Cluster, Node: n.state.Node, URL: n.options.NodeURL, Role: n.role, TXID: n.position,
		Leader: seen.Node, LeaderURL: seen.URL, LeaderTXID: seen.TXID, Term: seen.Term, CaughtUp: n.caughtUp, Failure: n.failure,
	}
	if n.role == Leading {
		s.TXID = n.log.Confirmed()
		s.LeaderTXID, s.CaughtUp = s.TXID, time.Now()
	}
	return s
}

// Announcement is what a node publishes about itself in the bucket.
type Announcement struct {
	Status
	At time.Time `json:"at"`
}

// announce publishes the status of this node.
func (n *Node) announce(ctx context.Context) error {
	data, err := json.Marshal(Announcement{Status: n.Status(), At: time.Now().UTC()})
	if err != nil {
		return fmt.Errorf("announce the node: %w", err)
	}
	return n.bucket.Put(ctx, nodesPrefix+n.state.Node+".json", data)
}
