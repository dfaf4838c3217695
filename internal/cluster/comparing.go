package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/cluster/fingerprint"
	"jobboard/internal/leadership"
)

// CompareCall is the call by which a node, or the command verify, has the leader hash its database.
const CompareCall = "compare"

// compareRequest begins a comparison, or asks for its outcome.
type compareRequest struct {
	Call    string `json:"call"`    // chosen by the caller
	Outcome bool   `json:"outcome"` // true asks for the outcome, false begins the comparison
}

type compareAnswer struct {
	TXID  uint64             `json:"txid,omitempty"`
	Ready bool               `json:"ready,omitempty"`
	Trees []fingerprint.Tree `json:"trees,omitempty"`
}

const (
	outcomeWait = 20 * time.Second // for which the leader waits before it answers that the outcome is not ready
	afterStart  = 5 * time.Minute  // before a node's first comparison, so that not every start costs one
)

// bindComparisons has the leader answer comparisons, and followers make one every hour.
func (n *Node) bindComparisons(app core.App) {
	leadership.Handle(app, CompareCall, func(ctx context.Context, body []byte) ([]byte, error) {
		var request compareRequest
		if err := json.Unmarshal(body, &request); err != nil {
			return nil, fmt.Errorf("read the call: %w", err)
		}
		var answer compareAnswer
		var err error
		if request.Outcome {
			limited, done := context.WithTimeout(ctx, outcomeWait)
			defer done()
			answer.Trees, answer.Ready, err = n.hashesOf(limited, request.Call)
		} else {
			answer.TXID, err = n.startHashing(ctx, request.Call)
		}
		if err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	})
	// Each node has a minute of its own, so that they don't all compare at once.
	minute, started := mathrand.N(60), time.Now()
	background.ScheduleOnEveryNode(app, "jobboardCompare", fmt.Sprintf("%d * * * *", minute), func(app core.App, now time.Time) error {
		if n.Status().Role != Following || now.Sub(started) < afterStart {
			return nil
		}
		ctx, done := context.WithTimeout(context.Background(), longestComparison)
		defer done()
		_, err := n.Compare(ctx, func(ctx context.Context, body []byte) ([]byte, error) {
			return leadership.Call(ctx, app, CompareCall, body)
		})
		if errors.Is(err, leadership.ErrNoLeader) {
			return nil
		}
		return err
	})
}

// Caller brings a call of CompareCall to the leader.
type Caller func(ctx context.Context, body []byte) ([]byte, error)

// Begin has the leader begin to hash its database, and returns the transaction as of which it does.
func (call Caller) Begin(ctx context.Context) (id string, txid uint64, err error) {
	id = rand.Text()
	answer, err := call.send(ctx, compareRequest{Call: id})
	return id, answer.TXID, err
}

// Outcome returns the hashes that Begin has asked for, once they are ready.
func (call Caller) Outcome(ctx context.Context, id string) ([]fingerprint.Tree, error) {
	for {
		answer, err := call.send(ctx, compareRequest{Call: id, Outcome: true})
		if err != nil || answer.Ready {
			return answer.Trees, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

func (call Caller) send(ctx context.Context, request compareRequest) (answer compareAnswer, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return answer, err
	}
	raw, err := call(ctx, body)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return answer, fmt.Errorf("read the leader's answer: %w", err)
	}
	return answer, nil
}

// Compare compares this follower's copy with the leader's and keeps the outcome in the bucket. If the copy differs or is damaged, that is
// logged, and the copy is rebuilt.
func (n *Node) Compare(ctx context.Context, call Caller) (Comparison, error) {
	c, err := n.compare(ctx, call.Begin, call.Outcome)
	if err != nil {
		return c, err
	}
	if !c.Good() {
		n.logger.Error("This copy of the database can't be trusted", "problem", c.Problem(), "txid", c.TXID, "leader", c.Leader)
		n.distrust()
	}
	return c, c.Save(ctx, n.bucket)
}
