package relay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/cluster/relay"
	"jobboard/internal/database"
	"jobboard/internal/headers"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
)

// fakeNode is a node whose part in the cluster is what the test says.
type fakeNode struct {
	leads   atomic.Bool
	leader  atomic.Pointer[string]
	tx      atomic.Uint64
	awaited atomic.Int64
	await   func(context.Context) error
	waited  func(context.Context, uint64) error
}

func (n *fakeNode) Leading() bool { return n.leads.Load() }
func (n *fakeNode) LeaderURL() string {
	if url := n.leader.Load(); url != nil {
		return *url
	}
	return ""
}

func (n *fakeNode) TXID() uint64 { return n.tx.Load() }

func (n *fakeNode) LastWriteTXID(context.Context) (uint64, error) { return n.tx.Load() + 1, nil }

func (n *fakeNode) Await(ctx context.Context) error {
	n.awaited.Add(1)
	if n.await != nil {
		return n.await(ctx)
	}
	n.tx.Add(1)
	return nil
}

func (n *fakeNode) WaitFor(ctx context.Context, txid uint64) error {
	if n.waited != nil {
		return n.waited(ctx, txid)
	}
	<-ctx.Done()
	return ctx.Err()
}

const secret = "the bucket's secret"

// pair is a leader and a follower on one database.
type pair struct {
	*testapp.Board                // the leader
	follower       *testapp.Board // which may not write
	ahead, behind  *fakeNode      // the node of each
	url            string         // of the follower
	leaderURL      string
	seen           chan *http.Request // what reached the leader's handlers
}

func newPair(t *testing.T, options relay.Options) *pair {
	t.Helper()
	options.BucketSecret = secret
	p := &pair{ahead: new(fakeNode), behind: new(fakeNode), seen: make(chan *http.Request, 100)}
	p.ahead.leads.Store(true)
	p.ahead.tx.Store(41)
	p.behind.tx.Store(41)
	bind := func(node *fakeNode) func(core.App) {
		return func(app core.App) {
			leadership.Set(app, node)
			headers.Bind(app)
			database.Bind(app)
			throttle.Bind(app, throttle.Options{})
			hooks.Bind(app)
			api.Bind(app)
			relay.Bind(app, node, options)
			app.OnServe().BindFunc(func(e *core.ServeEvent) error {
				e.Router.GET("/api/marked", p.mark)
				e.Router.POST("/api/big", func(e *core.RequestEvent) error {
					p.note(e)
					_, err := e.App.NonconcurrentDB().NewQuery("UPDATE users SET name = name").Execute()
					return errors.Join(err, e.Stream(200, "text/plain", io.LimitReader(zeros{}, 3<<20)))
				})
				e.Router.BindFunc(func(e *core.RequestEvent) error {
					p.note(e)
					return e.Next()
				})
				return e.Next()
			})
		}
	}
	p.Board = testapp.NewBoard(t, bind(p.ahead))
	p.leaderURL = p.Serve()
	p.behind.leader.Store(&p.leaderURL)
	p.follower = p.ReadOnlyTwin(bind(p.behind))
	p.url = p.follower.Serve()
	return p
}

// note keeps a request that reached the leader.
func (p *pair) note(e *core.RequestEvent) {
	if e.App.Store() == p.Store() {
		select {
		case p.seen <- e.Request:
		default:
		}
	}
}

// mark is a read that writes.
func (p *pair) mark(e *core.RequestEvent) error {
	err := e.App.RunInTransaction(func(tx core.App) error {
		_, err := tx.DB().NewQuery("UPDATE users SET name = 'marked'").Execute()
		return err
	})
	if err != nil {
		return e.BadRequestError("Could not mark.", err)
	}
	return e.String(200, "marked, for "+e.RealIP())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type answer struct {
	*http.Response
	body string
}

func (a answer) code(field string) string {
	var body struct {
		Data map[string]struct{ Code string }
	}
	_ = json.Unmarshal([]byte(a.body), &body) // other answers have no code
	return body.Data[field].Code
}

// send sends a request and checks the status of the answer.
func send(t *testing.T, status int, request *http.Request) answer {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != status {
		t.Errorf("%s %s: %d %s, want %d", request.Method, request.URL.Path, response.StatusCode, body, status)
	}
	return answer{response, string(body)}
}

// request makes a request with a JSON body; headers are pairs of name and value.
func (p *pair) request(t *testing.T, who *core.Record, method, path string, body any, headers ...string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, p.url+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", p.Token(who))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return request
}

func TestWritesOnAFollowerAreTheLeaders(t *testing.T) {
	p := newPair(t, relay.Options{})
	employer, owner := p.Employer("Acme")
	seeker := p.Seeker("sam")
	p.follower.Settings().Batch.Enabled, p.Settings().Batch.Enabled = true, true
	job := map[string]any{
		"employer": employer.Id, "title": "Nurse", "description": "<p>Care.</p>", "workplace": "remote", "jobType": "full_time",
	}

	made := send(t, 200, p.request(t, owner, "POST", testapp.Records(collections.Jobs), job))
	if got := made.Header.Get(relay.Header); got != "42" {
		t.Errorf("%s is %q, want 42", relay.Header, got)
	}
	rest := send(t, 201, p.request(t, owner, "POST", "/api/jobs/", job))
	send(t, 200, p.request(t, owner, "PATCH", rest.Header.Get("Location"), map[string]any{"title": "Doctor"}))
	batch := map[string]any{"requests": []any{
		map[string]any{"method": "POST", "url": testapp.Records(collections.Jobs), "body": job},
		map[string]any{"method": "POST", "url": testapp.Records(collections.Jobs), "body": job},
	}}
	send(t, 200, p.request(t, owner, "POST", "/api/batch", batch))
	id := strings.TrimPrefix(strings.TrimSuffix(rest.Header.Get("Location"), "/"), "/api/jobs/")
	send(t, 204, p.request(t, owner, "DELETE", testapp.Records(collections.Jobs, id), nil))
	if n, err := p.CountRecords(collections.Jobs); err != nil || n != 3 {
		t.Errorf("%d jobs, %v, want 3", n, err)
	}

	// A file, as a browser sends it, larger than what the leader takes without being asked.
	profile, err := p.FindFirstRecordByData(collections.JobSeekers, "user", seeker.Id)
	if err != nil {
		t.Fatal(err)
	}
	upload := p.request(t, seeker, "PATCH", testapp.Records(collections.JobSeekers, profile.Id), nil)
	form := new(bytes.Buffer)
	parts := multipart.NewWriter(form)
	file, err := parts.CreateFormFile("resumes", "cv.pdf")
	if err != nil {
		t.Fatal(err)
	}
	content := "%PDF-1.4\n" + strings.Repeat("x", 300<<10)
	if _, err := io.WriteString(file, content); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	for _, length := range []int64{int64(form.Len()), -1} { // announced, and in chunks
		upload.Body, upload.ContentLength = io.NopCloser(bytes.NewReader(form.Bytes())), length
		upload.Header.Set("Content-Type", parts.FormDataContentType())
		send(t, 200, upload)
	}
	fsys, err := p.NewFilesystem()
	if err != nil {
		t.Fatal(err)
	}
	defer fsys.Close()
	stored := p.Reload(profile)
	reader, err := fsys.GetReader(stored.BaseFilesPath() + "/" + stored.GetStringSlice("resumes")[0])
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got, err := io.ReadAll(reader); err != nil || string(got) != content {
		t.Errorf("%d bytes are stored, %v, want %d", len(got), err, len(content))
	}
	// What the leader refuses by its head is refused, not cut off.
	huge := p.request(t, owner, "POST", testapp.Records(collections.Jobs), nil)
	huge.Body, huge.ContentLength = io.NopCloser(io.LimitReader(zeros{}, 64<<20)), 64<<20
	send(t, 413, huge)
}

func TestRealtimeStaysOnItsNode(t *testing.T) {
	p := newPair(t, relay.Options{})
	listener := testapp.Listen(t, p.url, "", "jobs/*")
	if _, err := p.follower.SubscriptionsBroker().ClientById(listener.ID); err != nil {
		t.Error(err)
	}
}

func TestReadsThatWriteAreTheLeaders(t *testing.T) {
	p := newPair(t, relay.Options{})
	user := p.Seeker("sam")
	got := send(t, 200, p.request(t, user, "GET", "/api/marked", nil, "Origin", "https://elsewhere.example"))
	if got.body != "marked, for 127.0.0.1" || p.Reload(user).GetString("name") != "marked" {
		t.Errorf("the answer is %q, the name %q", got.body, p.Reload(user).GetString("name"))
	}
	for _, name := range []string{"Content-Security-Policy", "Access-Control-Expose-Headers", "Content-Type"} {
		if values := got.Header.Values(name); len(values) != 1 {
			t.Errorf("%s is there %d times: %q", name, len(values), values)
		}
	}
	if got.Header.Get(relay.Header) == "" {
		t.Errorf("the answer lacks %s", relay.Header)
	}
	p.behind.leader.Store(nil)
	without := send(t, 503, p.request(t, user, "GET", "/api/marked", nil))
	if without.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	send(t, 200, p.request(t, user, "GET", testapp.Records(collections.Users, user.Id), nil)) // others go on
}

func TestTheLeaderSeesTheClientsAddress(t *testing.T) {
	p := newPair(t, relay.Options{})
	for _, app := range []core.App{p.TestApp, p.follower.TestApp} {
		app.Settings().TrustedProxy.Headers = []string{"X-Forwarded-For"}
	}
	user := p.Seeker("sam")
	got := send(t, 200, p.request(t, user, "GET", "/api/marked", nil, "X-Forwarded-For", "6.6.6.6, 192.0.2.7"))
	if got.body != "marked, for 192.0.2.7" {
		t.Errorf("the leader saw %q", got.body)
	}
	// Twenty registrations from one address are allowed, whichever way they come.
	for _, app := range []core.App{p.TestApp, p.follower.TestApp} {
		app.Settings().RateLimits.Enabled = true
		app.Settings().RateLimits.Rules = nil
	}
	register := func(status int, name, address string, more ...string) {
		t.Helper()
		send(t, status, p.request(t, nil, "POST", testapp.Records(collections.Users), map[string]any{
			"email": name + "@example.com", "name": name, "role": "job_seeker",
			"password": testapp.Password, "passwordConfirm": testapp.Password,
		}, append([]string{"X-Forwarded-For", address}, more...)...))
	}
	for i := range 20 {
		register(200, "n"+strconv.Itoa(i), "192.0.2.8")
	}
	register(429, "late", "192.0.2.8")
	register(200, "other", "192.0.2.9")
	// Nobody but a node says whom a request is for.
	now := strconv.FormatInt(time.Now().Unix(), 10)
	register(429, "forger", "192.0.2.8", "X-Board-Node", now+" 192.0.2.10 "+strings.Repeat("0", 64))
	register(429, "bare", "192.0.2.8", "X-Board-Node", "192.0.2.10")
}

func TestForgedSignaturesAreRemoved(t *testing.T) {
	p := newPair(t, relay.Options{})
	forged := p.request(t, nil, "GET", "/api/health", nil, "X-Board-Node", "1 node "+strings.Repeat("0", 64))
	forged.URL.Host = strings.TrimPrefix(p.leaderURL, "http://")
	send(t, 200, forged)
	if seen := <-p.seen; seen.Header.Get("X-Board-Node") != "" {
		t.Error("a forged signature reaches the handlers")
	}
	call := p.request(t, p.Superuser("root"), "POST", "/api/board/cluster/calls/count", nil, "X-Board-Node", "1 node "+strings.Repeat("0", 64))
	send(t, 404, call)
}

func TestWithoutALeaderNothingIsWritten(t *testing.T) {
	p := newPair(t, relay.Options{})
	seeker := p.Seeker("sam")
	write := func(origin ...string) answer {
		t.Helper()
		name := map[string]any{"name": "Sue"}
		return send(t, 503, p.request(t, seeker, "PATCH", testapp.Records(collections.Users, seeker.Id), name, origin...))
	}
	dead := httptest.NewServer(nil)
	dead.Close()
	p.behind.leader.Store(&dead.URL)
	unreachable := write("Origin", "https://elsewhere.example")
	if unreachable.Header.Get("Retry-After") != "2" || unreachable.Header.Get("Access-Control-Allow-Origin") == "" &&
		unreachable.Header.Get("Access-Control-Expose-Headers") == "" {
		t.Errorf("the answer has the headers %v", unreachable.Header)
	}
	p.behind.leader.Store(nil)
	if got := write(); got.Header.Get("Retry-After") != "2" {
		t.Errorf("the answer has the headers %v", got.Header)
	}
	// The node that is taken for the leader has ceased to lead.
	p.behind.leader.Store(&p.leaderURL)
	p.ahead.leads.Store(false)
	p.ahead.leader.Store(&p.url) // and takes the other one for it
	if got := write(); got.Header.Get("Retry-After") != "2" {
		t.Errorf("the answer has the headers %v", got.Header)
	}
	if name := p.Reload(seeker).GetString("name"); name != "sam" {
		t.Errorf("the name is %q", name)
	}
}

func TestAWriteIsSentOnce(t *testing.T) {
	p := newPair(t, relay.Options{})
	var came atomic.Int64
	broken := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		came.Add(1)
		_, _ = io.Copy(io.Discard, r.Body) // and ends without an answer
		panic(http.ErrAbortHandler)
	}))
	defer broken.Close()
	p.behind.leader.Store(&broken.URL)
	for i, body := range []any{map[string]any{"name": "Sue"}, nil} {
		got := send(t, 503, p.request(t, nil, "POST", "/api/jobs/", body))
		if got.Header.Get("Retry-After") != "" || got.code(relay.Header) != "outcome_unknown" || came.Load() != int64(i+1) {
			t.Errorf("after %d times: %v %s", came.Load(), got.Header, got.body)
		}
	}
}

// A request without a body, sent again over a connection that is used a second time, is what net/http repeats on its own.
func TestAWriteWithAnIdempotencyKeyIsSentOnce(t *testing.T) {
	p := newPair(t, relay.Options{})
	var came atomic.Int64
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if came.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer broken.Close()
	p.behind.leader.Store(&broken.URL)
	for _, status := range []int{204, 503} {
		send(t, status, p.request(t, nil, "POST", "/api/marked", nil, "Idempotency-Key", "one"))
	}
	if came.Load() != 2 {
		t.Errorf("two requests came %d times", came.Load())
	}
}

// Who repeats a request whose outcome was unknown is told that it is stored, although nothing is written a second time.
func TestRepeatedWritesWaitForTheLogToo(t *testing.T) {
	p := newPair(t, relay.Options{AwaitLog: 50 * time.Millisecond})
	employer, _ := p.Employer("Acme")
	job, seeker := p.Job(employer, "Nurse"), p.Seeker("sam")
	create := func(status int) answer {
		t.Helper()
		return send(t, status, p.request(t, seeker, "POST", "/api/jobs/"+job.Id+"/applications/", map[string]any{}, "Idempotency-Key", "one"))
	}
	p.ahead.await = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	create(503)
	create(503)
	if n, err := p.CountRecords(collections.Applications); err != nil || n != 1 {
		t.Errorf("%d applications, %v, want the one of the first request", n, err)
	}
	send(t, 200, p.request(t, seeker, "POST", "/api/files/token", nil)) // says nothing of what is stored
	p.ahead.await = nil
	if got := create(201); got.Header.Get(relay.Header) == "" {
		t.Error("the repeated answer has no number")
	}
}

func TestAnswersWaitForTheLog(t *testing.T) {
	p := newPair(t, relay.Options{AwaitLog: 100 * time.Millisecond})
	seeker := p.Seeker("sam")
	rename := func(status int, name string) answer {
		t.Helper()
		return send(t, status, p.request(t, seeker, "PATCH", testapp.Records(collections.Users, seeker.Id), map[string]any{"name": name}))
	}
	entered, release := make(chan bool), make(chan bool)
	p.ahead.await = func(context.Context) error {
		entered <- true
		<-release
		p.ahead.tx.Store(50)
		return nil
	}
	done := make(chan answer)
	go func() { done <- rename(200, "one") }()
	<-entered
	select {
	case <-done:
		t.Error("the answer came before the log had the write")
	default:
	}
	if name := p.Reload(seeker).GetString("name"); name != "one" {
		t.Errorf("the name is %q", name)
	}
	close(release)
	if got := (<-done).Header.Get(relay.Header); got != "50" {
		t.Errorf("%s is %q, want 50", relay.Header, got)
	}

	p.ahead.await = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	lost := rename(503, "two")
	if lost.code(relay.Header) != "outcome_unknown" || lost.Header.Get("Retry-After") != "" || lost.Header.Get(relay.Header) != "" ||
		strings.Contains(lost.body, "two") || lost.ContentLength != int64(len(lost.body)) {
		t.Errorf("unconfirmed: %v %s", lost.Header, lost.body)
	}

	// What writes nothing waits for nothing.
	before := p.ahead.awaited.Load()
	send(t, 400, p.request(t, seeker, "POST", testapp.Records(collections.SavedSearches), map[string]any{"name": 1}))
	send(t, 404, p.request(t, seeker, "POST", "/api/nowhere", nil))
	if p.ahead.awaited.Load() != before {
		t.Error("a request that wrote nothing waited for the log")
	}
}

func TestLongAnswersAreNotHeldWhole(t *testing.T) {
	p := newPair(t, relay.Options{})
	p.Seeker("sam")
	var held atomic.Int64
	p.ahead.await = func(context.Context) error { held.Add(1); return nil }
	if got := send(t, 200, p.request(t, nil, "POST", "/api/big", nil)); len(got.body) != 3<<20 || held.Load() != 2 {
		t.Errorf("%d bytes, waited %d times, want %d and 2: before the first byte and at the end", len(got.body), held.Load(), 3<<20)
	}
	// A write that is lost after a part of its answer has left ends in a broken answer.
	p.ahead.await = func(context.Context) error {
		if held.Add(1) > 3 {
			return errors.New("lost")
		}
		return nil
	}
	response, err := http.DefaultClient.Do(p.request(t, nil, "POST", "/api/big", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("an answer of %d bytes whose write was lost looks whole", len(body))
	}
}

func TestQuickWritesDoNotWait(t *testing.T) {
	p := newPair(t, relay.Options{Quick: true})
	seeker := p.Seeker("sam")
	got := send(t, 200, p.request(t, seeker, "PATCH", testapp.Records(collections.Users, seeker.Id), map[string]any{"name": "Sue"}))
	if p.ahead.awaited.Load() != 0 || got.Header.Get(relay.Header) != "42" {
		t.Errorf("waited %d times, %s is %q", p.ahead.awaited.Load(), relay.Header, got.Header.Get(relay.Header))
	}
	// A node whose lease ends while it writes must not say that anything is stored.
	p.OnRecordAfterUpdateSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		p.ahead.leads.Store(false)
		return e.Next()
	})
	lost := send(t, 503, p.request(t, seeker, "PATCH", testapp.Records(collections.Users, seeker.Id), map[string]any{"name": "Sam"}))
	if lost.code(relay.Header) != "outcome_unknown" || lost.Header.Get("Retry-After") != "" {
		t.Errorf("a write that no leader made: %v %s", lost.Header, lost.body)
	}
}

func TestReadsSeeWhatTheirCallerWrote(t *testing.T) {
	p := newPair(t, relay.Options{CatchUp: 50 * time.Millisecond})
	seeker := p.Seeker("sam")
	read := func(status int, number string) (fromLeader bool, got answer) {
		t.Helper()
		for len(p.seen) > 0 {
			<-p.seen
		}
		got = send(t, status, p.request(t, seeker, "GET", testapp.Records(collections.Users, seeker.Id), nil, relay.Header, number))
		return len(p.seen) > 0, got
	}
	if fromLeader, _ := read(200, "41"); fromLeader {
		t.Error("a follower that has the transaction asked the leader")
	}
	p.behind.waited = func(_ context.Context, txid uint64) error {
		if txid != 42 {
			t.Errorf("waits for %d, want 42", txid)
		}
		return nil
	}
	if fromLeader, _ := read(200, "42"); fromLeader {
		t.Error("a follower that got the transaction in time asked the leader")
	}
	p.behind.waited = nil
	if fromLeader, _ := read(200, "43"); !fromLeader {
		t.Error("a follower without the transaction answered itself")
	}
	for _, wrong := range []string{"0", "-1", "x", "4.5", "1e3", " ", "9223372036854775808", "99999999999999999999", "1,2"} {
		if _, got := read(400, wrong); got.code(relay.Header) != "validation_invalid_value" {
			t.Errorf("%q: %s", wrong, got.body)
		}
	}
}

func TestCallsBetweenNodes(t *testing.T) {
	p := newPair(t, relay.Options{})
	leadership.Handle(p.TestApp, "count", func(_ context.Context, body []byte) ([]byte, error) {
		if string(body) == "wrong" {
			return nil, errors.New("wrong")
		}
		if _, err := p.NonconcurrentDB().NewQuery("UPDATE users SET name = name").Execute(); err != nil {
			return nil, err
		}
		return append([]byte("counted "), body...), nil
	})
	call := func(body string) (string, error) {
		got, err := leadership.Call(t.Context(), p.follower.TestApp, "count", []byte(body))
		return string(got), err
	}
	if got, err := call("3 views"); err != nil || got != "counted 3 views" || p.ahead.awaited.Load() != 1 {
		t.Errorf("the call returned %q, %v, after %d waits for the log", got, err, p.ahead.awaited.Load())
	}
	if _, err := call("wrong"); err == nil || errors.Is(err, leadership.ErrNoLeader) {
		t.Errorf("a call that failed on the leader: %v", err)
	}
	p.ahead.leads.Store(false)
	if _, err := call("3 views"); !errors.Is(err, leadership.ErrNoLeader) {
		t.Errorf("a call to a node that does not lead: %v", err)
	}
	p.behind.leader.Store(nil)
	if _, err := call("3 views"); !errors.Is(err, leadership.ErrNoLeader) {
		t.Errorf("a call without a leader: %v", err)
	}
}
