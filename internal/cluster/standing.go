package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/leadership"
)

// Standing returns how this node stands, for the checks and the metrics.
func (n *Node) Standing() leadership.Standing {
	s := n.Status()
	failed, answered := n.bucket.Health()
	return leadership.Standing{
		Role: s.Role, Leads: n.Leading(), LeaderURL: s.LeaderURL, TXID: s.TXID, LeaderTXID: s.LeaderTXID, Lag: s.Lag(), Failure: s.Failure,
		BucketErrors: failed, BucketAnswered: answered,
	}
}

// Lease is the lease as the bucket has it: who leads.
type Lease struct {
	Node  string    `json:"node"` // "" while nobody leads
	URL   string    `json:"url"`
	Term  uint64    `json:"term"`
	TXID  uint64    `json:"txid"`
	Until time.Time `json:"until"` // by the leader's clock
}

// LeaseIn reads the lease from the cluster's bucket.
func LeaseIn(ctx context.Context, b *bucket.Bucket) (lease Lease, err error) {
	data, _, err := b.Get(ctx, leaseKey)
	if errors.Is(err, bucket.ErrNotFound) {
		return lease, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &lease)
	}
	if err != nil {
		return lease, fmt.Errorf("read the lease: %w", err)
	}
	return lease, nil
}

// NodesIn returns the latest announcement of each node in the cluster's bucket, also of those that have ended since.
func NodesIn(ctx context.Context, b *bucket.Bucket) (nodes []Announcement, err error) {
	for object, err := range b.List(ctx, nodesPrefix, "") {
		if err != nil {
			return nil, fmt.Errorf("list the nodes: %w", err)
		}
		if !strings.HasSuffix(object.Key, ".json") {
			continue
		}
		data, _, err := b.Get(ctx, object.Key)
		if errors.Is(err, bucket.ErrNotFound) {
			continue
		}
		var node Announcement
		if err == nil {
			err = json.Unmarshal(data, &node)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", object.Key, err)
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}
