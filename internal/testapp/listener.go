package testapp

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

const (
	patience = 10 * time.Second      // bounds every wait for a message that must come
	grace    = 20 * time.Millisecond // for messages that must not come: PocketBase sends each in a goroutine of its own
)

// Restart returns a board on the data of b, as after a restart of the server. b can't be used any more.
func (b *Board) Restart(bind ...func(core.App)) *Board {
	b.t.Helper()
	b.end()
	app, err := tests.NewTestAppWithConfig(config(b.DataDir()))
	if err != nil {
		b.t.Fatalf("open the board again: %v", err)
	}
	b.t.Cleanup(app.Cleanup)
	app.Settings().RateLimits.Enabled = false
	for _, bindOne := range bind {
		bindOne(app)
	}
	return &Board{TestApp: app, t: b.t}
}

// Twin returns a second board on the same data folder, as another process would open it.
func (b *Board) Twin(bind ...func(core.App)) *Board {
	b.t.Helper()
	return b.twin(config(b.DataDir()), bind)
}

// ReadOnlyTwin is a Twin that may not write, like a follower that has always caught up.
func (b *Board) ReadOnlyTwin(bind ...func(core.App)) *Board {
	b.t.Helper()
	as := config(b.DataDir())
	as.DBConnect = func(path string) (*dbx.DB, error) {
		options := "?_pragma=busy_timeout(10000)"
		if filepath.Base(path) == "data.db" {
			options += "&_pragma=query_only(1)"
		}
		return dbx.Open("sqlite", path+options)
	}
	return b.twin(as, bind)
}

func (b *Board) twin(as core.BaseAppConfig, bind []func(core.App)) *Board {
	b.t.Helper()
	app := core.NewBaseApp(as)
	if err := app.Bootstrap(); err != nil {
		b.t.Fatalf("open the board twice: %v", err)
	}
	for _, bindOne := range bind {
		bindOne(app)
	}
	twin := &Board{TestApp: &tests.TestApp{BaseApp: app}, t: b.t}
	b.t.Cleanup(twin.end)
	return twin
}

// end stops the board as the server does when it is stopped.
func (b *Board) end() {
	b.t.Helper()
	event := new(core.TerminateEvent)
	event.App = b.TestApp
	err := b.OnTerminate().Trigger(event, func(*core.TerminateEvent) error { return b.ResetBootstrapState() })
	if err != nil {
		b.t.Fatalf("stop the board: %v", err)
	}
}

// Serve serves the board at a real address until the test ends, for what a recorded answer can't show.
func (b *Board) Serve() string {
	b.t.Helper()
	server := httptest.NewServer(b.Handler())
	b.t.Cleanup(func() {
		server.CloseClientConnections() // realtime connections would keep Close waiting
		server.Close()
	})
	return server.URL
}

// Event is one message of a realtime connection.
type Event struct {
	Name string
	Data string
}

// Change returns the action and the record of the event.
func (e Event) Change(t testing.TB) (action string, record map[string]any) {
	t.Helper()
	var change struct {
		Action string         `json:"action"`
		Record map[string]any `json:"record"`
	}
	if err := json.Unmarshal([]byte(e.Data), &change); err != nil {
		t.Fatalf("read the event %+v: %v", e, err)
	}
	return change.Action, change.Record
}

// Listener is a realtime connection, like those of PocketBase's SDK.
type Listener struct {
	ID     string     // of the client at PocketBase's broker
	events chan Event // closed when the server ends the connection
	broken error      // why it ended, if it did not end properly; to be read once events is closed
	url    string
}

// Listen opens a realtime connection to a served board and subscribes it to topics with a token ("": as a guest).
func Listen(t testing.TB, url, token string, topics ...string) *Listener {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/realtime", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("connect to realtime: %v", err)
	}
	l := &Listener{events: make(chan Event, 20_000), url: url}
	go func() {
		defer close(l.events)
		defer answer.Body.Close()
		var event Event
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ":")
			switch field {
			case "event":
				event.Name = value
			case "data":
				event.Data = value
			case "":
				l.events <- event
				event = Event{}
			}
		}
		l.broken = lines.Err()
	}()
	var hello struct {
		ClientID string `json:"clientId"`
	}
	if err := json.Unmarshal([]byte(l.MustReceive(t).Data), &hello); err != nil || hello.ClientID == "" {
		t.Fatalf("the first event has no client id: %v", err)
	}
	l.ID = hello.ClientID
	if status := l.Subscribe(t, token, topics...); status != http.StatusNoContent {
		t.Fatalf("subscribe to %v: %d", topics, status)
	}
	return l
}

// Subscribe replaces the topics of the connection and returns the status of the answer.
func (l *Listener) Subscribe(t testing.TB, token string, topics ...string) int {
	t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": l.ID, "subscriptions": topics})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, l.url+"/api/realtime", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// MustReceive waits for the next message.
func (l *Listener) MustReceive(t testing.TB) Event {
	t.Helper()
	select {
	case event, open := <-l.events:
		if !open {
			t.Fatalf("the connection ended instead of bringing a message; its error: %v", l.broken)
		}
		return event
	case <-time.After(patience):
		t.Fatal("no message came")
	}
	return Event{}
}

// MustReceiveNothing checks that no message comes before one that it sends to the connection itself.
func (l *Listener) MustReceiveNothing(t testing.TB, app core.App) {
	t.Helper()
	client, err := app.SubscriptionsBroker().ClientById(l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if background, ok := app.Store().Get("jobboard.realtime").(interface{ Settle(time.Duration) }); ok {
		background.Settle(patience)
	}
	time.Sleep(grace)
	client.Send(subscriptions.Message{Name: "quiet", Data: []byte("{}")})
	if event := l.MustReceive(t); event.Name != "quiet" {
		t.Errorf("a message came: %+v", event)
	}
}

// AwaitEnd waits until the server ends the connection, whatever messages come before.
func (l *Listener) AwaitEnd(t testing.TB) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, open := <-l.events:
			if !open {
				return
			}
		case <-late:
			t.Fatal("the connection didn't end")
		}
	}
}

// MustEnd waits until the server ends the connection, before which no message may come.
func (l *Listener) MustEnd(t testing.TB) {
	t.Helper()
	select {
	case event, open := <-l.events:
		if open {
			t.Fatalf("a message came instead of the end: %+v", event)
		}
	case <-time.After(patience):
		t.Fatal("the connection didn't end")
	}
}
