package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

func TestReadingAndRetention(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	for i := range 3 {
		notification := notify.Notification{Kind: collections.KindAccount, Title: fmt.Sprint(i)}
		if err := notify.Write(board.TestApp, notification, ann.Id, ben.Id); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || n != 3 {
		t.Fatalf("marked %d, %v", n, err)
	}
	if n, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || n != 0 {
		t.Fatalf("marked %d again, %v", n, err)
	}
	for user, want := range map[*core.Record]int{ann: 0, ben: 3} {
		if n, err := notify.UnreadCount(board.TestApp, user.Id); err != nil || n != want {
			t.Errorf("%s has %d unread, want %d (%v)", user.GetString("name"), n, want, err)
		}
	}
	if _, err := board.NonconcurrentDB().NewQuery("UPDATE notifications SET created = '2020-01-01 00:00:00.000Z'").Execute(); err != nil {
		t.Fatal(err)
	}
	if err := notify.DeleteOldNotifications(board.TestApp, 365, time.Now()); err != nil {
		t.Fatal(err)
	}
	left, err := board.CountRecords(collections.Notifications)
	if err != nil || left != 3 {
		t.Errorf("%d notifications left, want ben's 3 unread (%v)", left, err)
	}
}

// Marking all as read and deletion work in batches, and a connected user gets an event for every row, even over a slow connection.
func TestThousandsAreReadAndDeleted(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()))
	const n = notify.MarkReadBatch + 500
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	for _, user := range []*core.Record{ann, ben} {
		_, err := board.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {:n})
			INSERT INTO notifications (user, kind, title, body, data, read, mail, created)
			SELECT {:user}, 'account', i, printf('%1500d', i), 'null', FALSE, 'none', '2020-01-01 00:00:00.000Z' FROM c`).
			Bind(dbx.Params{"n": n, "user": user.Id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	// The line is slow, and 1,500 notifications of 2 kB are three times of what may wait for it.
	board.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		time.Sleep(300 * time.Microsecond)
		return e.Next()
	})
	listener := testapp.Listen(t, board.Serve(), board.Token(ann), "notifications/*")
	if got, err := notify.MarkAllRead(board.TestApp, ann.Id); err != nil || got != n {
		t.Fatalf("marked %d, %v", got, err)
	}
	seen := map[any]bool{}
	for range n {
		action, record := listener.MustReceive(t).Change(t)
		if action != "update" || record["read"] != true || record["user"] != ann.Id {
			t.Fatalf("got %s of %v", action, record)
		}
		seen[record["id"]] = true
	}
	if len(seen) != n {
		t.Errorf("heard of %d of %d", len(seen), n)
	}
	if got, err := notify.UnreadCount(board.TestApp, ben.Id); err != nil || got != n {
		t.Errorf("ben has %d unread (%v)", got, err)
	}

	if _, err := notify.MarkAllRead(board.TestApp, ben.Id); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ days, left int }{{0, 2 * n}, {36_500, 2 * n}, {365, 0}} {
		if err := notify.DeleteOldNotifications(board.TestApp, step.days, time.Now()); err != nil {
			t.Fatal(err)
		}
		if left, err := board.CountRecords(collections.Notifications); err != nil || int(left) != step.left {
			t.Errorf("keeping %d days leaves %d, want %d (%v)", step.days, left, step.left, err)
		}
	}
	for range n {
		if action, record := listener.MustReceive(t).Change(t); action != "delete" || !seen[record["id"]] {
			t.Fatalf("got %s of %v", action, record)
		}
	}
}
