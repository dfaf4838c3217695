//go:build unix

package clustertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster"
	"jobboard/internal/testapp"
)

// Cluster is some nodes of the real board, all on this machine, with one bucket.
type Cluster struct {
	Nodes    []*Node
	Faults   *Faults         // between the nodes and the bucket
	Bucket   bucket.Settings // the bucket, without faults
	Token    string          // of a superuser
	Employer string          // id of an employer whose jobs can be written

	t   testing.TB
	env []string
}

// Options says how to start a cluster.
type Options struct {
	Nodes  int
	Bucket *bucket.Settings // nil: one in memory
	Dir    string           // folder of the first node's board, that the cluster begins with; "": an empty board
	Env    []string         // more variables of all nodes
	// Patience is how long the first node may take until it leads; a minute by default.
	Patience time.Duration
}

const (
	superuser = "root@example.com"
	password  = "correct horse battery"
)

// Start starts a cluster that ends with the test, and waits until all nodes answer and one of them leads.
func Start(t testing.TB, options Options) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	if options.Bucket != nil {
		c.Bucket = *options.Bucket
	} else {
		c.Bucket = buckettest.Start(t)
	}
	c.Faults = NewFaults(t, c.Bucket.Endpoint)
	c.env = append(Env(c.Bucket), "JOBBOARD_BUCKET_ENDPOINT="+c.Faults.URL, "JOBBOARD_RATE_LIMITS=off")
	c.env = append(c.env, options.Env...)
	dir := options.Dir
	if dir == "" {
		dir = testapp.Folder(t)
	}
	if out, err := testapp.Run(t, dir, "superuser", "upsert", superuser, password); err != nil {
		t.Fatalf("make a superuser: %v\n%s", err, out)
	}
	patience := max(options.Patience, time.Minute)
	c.Add(dir).StartWithin(patience)
	c.AwaitLeader(patience)
	for len(c.Nodes) < options.Nodes {
		c.Add(t.TempDir()).Run()
	}
	for _, node := range c.Nodes {
		node.Await()
	}
	c.login()
	t.Cleanup(c.show)
	return c
}

// StartAlone starts a board without a bucket, so that it can be compared with a cluster.
func StartAlone(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t, env: []string{"JOBBOARD_RATE_LIMITS=off"}}
	dir := testapp.Folder(t)
	if out, err := testapp.Run(t, dir, "superuser", "upsert", superuser, password); err != nil {
		t.Fatalf("make a superuser: %v\n%s", err, out)
	}
	c.Add(dir).Start()
	c.login()
	t.Cleanup(c.show)
	return c
}

// Stop ends all nodes, the leader last.
func (c *Cluster) Stop() {
	c.t.Helper()
	for _, node := range append(c.Followers(), c.Leader()) {
		if node == nil {
			continue
		}
		if err := node.Stop(); err != nil {
			c.t.Errorf("%s ended with %v:\n%s", node.Name, err, tail(node.Output.String()))
		}
	}
}

// show shows what the nodes have printed if the test has failed.
func (c *Cluster) show() {
	if !c.t.Failed() {
		return
	}
	for _, node := range c.Nodes {
		c.t.Logf("%s (%s) printed:\n%s", node.Name, node.URL, tail(node.Output.String()))
	}
}

// Env returns the variables that name a bucket to the board.
func Env(settings bucket.Settings) []string {
	return []string{
		"JOBBOARD_BUCKET_NAME=" + settings.Name,
		"JOBBOARD_BUCKET_ENDPOINT=" + settings.Endpoint,
		"JOBBOARD_BUCKET_REGION=" + settings.Region,
		"JOBBOARD_BUCKET_ACCESS_KEY=" + settings.AccessKey,
		"JOBBOARD_BUCKET_SECRET_KEY=" + settings.SecretKey,
		fmt.Sprintf("JOBBOARD_BUCKET_PATH_STYLE=%v", settings.PathStyle),
	}
}

// Add adds a node on a folder, and does not start it.
func (c *Cluster) Add(dir string) *Node {
	c.t.Helper()
	node := newNode(c.t, fmt.Sprintf("node %d", len(c.Nodes)+1), dir, c.env, nil)
	c.Nodes = append(c.Nodes, node)
	return node
}

// login fetches what the methods need that write.
func (c *Cluster) login() {
	c.t.Helper()
	answer := c.Call(c.Nodes[0], http.MethodPost, "/api/collections/_superusers/auth-with-password",
		map[string]any{"identity": superuser, "password": password})
	c.Token, _ = answer.Body["token"].(string)
	if c.Token == "" {
		c.t.Fatalf("log in: %d %s", answer.Status, answer.Raw)
	}
	owner := c.MustCreate(c.Nodes[0], "users", map[string]any{
		"email": "owner@example.com", "name": "Owner", "role": "employer", "verified": true,
		"password": password, "passwordConfirm": password,
	})
	c.Employer = c.MustCreate(c.Nodes[0], "employers", map[string]any{"owner": owner, "name": "Acme"})
}

// Job returns a published job of the cluster's employer.
func (c *Cluster) Job(title string) map[string]any {
	return map[string]any{
		"employer": c.Employer, "title": title, "description": "<p>What you will do.</p>",
		"workplace": "remote", "jobType": "full_time", "status": "published",
	}
}

// Upload uploads a file into a field of a record at a node, and returns the file's path.
func (c *Cluster) Upload(node *Node, collection, id, field, name string, content []byte) (path string) {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPatch, node.URL+testapp.Records(collection, id), &body)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", c.Token)
	answer, err := send(request)
	stored, _ := answer.Body[field].(string)
	if err != nil || stored == "" {
		c.t.Fatalf("upload to %s: %d %s (%v)", node.Name, answer.Status, answer.Raw, err)
	}
	return fmt.Sprintf("/api/files/%s/%s/%s", collection, id, stored)
}

// client gives up on nodes that are frozen.
var client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// Try makes a request of the superuser at a node.
func (c *Cluster) Try(node *Node, method, path string, body any) (testapp.Response, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return testapp.Response{}, err
	}
	request, err := http.NewRequest(method, node.URL+path, strings.NewReader(string(raw)))
	if err != nil {
		return testapp.Response{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.Token != "" {
		request.Header.Set("Authorization", c.Token)
	}
	return send(request)
}

// Call is Try for requests that a node must answer.
func (c *Cluster) Call(node *Node, method, path string, body any) testapp.Response {
	c.t.Helper()
	answer, err := c.Try(node, method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s at %s: %v\n%s", method, path, node.Name, err, tail(node.Output.String()))
	}
	return answer
}

// MustCreate creates a record at a node and returns its id.
func (c *Cluster) MustCreate(node *Node, collection string, values map[string]any) string {
	c.t.Helper()
	answer := c.Call(node, http.MethodPost, testapp.Records(collection), values)
	id, _ := answer.Body["id"].(string)
	if answer.Status != http.StatusOK || id == "" {
		c.t.Fatalf("create a record of %s at %s: %d %s", collection, node.Name, answer.Status, answer.Raw)
	}
	return id
}

// Leader returns the node that leads now, as the lease in the bucket says, or nil if there is none.
func (c *Cluster) Leader() *Node {
	lease, err := cluster.LeaseIn(c.t.Context(), bucket.New(c.Bucket))
	if err != nil || time.Since(lease.Until) > time.Second { // its seconds are cut off
		return nil
	}
	for _, node := range c.Nodes {
		if node.URL == lease.URL && node.Runs() {
			return node
		}
	}
	return nil
}

// AwaitLeader waits until a node leads and returns it.
func (c *Cluster) AwaitLeader(most time.Duration) (leader *Node) {
	c.t.Helper()
	await(c.t, most, func() string {
		if leader = c.Leader(); leader == nil {
			return "no node leads"
		}
		return ""
	})
	return leader
}

// AwaitOtherLeader waits until a node other than the given one leads.
func (c *Cluster) AwaitOtherLeader(than *Node, most time.Duration) (leader *Node) {
	c.t.Helper()
	await(c.t, most, func() string {
		if leader = c.Leader(); leader == nil || leader == than {
			return "no other node leads than " + than.Name
		}
		return ""
	})
	return leader
}

// Followers returns the nodes that run and do not lead.
func (c *Cluster) Followers() (followers []*Node) {
	leader := c.Leader()
	for _, node := range c.Nodes {
		if node != leader && node.Runs() {
			followers = append(followers, node)
		}
	}
	return followers
}

// Size returns how many bytes the node's database has.
func (n *Node) Size() int64 {
	info, err := os.Stat(n.Dir + "/data.db")
	if err != nil {
		return 0
	}
	return info.Size()
}
