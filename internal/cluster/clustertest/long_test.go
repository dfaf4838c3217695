//go:build unix

package clustertest_test

import (
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/cluster/clustertest"
	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// What `make test-cluster` does, and CI does not: it takes many minutes.
var (
	kills     = flag.Int("kills", 0, "how often TestLong kills the leader; 0 skips it")
	zombies   = flag.Int("zombies", 3, "how often TestLong freezes the leader")
	gigabytes = flag.Float64("gigabytes", 0, "size of the database of TestLongLargeDatabase; 0 skips it")
)

func long(t *testing.T) {
	t.Helper()
	if *kills == 0 {
		t.Skip("takes many minutes: see make test-cluster")
	}
}

func TestLongRounds(t *testing.T) {
	long(t)
	settings, kind := clustertest.Gateway(t)
	box := testapp.NewMailbox(t)
	c := clustertest.Start(t, clustertest.Options{Nodes: 3, Bucket: &settings, Env: []string{
		"JOBBOARD_SMTP_HOST=127.0.0.1", fmt.Sprint("JOBBOARD_SMTP_PORT=", box.Port), "JOBBOARD_SMTP_TLS=off",
		"JOBBOARD_SENDER_ADDRESS=board@example.com", "JOBBOARD_SENDER_NAME=Board",
	}})
	alert(c)
	c.Faults.Set(tenPercent)
	load := c.Write(4)
	load.AwaitMore(20, takeover)
	var gaps, takeovers []time.Duration
	for round := range *kills {
		load.Gap()
		leader := c.AwaitLeader(takeover)
		leader.Kill()
		began := time.Now()
		c.AwaitOtherLeader(leader, takeover)
		takeovers = append(takeovers, time.Since(began))
		load.AwaitMore(20, takeover)
		gaps = append(gaps, load.Gap())
		leader.Start()
		t.Logf("round %d: another node led after %s, the longest gap was %s", round+1, takeovers[round], gaps[round])
	}
	frozen := 0
	for range *zombies {
		zombie := c.AwaitLeader(takeover)
		zombie.Freeze()
		c.AwaitOtherLeader(zombie, takeover)
		load.AwaitMore(20, takeover)
		zombie.Thaw()
		load.AwaitMore(20, takeover)
		frozen++
	}
	c.Faults.Set(clustertest.Plan{})
	lags := lag(t, c, 100)
	outcome := load.End()
	outcome.MustBeSound(t)
	for _, node := range c.Nodes {
		mustFind(t, c, node, load.Words(50))
	}
	told, twice, ghosts := mails(box, c.Nodes[0].Titles())
	if ghosts > 0 {
		t.Errorf("%d mails were sent about jobs that no node has", ghosts)
	}
	counts := c.Faults.Counts()
	row(t, "S3 server", kind)
	row(t, "kill -9 of the leader, rounds", *kills)
	row(t, "zombies (frozen leaders)", frozen)
	row(t, "answers lost / requests lost, of", fmt.Sprintf("%d / %d, %d", counts.LostAnswers, counts.LostRequests, counts.Requests))
	row(t, "writes acknowledged / doubtful", fmt.Sprintf("%d / %d", outcome.Acknowledged, outcome.Doubtful))
	row(t, "acknowledged writes lost / doubled", fmt.Sprintf("%d / %d", outcome.Lost, outcome.Doubled))
	row(t, "broken reads, of", fmt.Sprintf("%d, %d", len(outcome.Broken), outcome.Reads))
	row(t, "longest gap between acknowledgements, least / median / most", spread(gaps))
	row(t, "until another node leads, least / median / most", spread(takeovers))
	row(t, "acknowledgement p50 / p99", fmt.Sprintf("%s / %s", outcome.P50.Round(time.Millisecond), outcome.P99.Round(time.Millisecond)))
	row(t, "lag of a follower p50 / p99", fmt.Sprintf("%s / %s", lags[len(lags)/2], lags[len(lags)*99/100]))
	row(t, "mails told of jobs / twice / of lost ones", fmt.Sprintf("%d / %d / %d", told, twice, ghosts))
}

// row prints a row of the table of results.
func row(t *testing.T, name string, value any) {
	t.Helper()
	t.Logf("| %s | %v |", name, value)
}

func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "-"
	}
	slices.Sort(times)
	return fmt.Sprintf("%s / %s / %s", times[0].Round(time.Millisecond), times[len(times)/2].Round(time.Millisecond),
		times[len(times)-1].Round(time.Millisecond))
}

// alert makes a seeker whom a mail tells of each job of the load.
func alert(c *clustertest.Cluster) {
	seeker := c.MustCreate(c.Nodes[0], "users", map[string]any{
		"email": "sam@example.com", "name": "Sam", "role": "job_seeker", "verified": true,
		"password": testapp.Password, "passwordConfirm": testapp.Password, "emailNotifications": []string{"job_published"},
	})
	c.MustCreate(c.Nodes[0], "saved_searches", map[string]any{
		"seeker": seeker, "name": "Nurses", "query": map[string]any{"q": "nurse"}, "frequency": "instant",
	})
}

// mails returns how many words of jobs mails told of, how many of those twice, and how many of jobs that do not exist.
func mails(box *testapp.Mailbox, titles map[string]int) (told, twice, ghosts int) {
	times := map[string]int{}
	for _, mail := range box.Received() {
		in := map[string]bool{}
		for word := range strings.FieldsFuncSeq(mail.Text, func(r rune) bool { return strings.ContainsRune(" \r\n\",.", r) }) {
			if len(word) > 12 && strings.HasPrefix(word, "w") && strings.Trim(word[1:], "0123456789abcdef") == "" {
				in[word] = true
			}
		}
		for word := range in {
			times[word]++
		}
	}
	for word, count := range times {
		told++
		if count > 1 {
			twice++
		}
		if titles["Nurse "+word] == 0 {
			ghosts++
		}
	}
	return told, twice, ghosts
}

// mustFind checks that a node's search finds each of the words once.
func mustFind(t *testing.T, c *clustertest.Cluster, node *clustertest.Node, words []string) {
	t.Helper()
	for _, word := range words {
		began := time.Now()
		for {
			answer := c.Call(node, http.MethodGet, "/api/jobs/?q="+word, nil)
			if found := answer.Body["totalItems"]; found == 1.0 {
				break
			}
			if time.Since(began) > takeover {
				t.Errorf("%s finds %q: %d %.200s", node.Name, word, answer.Status, answer.Raw)
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// lag returns, sorted, how long after its acknowledgement writes are seen on a follower.
func lag(t *testing.T, c *clustertest.Cluster, times int) (lags []time.Duration) {
	t.Helper()
	leader, follower := c.AwaitLeader(takeover), c.Followers()[0]
	for range times {
		id := c.MustCreate(leader, "jobs", c.Job("Clerk"))
		began := time.Now()
		for c.Call(follower, http.MethodGet, testapp.Records("jobs", id), nil).Status != http.StatusOK {
			if time.Since(began) > takeover {
				t.Fatal("a write does not reach the follower")
			}
		}
		lags = append(lags, time.Since(began))
	}
	slices.Sort(lags)
	return lags
}

// A follower that was away for longer than the log keeps single transactions goes on from the archive.
func TestLongAway(t *testing.T) {
	long(t)
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	follower := c.Followers()[0]
	before := inode(t, follower)
	if err := follower.Stop(); err != nil {
		t.Fatal(err)
	}
	load := c.Write(2)
	time.Sleep(25 * time.Second) // until the archive has a part of it
	load.AwaitMore(1, takeover)
	b := bucket.New(c.Bucket)
	names := func(level int) (names []string) {
		for object, err := range b.List(t.Context(), fmt.Sprintf(".board/log/%04x/", level), "") {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, object.Key)
		}
		return names
	}
	archive := names(1)
	_, archived, _ := strings.Cut(archive[len(archive)-1], "-") // the last transaction in it, with the ending of a file's name
	var superfluous []string
	for _, name := range names(0) {
		if _, last, _ := strings.Cut(name, "-"); last < archived {
			superfluous = append(superfluous, name)
		}
	}
	if len(superfluous) < 10 {
		t.Fatalf("the archive has only %d transactions", len(superfluous))
	}
	if err := b.Delete(t.Context(), superfluous...); err != nil {
		t.Fatal(err)
	}
	follower.Start()
	load.End().MustBeSound(t)
	if inode(t, follower) != before {
		t.Error("the copy was made again although the archive has what it missed")
	}
}

func TestLongThroughput(t *testing.T) {
	long(t)
	const writers, seconds = 16, 8
	measure := func(c *clustertest.Cluster) string {
		load := c.Write(writers)
		load.AwaitMore(50, takeover)
		before, began := load.Acknowledged(), time.Now()
		time.Sleep(seconds * time.Second)
		rate := float64(load.Acknowledged()-before) / time.Since(began).Seconds()
		outcome := load.End()
		outcome.MustBeSound(t)
		return fmt.Sprintf("%.0f per second, p50 %s, p99 %s", rate, outcome.P50.Round(time.Millisecond), outcome.P99.Round(time.Millisecond))
	}
	for _, nodes := range []int{1, 3} {
		for _, writes := range []string{"safe", "quick"} {
			settings, _ := clustertest.Gateway(t)
			c := clustertest.Start(t, clustertest.Options{Nodes: nodes, Bucket: &settings, Env: []string{"JOBBOARD_CLUSTER_WRITES=" + writes}})
			row(t, fmt.Sprintf("%d writers, %d nodes, %s", writers, nodes, writes), measure(c))
			c.Stop()
		}
	}
	row(t, fmt.Sprintf("%d writers, without a cluster", writers), measure(clustertest.StartAlone(t)))
}

// The way back in time that docs/cluster.md describes.
func TestLongBackInTime(t *testing.T) {
	long(t)
	c := clustertest.Start(t, clustertest.Options{Nodes: 2})
	for i := range 4 {
		c.MustCreate(c.Nodes[i%2], "jobs", c.Job(fmt.Sprint("Nurse ", i)))
	}
	logo := c.Upload(c.Nodes[0], "employers", c.Employer, "logo", "logo.png", []byte("\x89PNG\r\n\x1a\nkept"))
	time.Sleep(50 * time.Millisecond)
	moment := time.Now()
	time.Sleep(50 * time.Millisecond)
	c.MustCreate(c.Nodes[1], "jobs", c.Job("Regretted"))
	dir := filepath.Join(t.TempDir(), "restored")
	if out, err := c.Nodes[0].Command("restore", "--at", moment.UTC().Format(time.RFC3339Nano), "--dir", dir); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	c.Stop()
	b := bucket.New(c.Bucket)
	var moved []string
	for object, err := range b.List(t.Context(), ".board/", "") {
		if err != nil {
			t.Fatal(err)
		}
		moved = append(moved, object.Key)
	}
	if err := b.Delete(t.Context(), moved...); err != nil {
		t.Fatal(err)
	}
	first := c.Add(dir)
	first.Start()
	c.AwaitLeader(takeover)
	c.Nodes[1].Empty()
	c.Nodes[1].Start()
	c.AwaitSame(takeover)
	for _, node := range []*clustertest.Node{first, c.Nodes[1]} {
		titles := node.Titles()
		if titles["Nurse 3"] != 1 || titles["Regretted"] != 0 {
			t.Errorf("%s has %v", node.Name, titles)
		}
		if got := c.Call(node, http.MethodGet, logo, nil); got.Status != http.StatusOK {
			t.Errorf("the logo at %s: %d", node.Name, got.Status)
		}
	}
	c.MustCreate(c.Nodes[1], "jobs", c.Job("Later"))
	c.AwaitSame(takeover)
}

// A database beyond SQLite's lock page at 1 GiB, and a deletion of most of it.
func TestLongLargeDatabase(t *testing.T) {
	if *gigabytes == 0 {
		t.Skip("takes many minutes: see make test-cluster")
	}
	settings, _ := clustertest.Gateway(t)
	dir := testapp.Folder(t)
	execute := func(dir string, queries ...string) {
		t.Helper()
		db, err := database.Connect(filepath.Join(dir, "data.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, query := range queries {
			if _, err := db.NewQuery(query).Execute(); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows := int(*gigabytes * 1e9 / 4_000)
	execute(dir, "CREATE TABLE ballast (id INTEGER PRIMARY KEY, content BLOB)")
	for done := 0; done < rows; done += 20_000 {
		execute(dir, fmt.Sprintf("INSERT INTO ballast (content) WITH RECURSIVE i (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i LIMIT %d) "+
			"SELECT randomblob(3900) FROM i", min(20_000, rows-done)))
	}
	began := time.Now()
	c := clustertest.Start(t, clustertest.Options{Nodes: 1, Bucket: &settings, Dir: dir, Patience: 10 * time.Minute})
	row(t, fmt.Sprintf("first copy of %d MB to the bucket", c.Nodes[0].Size()>>20), time.Since(began).Round(time.Second))
	began = time.Now()
	c.Add(t.TempDir()).StartWithin(10 * time.Minute)
	c.AwaitSame(5 * time.Minute)
	row(t, "copy from the bucket to a new node, and comparing", time.Since(began).Round(time.Second))
	load := c.Write(2)
	load.AwaitMore(20, takeover)
	began = time.Now()
	execute(dir, "DELETE FROM ballast WHERE id % 10 != 0")
	execute(dir, "INSERT INTO ballast (content) SELECT randomblob(3000) FROM ballast LIMIT 20000")
	load.AwaitMore(20, 5*time.Minute)
	load.End().MustBeSound(t)
	row(t, "after a deletion of nine tenths, the same again after", time.Since(began).Round(time.Second))
	began = time.Now()
	leader := c.AwaitLeader(takeover)
	leader.Kill()
	c.AwaitOtherLeader(leader, time.Minute)
	row(t, "takeover of the large database", time.Since(began).Round(time.Millisecond))
	out, err := c.AwaitLeader(takeover).Command("verify")
	if err != nil {
		t.Errorf("verify: %v", err)
	}
	t.Log(out)
}
