//go:build unix

package clustertest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/cluster/clustertest"
	"jobboard/internal/testapp"
)

func TestAnyNodeTakesWritesAndShowsThemToTheirCaller(t *testing.T) {
	testapp.Slow(t, "it runs two boards")
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	follower := c.Followers()[0]
	id := c.MustCreate(follower, collections.FieldsOfInterest, map[string]any{"name": "Falconry", "kind": "skill"})
	change := c.Call(follower, "PATCH", testapp.Records(collections.FieldsOfInterest, id), map[string]any{"name": "Archery"})
	number := change.Header.Get("X-Board-Tx")
	if change.Status != 200 || number == "" {
		t.Fatalf("changed: %d %s %v", change.Status, change.Raw, change.Header)
	}
	read, err := http.NewRequest("GET", follower.URL+testapp.Records(collections.FieldsOfInterest, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	read.Header.Set("X-Board-Tx", number)
	answer, err := http.DefaultClient.Do(read)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), "Archery") {
		t.Errorf("the caller reads %s, %v", body, err)
	}
	ready := c.Call(follower, "GET", "/api/board/ready/", nil)
	if ready.Status != 200 || ready.Body["role"] != "following" {
		t.Errorf("ready: %d %s", ready.Status, ready.Raw)
	}
	out, err := follower.Command("cluster", "promote", "--node", follower.URL)
	if err != nil {
		t.Fatalf("promote: %v\n%s", err, out)
	}
	if leader := c.Leader(); leader != follower {
		t.Errorf("%v leads", leader)
	}
	out, err = follower.Command("cluster", "status")
	if err != nil || strings.Count(out, "following") != 1 || strings.Count(out, "leading") != 1 {
		t.Errorf("status: %v\n%s", err, out)
	}
}
