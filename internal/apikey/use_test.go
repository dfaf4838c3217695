package apikey

import (
	"context"
	"errors"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

// A follower has the leader note when keys were used, and keeps what it could not tell it.
func TestAFollowerHandsUsesToTheLeader(t *testing.T) {
	t.Parallel()
	leader := testapp.NewBoard(t, Bind)
	key := leader.Record(collections.APIKeys, map[string]any{"name": "Import", "hash": "x", "scopes": []string{"jobs:read"}})
	follower := testapp.NewBoard(t)
	testapp.Join(follower.TestApp, false)
	testapp.Freeze(t, follower.TestApp, true)
	cut := errors.New("the connection was cut")
	failure := leadership.ErrNoLeader
	leadership.SetCall(follower.TestApp, func(ctx context.Context, name string, body []byte) ([]byte, error) {
		if failure != nil {
			return nil, failure
		}
		return leadership.HandlerOf(leader.TestApp, name)(ctx, body)
	})
	u := newUses()
	first := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for n, step := range []struct {
		failure, err error
		used         time.Time
		want         string
	}{
		{leadership.ErrNoLeader, nil, first, ""},
		{cut, cut, first.Add(time.Minute), ""},
		{nil, nil, first.Add(-time.Hour), "2026-11-28 12:01:00.000Z"}, // the latest of all
		{nil, nil, first, "2026-11-28 12:01:00.000Z"},                 // older than what is known
		{nil, nil, first.Add(time.Hour), "2026-11-28 13:00:00.000Z"},
	} {
		failure = step.failure
		if u.at[key.Id].Before(step.used) {
			u.at[key.Id] = step.used
		}
		if err := u.write(t.Context(), follower.TestApp); !errors.Is(err, step.err) || step.err == nil && err != nil {
			t.Errorf("step %d: %v, want %v", n, err, step.err)
		}
		if got := leader.Reload(key).GetString("lastUsedAt"); got != step.want {
			t.Errorf("step %d: the key was last used at %q, want %q", n, got, step.want)
		}
	}
	if len(u.at) > 0 {
		t.Errorf("left are %v", u.at)
	}
}
