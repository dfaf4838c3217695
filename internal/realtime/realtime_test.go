package realtime_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// board is an app behind a real HTTP server.
type board struct {
	*tests.TestApp
	url string
}

func newBoard(t testing.TB, bind ...func(core.App)) *board {
	t.Helper()
	app := testapp.New(t, bind...)
	router, err := apis.NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	mux, err := router.BuildMux()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return &board{TestApp: app, url: server.URL}
}

func (b *board) user(t testing.TB, name string) *core.Record {
	t.Helper()
	users, err := b.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	user := core.NewRecord(users)
	user.SetEmail(name + "@example.org")
	user.SetPassword("correct horse")
	user.Set("name", name)
	user.Set("role", collections.RoleJobSeeker)
	if err := b.Save(user); err != nil {
		t.Fatal(err)
	}
	return user
}

func (b *board) notice(t testing.TB, user *core.Record, title string) *core.Record {
	t.Helper()
	if err := notify.Write(b, notify.Notice{Kind: collections.KindAccount, Title: title}, user.Id); err != nil {
		t.Fatal(err)
	}
	record, err := b.FindFirstRecordByData(collections.Notifications, "title", title)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// event is one message as it came over the line.
type event struct {
	Name   string
	Action string         `json:"action"`
	Record map[string]any `json:"record"`
}

type listener struct {
	id     string
	events chan event // closed when the connection ends
	client subscriptions.Client
}

// connect opens a realtime connection, as a guest when user is nil, and subscribes it.
func (b *board) connect(t testing.TB, user *core.Record, topics ...string) *listener {
	t.Helper()
	response, err := http.Get(b.url + "/api/realtime")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	l := &listener{events: make(chan event, 100_000)}
	go func() {
		defer close(l.events)
		var e event
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line := lines.Text()
			if name, ok := strings.CutPrefix(line, "event:"); ok {
				e = event{Name: name}
			}
			if data, ok := strings.CutPrefix(line, "data:"); ok {
				if e.Name == "PB_CONNECT" {
					data = strings.Replace(data, "clientId", "action", 1)
				}
				if err := json.Unmarshal([]byte(data), &e); err == nil {
					l.events <- e
				}
			}
		}
	}()
	l.id = l.mustReceive(t).Action
	b.subscribe(t, l, user, topics...)
	if l.client, err = b.SubscriptionsBroker().ClientById(l.id); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *board) subscribe(t testing.TB, l *listener, user *core.Record, topics ...string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": l.id, "subscriptions": topics})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest("POST", b.url+"/api/realtime", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if user != nil {
		token, err := user.NewAuthToken()
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		t.Fatalf("subscribe: status %d", response.StatusCode)
	}
}

func (l *listener) mustReceive(t testing.TB) event {
	t.Helper()
	select {
	case e, ok := <-l.events:
		if !ok {
			t.Fatal("the connection is closed")
		}
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("nothing received")
	}
	return event{}
}

// mustNotHaveReceived sends the connection a message of its own and checks that nothing came before it.
func (l *listener) mustNotHaveReceived(t testing.TB) {
	t.Helper()
	l.client.Send(subscriptions.Message{Name: "sentinel", Data: []byte(`{"action":"sentinel"}`)})
	if e := l.mustReceive(t); e.Action != "sentinel" {
		t.Fatalf("received %+v, want nothing", e)
	}
}

func TestReceiverGetsEveryChange(t *testing.T) {
	for name, topic := range map[string]string{"wildcard": "notifications/*", "old wildcard": "notifications"} {
		t.Run(name, func(t *testing.T) {
			board := newBoard(t, realtime.Bind)
			ann := board.user(t, "ann")
			listener := board.connect(t, ann, topic)

			record := board.notice(t, ann, "Hello")
			created := listener.mustReceive(t)
			if created.Name != topic || created.Action != "create" || created.Record["id"] != record.Id ||
				created.Record["title"] != "Hello" || created.Record["user"] != ann.Id || created.Record["read"] != false {
				t.Errorf("created: got %+v", created)
			}
			if _, shown := created.Record["mail"]; shown {
				t.Error("the hidden mail state is shown")
			}

			record.Set("read", true)
			if err := board.Save(record); err != nil {
				t.Fatal(err)
			}
			if updated := listener.mustReceive(t); updated.Action != "update" || updated.Record["read"] != true {
				t.Errorf("updated: got %+v", updated)
			}

			if err := board.Delete(record); err != nil {
				t.Fatal(err)
			}
			if deleted := listener.mustReceive(t); deleted.Action != "delete" || deleted.Record["id"] != record.Id {
				t.Errorf("deleted: got %+v", deleted)
			}
			listener.mustNotHaveReceived(t)
		})
	}
}

func TestSubscriptionOptionsAreHonoured(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann := board.user(t, "ann")
	options := func(query map[string]string) string {
		raw, err := json.Marshal(map[string]any{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		return "?options=" + url.QueryEscape(string(raw))
	}
	first, second := board.notice(t, ann, "First"), board.notice(t, ann, "Second")
	fields := board.connect(t, ann, "notifications/*"+options(map[string]string{"fields": "id,title"}))
	expand := board.connect(t, ann, "notifications/"+first.Id+options(map[string]string{"expand": "user"}))
	filter := board.connect(t, ann, "notifications/*"+options(map[string]string{"filter": `title = "Second"`}))

	for _, record := range []*core.Record{first, second} {
		record.Set("read", true)
		if err := board.Save(record); err != nil {
			t.Fatal(err)
		}
		if got := fields.mustReceive(t); len(got.Record) != 2 || got.Record["title"] != record.GetString("title") {
			t.Errorf("fields: got %+v", got)
		}
	}
	got := expand.mustReceive(t)
	if user, _ := got.Record["expand"].(map[string]any)["user"].(map[string]any); user["id"] != ann.Id {
		t.Errorf("expand: got %+v", got)
	}
	expand.mustNotHaveReceived(t) // the other record
	if got := filter.mustReceive(t); got.Record["title"] != "Second" {
		t.Errorf("filter: got %+v", got)
	}
}

func TestOthersGetNothing(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann := board.user(t, "ann")
	superusers, err := board.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	root := core.NewRecord(superusers)
	root.SetEmail("root@example.org")
	root.SetPassword("correct horse")
	if err := board.Save(root); err != nil {
		t.Fatal(err)
	}
	record := board.notice(t, ann, "Before")
	topics := []string{"notifications/*", "notifications", "notifications/" + record.Id, collections.Notifications + "/*"}
	others := map[string]*listener{
		"another user":      board.connect(t, board.user(t, "ben"), topics...),
		"a guest":           board.connect(t, nil, topics...),
		"a superuser":       board.connect(t, root, topics...),
		"no such subscribe": board.connect(t, ann, "jobs/*"),
	}
	receiver := board.connect(t, ann, "notifications/*")

	record.Set("read", true)
	if err := board.Save(record); err != nil {
		t.Fatal(err)
	}
	board.notice(t, ann, "Hello")
	if err := board.Delete(record); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		receiver.mustReceive(t)
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) { other.mustNotHaveReceived(t) })
	}
}

func TestNothingBeforeCommitOrAfterRollback(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann := board.user(t, "ann")
	old := board.notice(t, ann, "Old")
	listener := board.connect(t, ann, "notifications/*")
	change := func(tx core.App) error {
		if err := notify.Write(tx, notify.Notice{Kind: collections.KindAccount, Title: "New"}, ann.Id); err != nil {
			return err
		}
		return tx.Delete(old)
	}

	undo := errors.New("undo")
	err := board.RunInTransaction(func(tx core.App) error {
		if err := change(tx); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	listener.mustNotHaveReceived(t)

	err = board.RunInTransaction(func(tx core.App) error {
		if err := change(tx); err != nil {
			return err
		}
		listener.mustNotHaveReceived(t)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]bool{listener.mustReceive(t).Action: true, listener.mustReceive(t).Action: true}
	if !actions["create"] || !actions["delete"] {
		t.Errorf("after commit: got %v", actions)
	}
}

func TestConnectionsThatLoseTheirLoginStopReceiving(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann := board.user(t, "ann")
	listener := board.connect(t, ann, "notifications/*")
	board.notice(t, ann, "First")
	listener.mustReceive(t)

	ann.RefreshTokenKey() // as deactivation, a role change and a new password do
	if err := board.Save(ann); err != nil {
		t.Fatal(err)
	}
	board.notice(t, ann, "Second")
	listener.mustNotHaveReceived(t)
	if got := realtime.Connected(board, ann.Id); len(got) != 0 {
		t.Errorf("still known as connected: %v", got)
	}

	board.subscribe(t, listener, ann, "notifications/*")
	board.notice(t, ann, "Third")
	if got := listener.mustReceive(t); got.Record["title"] != "Third" {
		t.Errorf("after subscribing again: got %+v", got)
	}
}

func TestAnnouncedRecordsReachTheirReceiver(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann, ben := board.user(t, "ann"), board.user(t, "ben")
	record := board.notice(t, ann, "Hello")
	listener := board.connect(t, ann, "notifications/*")
	if got := realtime.Connected(board, ben.Id, ann.Id); len(got) != 1 || got[0] != ann.Id {
		t.Fatalf("connected: got %v, want ann alone", got)
	}
	if err := realtime.AnnounceCreated(board, []*core.Record{record}); err != nil {
		t.Fatal(err)
	}
	if got := listener.mustReceive(t); got.Action != "create" || got.Record["id"] != record.Id {
		t.Errorf("got %+v", got)
	}
	if err := realtime.AnnounceUpdated(board, []*core.Record{record}); err != nil {
		t.Fatal(err)
	}
	if got := listener.mustReceive(t); got.Action != "update" || got.Record["id"] != record.Id {
		t.Errorf("got %+v", got)
	}
}

// A client that takes nothing is dropped when too much waits for it; the others never notice.
func TestSlowClientHarmsOnlyItself(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	ann := board.user(t, "ann")
	var slow subscriptions.Client
	release := make(chan struct{})
	board.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		if e.Client == slow {
			<-release
		}
		return e.Next()
	})
	t.Cleanup(func() { close(release) })
	slowListener := board.connect(t, ann, "notifications/*")
	quick := board.connect(t, ann, "notifications/*")
	slow = slowListener.client

	big := subscriptions.Message{Name: "big", Data: []byte(`{"action":"` + strings.Repeat("x", 100_000) + `"}`)}
	for range 40 {
		slow.Send(big) // never blocks
	}
	if !slow.IsDiscarded() {
		t.Error("the slow client is still kept")
	}
	board.notice(t, ann, "Hello")
	if got := quick.mustReceive(t); got.Record["title"] != "Hello" {
		t.Errorf("the quick client got %+v", got)
	}
}

func TestWaitingMessagesKeepTheirOrder(t *testing.T) {
	board := newBoard(t, realtime.Bind)
	listener := board.connect(t, board.user(t, "ann"))
	const n = 2_000
	for i := range n {
		raw, err := json.Marshal(map[string]any{"record": map[string]any{"n": i}})
		if err != nil {
			t.Fatal(err)
		}
		listener.client.Send(subscriptions.Message{Name: "x", Data: raw})
	}
	for i := range n {
		if got := listener.mustReceive(t).Record["n"]; got != float64(i) {
			t.Fatalf("message %d: got %v", i, got)
		}
	}
}
