//go:build unix

package clustertest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jobboard/internal/cluster/clustertest"
	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// tenPercent is how often requests to the bucket fail in the tests.
var tenPercent = clustertest.Plan{LostAnswers: 0.06, LostRequests: 0.04}

const takeover = 20 * time.Second // bounds how long a takeover may take, on a busy machine

func TestNothingIsLostWhenLeadersAreKilledAndFrozen(t *testing.T) {
	c := clustertest.Start(t, clustertest.Options{Nodes: 3})
	c.Faults.Set(tenPercent)
	load := c.Write(4)
	for range 2 {
		load.AwaitMore(10, takeover)
		leader := c.AwaitLeader(takeover)
		leader.Kill()
		load.AwaitMore(10, takeover)
		leader.Start()
	}
	zombie := c.AwaitLeader(takeover)
	zombie.Freeze()
	c.AwaitOtherLeader(zombie, takeover)
	load.AwaitMore(10, takeover)
	zombie.Thaw()
	load.AwaitMore(10, takeover)
	outcome := load.End()
	outcome.MustBeSound(t)
	if counts := c.Faults.Counts(); counts.LostAnswers == 0 || counts.LostRequests == 0 {
		t.Errorf("no faults happened: %+v", counts)
	}
	t.Logf("%d writes acknowledged, %d doubtful, refused %v; p50 %s, p99 %s", outcome.Acknowledged, outcome.Doubtful, outcome.Refused,
		outcome.P50, outcome.P99)
}

// inode identifies a database file: a rebuilt copy is another file.
func inode(t *testing.T, node *clustertest.Node) uint64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(node.Dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

func TestWithoutTheBucketNodesOnlyRead(t *testing.T) {
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	load := c.Write(2)
	load.AwaitMore(20, takeover)
	before := []uint64{inode(t, c.Nodes[0]), inode(t, c.Nodes[1])}
	c.Faults.Cut(true)
	began := time.Now()
	for time.Since(began) < 6*time.Second { // twice the lease
		for _, node := range c.Nodes {
			if got := c.Call(node, http.MethodGet, testapp.Records("jobs")+"?perPage=1", nil); got.Status != http.StatusOK {
				t.Fatalf("%s reads without the bucket: %d %s", node.Name, got.Status, got.Raw)
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, node := range c.Nodes {
		field := map[string]any{"name": "x", "slug": "x", "kind": "skill"}
		answer, err := c.Try(node, http.MethodPost, testapp.Records("fields_of_interest"), field)
		if err != nil || answer.Status != http.StatusServiceUnavailable {
			t.Errorf("%s writes without the bucket: %d %s (%v)", node.Name, answer.Status, answer.Raw, err)
		}
	}
	c.Faults.Cut(false)
	took := load.AwaitMore(20, takeover)
	load.End().MustBeSound(t)
	if after := []uint64{inode(t, c.Nodes[0]), inode(t, c.Nodes[1])}; after[0] != before[0] || after[1] != before[1] {
		t.Error("a copy was rebuilt after the bucket was away")
	}
	t.Logf("20 writes were acknowledged %s after the bucket came back", took)
}

// jobsIn counts the jobs in a data folder.
func jobsIn(t *testing.T, dir string) (count int) {
	t.Helper()
	db, err := database.Connect(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.NewQuery("SELECT count(*) FROM jobs").Row(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

func TestRestoreAndVerify(t *testing.T) {
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	var moments []time.Time
	for i := range 6 {
		c.MustCreate(c.Nodes[i%2], "jobs", c.Job(fmt.Sprint("Nurse ", i)))
		time.Sleep(20 * time.Millisecond)
		moments = append(moments, time.Now())
		time.Sleep(20 * time.Millisecond)
	}
	for _, i := range []int{1, 4} {
		dir := filepath.Join(t.TempDir(), "restored")
		out, err := c.Nodes[1].Command("restore", "--at", moments[i].UTC().Format(time.RFC3339Nano), "--dir", dir)
		if err != nil || jobsIn(t, dir) != i+1 {
			t.Errorf("restored: %v, %s; want %d jobs", err, out, i+1)
		}
	}
	for _, node := range c.Nodes {
		if out, err := node.Command("verify"); err != nil || !strings.Contains(out, "no difference") {
			t.Errorf("verify of %s: %v\n%s", node.Name, err, out)
		}
	}
}

func TestFilesAreOnAllNodes(t *testing.T) {
	dir := testapp.Folder(t)
	c := clustertest.Start(t, clustertest.Options{Nodes: 2, Dir: dir})
	var paths []string
	for _, node := range c.Nodes {
		paths = append(paths, c.Upload(node, "employers", c.Employer, "logo", "logo.png", []byte("\x89PNG\r\n\x1a\n"+node.Name)))
	}
	c.AwaitSame(takeover)
	for _, path := range paths[1:] { // the second replaced the first
		for _, node := range c.Nodes {
			if got := c.Call(node, http.MethodGet, path, nil); got.Status != http.StatusOK || !strings.HasSuffix(got.Raw, "node 2") {
				t.Errorf("%s at %s: %d %q", path, node.Name, got.Status, got.Raw)
			}
		}
	}
	if got := c.Call(c.Nodes[1], http.MethodGet, paths[0], nil); got.Status != http.StatusNotFound {
		t.Errorf("the replaced file: %d", got.Status)
	}
}

// Whoever listens at node 2 hears of saves at node 1 once each, also of those around a takeover.
func TestEventsComeOnceAlsoAcrossATakeover(t *testing.T) {
	c := clustertest.Start(t, clustertest.Options{Nodes: 3})
	leader := c.AwaitLeader(takeover)
	listening, third := c.Followers()[0], c.Followers()[1]
	listener := testapp.Listen(t, listening.URL, c.Token, "jobs/*")
	want := map[string]int{}
	save := func(node *clustertest.Node) {
		t.Helper()
		deadline := time.Now().Add(takeover)
		for n := 0; ; n++ {
			title := fmt.Sprintf("Nurse %d-%d", len(want), n)
			answer, err := c.Try(node, http.MethodPost, testapp.Records("jobs"), c.Job(title))
			if err == nil && answer.Status == http.StatusOK {
				want[title] = 0
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("save at %s: %d %s (%v)", node.Name, answer.Status, answer.Raw, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	for range 5 {
		save(leader)
	}
	leader.Kill()
	for range 5 {
		save(third)
	}
	for heard := 0; heard < len(want); {
		event := listener.MustReceive(t)
		action, record := event.Change(t)
		title, _ := record["title"].(string)
		if _, acknowledged := want[title]; action != "create" || !acknowledged {
			continue // an update, or a save whose answer was lost
		}
		if want[title]++; want[title] == 1 {
			heard++
		} else {
			t.Errorf("%s was told %d times", title, want[title])
		}
	}
}
