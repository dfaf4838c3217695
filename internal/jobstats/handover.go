package jobstats

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

const (
	callName = "count-views"
	// remembered is how many batches the leader recognises: one is sent twice if its confirmation was lost.
	remembered = 1_000
	// callTimeout is how long a follower waits for the leader at most.
	callTimeout = 10 * time.Second
)

// batch is what a follower hands to the leader at once.
type batch struct {
	ID      string  `json:"id"`
	Entries []tally `json:"entries"`
}

// tally is one entry with what was counted of it.
type tally struct {
	Job     string `json:"job"`
	Visitor []byte `json:"visitor"`
	Caller  string `json:"caller,omitempty"`
	Views   int    `json:"views,omitempty"`
	Clicks  int    `json:"clicks,omitempty"`
}

// handOver hands what has been counted to the leader. What could not be confirmed is sent again as it was, so that the leader counts it
// once; only a leader that has just taken over may count it twice.
func (c *counter) handOver(ctx context.Context, app core.App) error {
	if c.handed == nil {
		taken := c.take()
		if len(taken) == 0 {
			return nil
		}
		c.handed = newBatch(taken)
	}
	body, err := json.Marshal(c.handed)
	if err != nil {
		return fmt.Errorf("encode the views of jobs: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch _, err := leadership.Call(ctx, app, callName, body); {
	case err == nil:
		c.handed = nil
	case errors.Is(err, leadership.ErrNoLeader): // for now; a failover takes some seconds
	default:
		return fmt.Errorf("hand the views of jobs to the leader: %w", err)
	}
	return nil
}

func newBatch(taken map[entry]counts) *batch {
	b := &batch{ID: rand.Text()}
	for one, n := range taken {
		b.Entries = append(b.Entries, tally{one.job, one.visitor[:], one.caller, n.views, n.clicks})
	}
	return b
}

// receive lets the leader count what the other nodes have seen.
func receive(app core.App, c *counter) {
	leadership.Handle(app, callName, func(_ context.Context, body []byte) ([]byte, error) {
		var b batch
		if err := json.Unmarshal(body, &b); err != nil {
			return nil, fmt.Errorf("decode the views of jobs: %w", err)
		}
		taken := map[entry]counts{}
		for _, n := range b.Entries {
			one := entry{job: n.Job, caller: n.Caller}
			copy(one.visitor[:], n.Visitor)
			taken[one] = counts{n.Views, n.Clicks}
		}
		return nil, c.store(app, b.ID, taken, time.Now())
	})
}
