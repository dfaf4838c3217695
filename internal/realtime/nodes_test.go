//go:build unix

package realtime_test

import (
	"testing"
	"time"

	"jobboard/internal/cluster/clustertest"
	"jobboard/internal/testapp"
)

// Real nodes: a client of a follower gets what is saved on the leader, and goes on to get everything once when the follower has taken over.
func TestNodesAnnounceEachSaveOnce(t *testing.T) {
	testapp.Slow(t, "starts two processes and kills one")
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	leader, follower := c.Leader(), c.Followers()[0]
	l := testapp.Listen(t, follower.URL, c.Token, "jobs/*")
	must := func(node *clustertest.Node) {
		t.Helper()
		for range 5 {
			mustChange(t, l, "create", c.MustCreate(node, "jobs", c.Job("Developer")))
		}
	}
	must(leader)
	must(follower)
	leader.Kill()
	must(c.AwaitOtherLeader(leader, time.Minute))
}
