package apikey

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
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
	u.loop = background.NewLoop("note uses of API keys", background.Options{Interval: time.Hour},
		func(_ context.Context, app core.App) (bool, error) { return false, u.write(app) })
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

// write writes what was noted, by plain SQL: it is no change that anybody should be told of.
func (u *uses) write(app core.App) error {
	u.mu.Lock()
	noted := u.at
	u.at = map[string]time.Time{}
	u.mu.Unlock()
	for id, at := range noted {
		_, err := app.NonconcurrentDB().Update(collections.APIKeys,
			dbx.Params{"lastUsedAt": at.UTC().Format(types.DefaultDateLayout)}, dbx.HashExp{"id": id}).Execute()
		if err != nil {
			return fmt.Errorf("note the use of API key %s: %w", id, err)
		}
	}
	return nil
}
