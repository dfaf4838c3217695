package realtime

import (
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// BenchmarkNotice saves one notification while n users are connected and subscribed, with our delivery and with
// PocketBase's own.
func BenchmarkNotice(b *testing.B) {
	for _, n := range []int{10, 1_000, 5_000} {
		b.Run(fmt.Sprintf("to the receiver/subscribers=%d", n), func(b *testing.B) {
			app := testapp.New(b, Bind)
			h := app.Store().Get(hubKey).(*hub)
			benchmarkNotice(b, app, n, func() subscriptions.Client {
				return newConnection(subscriptions.NewDefaultClient(), h)
			})
		})
		b.Run(fmt.Sprintf("PocketBase broadcast/subscribers=%d", n), func(b *testing.B) {
			benchmarkNotice(b, testapp.New(b), n, func() subscriptions.Client { return subscriptions.NewDefaultClient() })
		})
	}
}

func benchmarkNotice(b *testing.B, app *tests.TestApp, n int, connect func() subscriptions.Client) {
	if _, err := apis.NewRouter(app); err != nil {
		b.Fatal(err)
	}
	users, err := app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		b.Fatal(err)
	}
	notifications, err := app.FindCollectionByNameOrId(collections.Notifications)
	if err != nil {
		b.Fatal(err)
	}
	var receiver *core.Record
	received := make(chan struct{}, 1)
	for i := range n {
		user := core.NewRecord(users)
		user.Id = fmt.Sprintf("user%011d", i)
		client := connect()
		client.Set(apis.RealtimeClientAuthKey, user)
		client.Subscribe("notifications/*")
		app.SubscriptionsBroker().Register(client)
		if i > 0 {
			continue
		}
		user.SetEmail("ann@example.org")
		user.SetPassword("correct horse")
		user.Set("name", "Ann")
		user.Set("role", collections.RoleJobSeeker)
		if err := app.Save(user); err != nil {
			b.Fatal(err)
		}
		receiver = user
		go func() {
			for range client.Channel() {
				received <- struct{}{}
			}
		}()
	}
	for b.Loop() {
		record := core.NewRecord(notifications)
		record.Set("user", receiver.Id)
		record.Set("kind", collections.KindAccount)
		record.Set("title", "Hello")
		if err := app.Save(record); err != nil {
			b.Fatal(err)
		}
		<-received
	}
}
