package leadership_test

import (
	"context"
	"errors"
	"testing"

	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

func TestCallsGoToTheLeader(t *testing.T) {
	app := testapp.New(t)
	leadership.Handle(app, "count", func(_ context.Context, body []byte) ([]byte, error) { return append(body, " here"...), nil })
	must := func(want string) {
		t.Helper()
		if got, err := leadership.Call(t.Context(), app, "count", []byte("views")); err != nil || string(got) != want {
			t.Errorf("the call returned %q, %v, want %q", got, err, want)
		}
	}
	must("views here")
	if _, err := leadership.Call(t.Context(), app, "other", nil); err == nil {
		t.Error("a call without a handler succeeded")
	}

	follower := &node{}
	leadership.Set(app, follower)
	if _, err := leadership.Call(t.Context(), app, "count", nil); !errors.Is(err, leadership.ErrNoLeader) {
		t.Errorf("a follower without a way to the leader: %v", err)
	}
	leadership.SetCall(app, func(_ context.Context, name string, body []byte) ([]byte, error) {
		return []byte(name + " " + string(body) + " there"), nil
	})
	must("count views there")
	follower.leading = true
	must("views here")
}
