package realtime

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// BenchmarkNotification saves one notification while n users are connected and subscribed, with our delivery and with
// PocketBase's own.
func BenchmarkNotification(b *testing.B) {
	for _, n := range []int{10, 1_000, 5_000} {
		b.Run(fmt.Sprintf("to the recipient/subscribers=%d", n), func(b *testing.B) {
			app := testapp.New(b, testapp.With(Bind, DefaultOptions()))
			h := app.Store().Get(hubKey).(*hub)
			benchmarkNotification(b, app, n, func() subscriptions.Client {
				return newConnection(subscriptions.NewDefaultClient(), h)
			})
		})
		b.Run(fmt.Sprintf("PocketBase broadcast/subscribers=%d", n), func(b *testing.B) {
			benchmarkNotification(b, testapp.New(b), n, func() subscriptions.Client { return subscriptions.NewDefaultClient() })
		})
	}
}

// BenchmarkSave saves a job while a guest has topics on all of them, with our delivery and with PocketBase's own.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{0, 1, 1_000} {
		for _, ours := range []bool{true, false} {
			b.Run(fmt.Sprintf("ours=%v/topics=%d", ours, n), func(b *testing.B) {
				app := testapp.New(b)
				client := subscriptions.Client(subscriptions.NewDefaultClient())
				if ours {
					app = testapp.New(b, testapp.With(Bind, DefaultOptions()))
					client = newConnection(client, app.Store().Get(hubKey).(*hub))
				}
				benchmarkSave(b, app, client, n)
			})
		}
	}
}

func benchmarkSave(b *testing.B, app *tests.TestApp, client subscriptions.Client, n int) {
	if _, err := apis.NewRouter(app); err != nil {
		b.Fatal(err)
	}
	users, err := app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		b.Fatal(err)
	}
	owner := core.NewRecord(users)
	owner.Load(map[string]any{"email": "ann@example.org", "password": "correct horse", "name": "Ann", "role": collections.RoleEmployer})
	employers, err := app.FindCollectionByNameOrId(collections.Employers)
	if err != nil {
		b.Fatal(err)
	}
	employer := core.NewRecord(employers)
	jobs, err := app.FindCollectionByNameOrId(collections.Jobs)
	if err != nil {
		b.Fatal(err)
	}
	job := core.NewRecord(jobs)
	for _, record := range []*core.Record{owner, employer, job} {
		switch record {
		case employer:
			record.Load(map[string]any{"owner": owner.Id, "name": "Acme", "slug": "acme"})
		case job:
			record.Load(map[string]any{"employer": employer.Id, "title": "Baker", "description": "x", "workplace": "remote",
				"jobType": "full_time", "status": "published"})
		}
		if err := app.Save(record); err != nil {
			b.Fatal(err)
		}
	}
	topics := make([]string, n)
	for i := range topics { // 2.5 kB each
		filter := fmt.Sprintf("title != 'x%d'", i)
		for len(filter) < 1_500 {
			filter += " || title = 'something else'"
		}
		topics[i] = "jobs/*?options=" + url.QueryEscape(`{"query":{"filter":"`+filter+`"}}`)
	}
	client.Subscribe(topics...)
	app.SubscriptionsBroker().Register(client)
	go func() {
		for range client.Channel() {
		}
	}()
	for i := 0; b.Loop(); i++ {
		job.Set("title", fmt.Sprint(i))
		if err := app.Save(job); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkNotification(b *testing.B, app *tests.TestApp, n int, connect func() subscriptions.Client) {
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
	var recipient *core.Record
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
		recipient = user
		go func() {
			for range client.Channel() {
				received <- struct{}{}
			}
		}()
	}
	for b.Loop() {
		record := core.NewRecord(notifications)
		record.Set("user", recipient.Id)
		record.Set("kind", collections.KindAccount)
		record.Set("title", "Hello")
		if err := app.Save(record); err != nil {
			b.Fatal(err)
		}
		<-received
	}
}
