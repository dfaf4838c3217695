package realtime_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/session"
	"jobboard/internal/testapp"
)

// board is a served board with realtime.
type board struct {
	*testapp.Board
	url string
}

func newBoard(t testing.TB, bind ...func(core.App)) *board {
	t.Helper()
	b := testapp.NewBoard(t, append(bind, testapp.With(realtime.Bind, realtime.DefaultOptions()))...)
	return &board{Board: b, url: b.Serve()}
}

func (b *board) notification(t testing.TB, user *core.Record, title string) *core.Record {
	t.Helper()
	if err := notify.Write(b.TestApp, notify.Notification{Kind: collections.KindAccount, Title: title}, user.Id); err != nil {
		t.Fatal(err)
	}
	record, err := b.FindFirstRecordByData(collections.Notifications, "title", title)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// listen connects as a user; nil is a guest.
func (b *board) listen(t testing.TB, user *core.Record, topics ...string) *testapp.Listener {
	t.Helper()
	return testapp.Listen(t, b.url, b.Token(user), topics...)
}

func options(t testing.TB, query map[string]string) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	return "?options=" + url.QueryEscape(string(raw))
}

func TestSubscriberGetsEveryChange(t *testing.T) {
	t.Parallel()
	for name, topic := range map[string]string{"wildcard": "notifications/*", "old wildcard": "notifications"} {
		t.Run(name, func(t *testing.T) {
			board := newBoard(t)
			ann := board.Seeker("ann")
			listener := board.listen(t, ann, topic)

			record := board.notification(t, ann, "Hello")
			event := listener.MustReceive(t)
			action, seen := event.Change(t)
			if event.Name != topic || action != "create" || seen["id"] != record.Id ||
				seen["title"] != "Hello" || seen["user"] != ann.Id || seen["read"] != false {
				t.Errorf("created: got %+v", event)
			}
			if _, shown := seen["mail"]; shown {
				t.Error("the hidden mail state is shown")
			}

			board.Update(record, map[string]any{"read": true})
			if action, seen := listener.MustReceive(t).Change(t); action != "update" || seen["read"] != true {
				t.Errorf("updated: got %s of %v", action, seen)
			}

			if err := board.Delete(record); err != nil {
				t.Fatal(err)
			}
			if action, seen := listener.MustReceive(t).Change(t); action != "delete" || seen["id"] != record.Id {
				t.Errorf("deleted: got %s of %v", action, seen)
			}
			listener.MustReceiveNothing(t, board.TestApp)
		})
	}
}

func TestSubscriptionOptionsAreHonoured(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	first, second := board.notification(t, ann, "First"), board.notification(t, ann, "Second")
	fields := board.listen(t, ann, "notifications/*"+options(t, map[string]string{"fields": "id,title"}))
	expand := board.listen(t, ann, "notifications/"+first.Id+options(t, map[string]string{"expand": "user"}))
	filter := board.listen(t, ann, "notifications/*"+options(t, map[string]string{"filter": `title = "Second"`}))

	for _, record := range []*core.Record{first, second} {
		board.Update(record, map[string]any{"read": true})
		if _, seen := fields.MustReceive(t).Change(t); len(seen) != 2 || seen["title"] != record.GetString("title") {
			t.Errorf("fields: got %v", seen)
		}
	}
	_, seen := expand.MustReceive(t).Change(t)
	if user, _ := seen["expand"].(map[string]any)["user"].(map[string]any); user["id"] != ann.Id {
		t.Errorf("expand: got %v", seen)
	}
	expand.MustReceiveNothing(t, board.TestApp) // the other record
	if _, seen := filter.MustReceive(t).Change(t); seen["title"] != "Second" {
		t.Errorf("filter: got %v", seen)
	}
}

// Whatever they subscribe to, users get only their own notifications, and these reveal nothing that they may not see.
func TestOthersGetNothing(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	superusers, err := board.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	root := core.NewRecord(superusers)
	root.SetEmail("root@example.org")
	root.SetPassword(testapp.Password)
	if err := board.Save(root); err != nil {
		t.Fatal(err)
	}
	record := board.notification(t, ann, "Before")
	own := board.notification(t, ben, "Ben's own")
	topics := []string{
		"notifications/*", "notifications", "notifications/" + record.Id, record.Collection().Id + "/*",
		"notifications/*" + options(t, map[string]string{"filter": "id != '' || user != ''"}),
		"notifications/*" + options(t, map[string]string{"filter": "user = '" + ann.Id + "'", "expand": "user"}),
	}
	others := map[string]*testapp.Listener{
		"another user":       board.listen(t, ben, topics...),
		"the admin":          board.listen(t, board.Admin("admin"), topics...),
		"a guest":            board.listen(t, nil, topics...),
		"a superuser":        board.listen(t, root, topics...),
		"no such subscriber": board.listen(t, ann, "jobs/*", "notifications/"+own.Id),
	}
	recipient := board.listen(t, ann, "notifications/*")

	board.Update(record, map[string]any{"read": true})
	board.notification(t, ann, "Hello")
	if err := board.Delete(record); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		recipient.MustReceive(t)
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) { other.MustReceiveNothing(t, board.TestApp) })
	}

	t.Run("expanding to what others own", func(t *testing.T) {
		board.Record(collections.SavedSearches, map[string]any{"seeker": ann.Id, "name": "Ann's", "query": `{"q":"x"}`, "frequency": "off"})
		listener := board.listen(t, ben, "notifications/*"+options(t, map[string]string{
			"expand": "user,user.saved_searches_via_seeker,user.notifications_via_user"}))
		board.notification(t, ben, "Another of Ben's")
		if event := listener.MustReceive(t); strings.Contains(event.Data, "Ann") || strings.Contains(event.Data, ann.Id) ||
			strings.Contains(event.Data, "tokenKey") {
			t.Errorf("got %s", event.Data)
		}
	})
	t.Run("asking for hidden fields", func(t *testing.T) {
		hidden := board.listen(t, ben, "notifications/*"+options(t, map[string]string{"filter": "mail = 'none' || mail = 'pending'"}),
			"notifications/*"+options(t, map[string]string{"fields": "*,mail,mailAttempts,dedupe"}))
		board.notification(t, ben, "One more")
		if event := hidden.MustReceive(t); strings.Contains(event.Name, "filter") || strings.Contains(event.Data, "mail") ||
			strings.Contains(event.Data, "dedupe") {
			t.Errorf("got %+v", event)
		}
		hidden.MustReceiveNothing(t, board.TestApp)
	})
}

func TestNothingBeforeCommitOrAfterRollback(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	old := board.notification(t, ann, "Old")
	read := board.notification(t, ann, "Unread")
	listener := board.listen(t, ann, "notifications/*")
	change := func(tx core.App) error {
		if err := notify.Write(tx, notify.Notification{Kind: collections.KindAccount, Title: "New"}, ann.Id); err != nil {
			return err
		}
		fresh, err := tx.FindRecordById(collections.Notifications, read.Id)
		if err != nil {
			return err
		}
		fresh.Set("read", true)
		if err := tx.Save(fresh); err != nil {
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
	listener.MustReceiveNothing(t, board.TestApp)

	err = board.RunInTransaction(func(tx core.App) error {
		if err := change(tx); err != nil {
			return err
		}
		listener.MustReceiveNothing(t, board.TestApp)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]bool{}
	for range 3 {
		action, _ := listener.MustReceive(t).Change(t)
		actions[action] = true
	}
	if !actions["create"] || !actions["update"] || !actions["delete"] {
		t.Errorf("after commit: got %v", actions)
	}
}

// The stream ends with the login.
func TestTheStreamEndsWithTheLogin(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(b *board, user *core.Record, token string){
		"logout": func(b *board, user *core.Record, token string) {
			if err := session.Revoke(b.TestApp, token); err != nil {
				t.Fatal(err)
			}
		},
		"logout everywhere": func(b *board, user *core.Record, token string) {
			if err := session.RevokeAll(b.TestApp, user); err != nil {
				t.Fatal(err)
			}
		},
		"deactivation": func(b *board, user *core.Record, token string) {
			b.Update(user, map[string]any{"deactivatedAt": time.Now()})
		},
		"a new password": func(b *board, user *core.Record, token string) {
			b.Update(user, map[string]any{"password": "another long password"})
		},
		"a new role": func(b *board, user *core.Record, token string) {
			b.Update(user, map[string]any{"role": collections.RoleEmployer})
		},
		"deletion": func(b *board, user *core.Record, token string) {
			if err := b.Delete(b.Reload(user)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			board := newBoard(t, hooks.Bind)
			ann := board.Seeker("ann")
			token := board.Token(ann)
			listener := testapp.Listen(t, board.url, token, "notifications/*")
			board.notification(t, ann, "Before")
			listener.MustReceive(t)
			end(board, ann, token)
			listener.AwaitEnd(t) // before it may come the notification of the very change
			if got := realtime.Connected(board.TestApp, ann.Id); len(got) != 0 {
				t.Errorf("still known as connected: %v", got)
			}
		})
	}
}

func TestTheStreamEndsWhenTheTokenExpires(t *testing.T) {
	t.Parallel()
	board := newBoard(t, hooks.Bind)
	ann := board.Seeker("ann")
	token, err := ann.NewStaticAuthToken(2 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	listener := testapp.Listen(t, board.url, token, "notifications/*")
	board.notification(t, ann, "Before")
	listener.MustReceive(t)
	time.Sleep(2100 * time.Millisecond)
	board.notification(t, ann, "After")
	listener.MustEnd(t)
}

// A connection that has lost its login, without being closed, gets nothing until it has one again.
func TestConnectionsThatLoseTheirLoginStopReceiving(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	listener := board.listen(t, ann, "notifications/*")
	board.notification(t, ann, "First")
	listener.MustReceive(t)

	ann.RefreshTokenKey()
	if err := board.Save(ann); err != nil {
		t.Fatal(err)
	}
	board.notification(t, ann, "Second")
	listener.MustReceiveNothing(t, board.TestApp)
	if got := realtime.Connected(board.TestApp, ann.Id); len(got) != 0 {
		t.Errorf("still known as connected: %v", got)
	}

	listener.Subscribe(t, board.Token(ann), "notifications/*")
	board.notification(t, ann, "Third")
	if _, seen := listener.MustReceive(t).Change(t); seen["title"] != "Third" {
		t.Errorf("after subscribing again: got %v", seen)
	}
}

func TestAnnouncedRecordsReachTheirRecipient(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	record := board.notification(t, ann, "Hello")
	listener := board.listen(t, ann, "notifications/*")
	if got := realtime.Connected(board.TestApp, ben.Id, ann.Id); len(got) != 1 || got[0] != ann.Id {
		t.Fatalf("connected: got %v, want ann alone", got)
	}
	for want, announce := range map[string]func(core.App, []*core.Record){
		"create": realtime.BroadcastCreated, "update": realtime.BroadcastUpdated,
	} {
		announce(board.TestApp, []*core.Record{record})
		if action, seen := listener.MustReceive(t).Change(t); action != want || seen["id"] != record.Id {
			t.Errorf("got %s of %v, want %s", action, seen, want)
		}
	}
}

// A client that never reads is disconnected when too much is queued for it; others are not affected.
func TestSlowClientHarmsOnlyItself(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	line, err := net.Dial("tcp", strings.TrimPrefix(board.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if _, err := fmt.Fprintf(line, "GET /api/realtime HTTP/1.1\r\nHost: board\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	var id string
	for lines := bufio.NewScanner(line); id == "" && lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "id:"); found {
			id = rest // and it reads not a byte more
		}
	}
	slow, err := board.SubscriptionsBroker().ClientById(id)
	if err != nil {
		t.Fatalf("client %q: %v", id, err)
	}
	slow.Set("auth", ann)
	slow.Subscribe("notifications/*")
	quick := board.listen(t, ann, "notifications/*")

	big := subscriptions.Message{Name: "big", Data: []byte(`"` + strings.Repeat("x", 100_000) + `"`)}
	for sent := 0; !slow.IsDiscarded(); sent++ { // fills the system's buffers, then ours
		if sent > 1_000 {
			t.Fatal("the slow client is still kept")
		}
		slow.Send(big) // never blocks
	}
	board.notification(t, ann, "Hello")
	if _, seen := quick.MustReceive(t).Change(t); seen["title"] != "Hello" {
		t.Errorf("the quick client got %v", seen)
	}
}

func TestWaitingMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	listener := board.listen(t, board.Seeker("ann"))
	client, err := board.SubscriptionsBroker().ClientById(listener.ID)
	if err != nil {
		t.Fatal(err)
	}
	const n = 2_000
	for i := range n {
		client.Send(subscriptions.Message{Name: "x", Data: fmt.Appendf(nil, "%d", i)})
	}
	for i := range n {
		if got := listener.MustReceive(t).Data; got != fmt.Sprint(i) {
			t.Fatalf("message %d: got %s", i, got)
		}
	}
}
