package apikey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/leadership"
)

// noteEvery is how often a key's lastUsedAt is written at most.
const noteEvery = time.Minute

// uses collects when keys were used, and writes it in the background: a read must not wait for a write.
type uses struct {
	mu   sync.Mutex
	at   map[string]time.Time // by key, not yet written
	loop *background.Loop
}

func newUses() *uses {
	u := &uses{at: map[string]time.Time{}}
	u.loop = background.NewLoop("note uses of API keys", background.Options{Interval: time.Hour, EveryNode: true},
		func(ctx context.Context, app core.App) (bool, error) { return false, u.write(ctx, app) })
	return u
}

// note notes that a key is used now, unless that was noted a moment ago.
func (u *uses) note(c *credential) {
	now := time.Now()
	before := c.lastUsed.Load()
	if now.UnixMilli()-before < noteEvery.Milliseconds() || !c.lastUsed.CompareAndSwap(before, now.UnixMilli()) {
		return
	}
	u.mu.Lock()
	u.at[c.id] = now
	u.mu.Unlock()
	u.loop.Wake()
}

// write writes what was noted, or has the leader of the cluster do so.
func (u *uses) write(ctx context.Context, app core.App) error {
	u.mu.Lock()
	noted := u.at
	u.at = map[string]time.Time{}
	u.mu.Unlock()
	if len(noted) == 0 {
		return nil
	}
	err := u.handOver(ctx, app, noted)
	if err != nil { // for the next time: a use that is noted twice is no other than one that is noted once
		u.mu.Lock()
		for id, at := range noted {
			if at.After(u.at[id]) {
				u.at[id] = at
			}
		}
		u.mu.Unlock()
	}
	if errors.Is(err, leadership.ErrNoLeader) {
		return nil
	}
	return err
}

const (
	callName    = "note-uses-of-api-keys"
	callTimeout = 10 * time.Second
)

func (u *uses) handOver(ctx context.Context, app core.App, noted map[string]time.Time) error {
	if leadership.Leading(app) {
		return writeUses(app, noted)
	}
	body, err := json.Marshal(noted)
	if err != nil {
		return fmt.Errorf("encode the uses of API keys: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, err := leadership.Call(ctx, app, callName, body); err != nil {
		return fmt.Errorf("hand uses of API keys to the leader: %w", err)
	}
	return nil
}

// receiveUses lets the leader write what other nodes have noted.
func receiveUses(app core.App) {
	leadership.Handle(app, callName, func(_ context.Context, body []byte) ([]byte, error) {
		var noted map[string]time.Time
		if err := json.Unmarshal(body, &noted); err != nil {
			return nil, fmt.Errorf("decode the uses of API keys: %w", err)
		}
		return nil, writeUses(app, noted)
	})
}

// writeUses writes when keys were used, by plain SQL: it is no change that anybody should be told of.
func writeUses(app core.App, noted map[string]time.Time) error {
	for id, at := range noted {
		used := at.UTC().Format(types.DefaultDateLayout)
		_, err := app.NonconcurrentDB().Update(collections.APIKeys, dbx.Params{"lastUsedAt": used},
			dbx.NewExp("id = {:id} AND [[lastUsedAt]] < {:used}", dbx.Params{"id": id, "used": used})).Execute()
		if err != nil {
			return fmt.Errorf("note the use of API key %s: %w", id, err)
		}
	}
	return nil
}
