//go:build unix

package realtime_test

import (
	"net/http"
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
			mustChange(t, l, "create", createAt(t, c, node))
		}
	}
	must(leader)
	must(follower)
	leader.Kill()
	c.AwaitOtherLeader(leader, time.Minute)
	must(follower)
}

// createAt creates a job at a node, as soon as one leads.
func createAt(t *testing.T, c *clustertest.Cluster, node *clustertest.Node) (id string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		answer := c.Call(node, http.MethodPost, testapp.Records("jobs"), c.Job("Developer"))
		if id, _ = answer.Body["id"].(string); answer.Status == http.StatusOK {
			return id
		}
		if answer.Status != http.StatusServiceUnavailable || time.Now().After(deadline) { // 503 says that nothing was changed
			t.Fatalf("create a job at %s: %d %s", node.Name, answer.Status, answer.Raw)
		}
	}
}
