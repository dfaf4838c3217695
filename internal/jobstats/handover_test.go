package jobstats

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

// A follower writes nothing, and what it has counted reaches the leader once, though calls fail and confirmations are lost.
func TestAFollowerHandsItsCountsToTheLeader(t *testing.T) {
	t.Parallel()
	leader := testapp.NewBoard(t, hooks.Bind, testapp.With(Bind, Options{}))
	employer, _ := leader.Employer("Acme")
	job := leader.Job(employer, "Nurse").Id
	follower := testapp.NewBoard(t, testapp.With(Bind, Options{}))
	node := testapp.Join(follower.TestApp, false)
	testapp.Freeze(t, follower.TestApp, true)
	lost := errors.New("the connection was cut")
	reaches, confirms := false, false
	leadership.SetCall(follower.TestApp, func(ctx context.Context, name string, body []byte) ([]byte, error) {
		if !reaches {
			return nil, leadership.ErrNoLeader
		}
		answer, err := leadership.HandlerOf(leader.TestApp, name)(ctx, body)
		if err == nil && !confirms {
			return nil, lost
		}
		return answer, err
	})
	c := of(follower.TestApp)
	see := func(visitor byte) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pending[entry{job: job, visitor: [32]byte{visitor}}] = counts{views: 1}
	}
	views := func() (n, visitors int) {
		t.Helper()
		err := leader.DB().NewQuery("SELECT coalesce(sum(views), 0), coalesce(sum(visitors), 0) FROM {{job_days}}").Row(&n, &visitors)
		if err != nil {
			t.Fatal(err)
		}
		return n, visitors
	}
	flush := func(app core.App, want error) {
		t.Helper()
		if err := c.flush(t.Context(), app, time.Now()); !errors.Is(err, want) {
			t.Errorf("handing over: %v, want %v", err, want)
		}
	}
	must := func(when string, want int) {
		t.Helper()
		if n, visitors := views(); n != want || visitors != want {
			t.Errorf("%s there are %d views by %d visitors, want %d", when, n, visitors, want)
		}
	}
	see(1)
	flush(follower.TestApp, nil)
	must("without a leader", 0)
	see(2)
	reaches = true
	flush(follower.TestApp, lost)
	must("after the first batch", 1)
	flush(follower.TestApp, lost)
	must("after the same batch again", 1)
	confirms = true
	flush(follower.TestApp, nil)
	flush(follower.TestApp, nil)
	must("after the second batch", 2)

	node.Lead(true)
	testapp.Freeze(t, follower.TestApp, false)
	before := testapp.Version(t, follower.TestApp)
	see(3)
	flush(follower.TestApp, nil)
	must("after what it counted as a leader", 2)
	if testapp.Version(t, follower.TestApp) == before {
		t.Error("a leader did not write what it has counted")
	}
}
