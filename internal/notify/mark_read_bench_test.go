package notify_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// BenchmarkReading measures the requests of a user with 10,000 notifications over HTTP, on a board where 100 others have as many, half of
// them unread.
func BenchmarkReading(b *testing.B) {
	const perUser, others = 10_000, 100
	board := testapp.NewBoard(b, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()), api.Bind)
	ann := board.Seeker("ann")
	_, err := board.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE u(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM u WHERE i < {:others}),
			n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:perUser})
		INSERT INTO notifications (user, kind, title, body, data, read, readAt, mail, mailAttempts, mailAt, dedupe, created, updated)
		SELECT iif(u.i = 0, {:ann}, printf('other%010d', u.i)), iif(n.i % 5 = 0, 'job_closed', 'job_published'),
			'New job: Developer at Acme',
			'Skills: go',
			'{"job":"job000000000001","score":42}', n.i % 2 = 0, '', 'none', 0, '', 'job_published:' || n.i,
			strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-' || n.i || ' minutes'), strftime('%Y-%m-%d %H:%M:%fZ', 'now')
		FROM n, u`).
		Bind(dbx.Params{"others": others, "perUser": perUser, "ann": ann.Id}).Execute()
	if err != nil {
		b.Fatal(err)
	}
	token := board.Token(ann)
	call := func(b *testing.B, method, path string, body any, want int) testapp.Response {
		answer := board.CallWithToken(token, method, path, body)
		if answer.Status != want {
			b.Fatalf("%s %s: %d %s", method, path, answer.Status, answer.Raw)
		}
		return answer
	}
	rest := "/api/users/" + ann.Id + "/notifications/"
	for _, list := range []struct{ name, path string }{
		{"list", rest}, {"list unread", rest + "?unread=1"}, {"list a kind", rest + "?kind=job_closed"},
		{"list the last page", rest + "?perPage=30&page=333"},
		{"list by the SDK", testapp.Records(collections.Notifications) + "?sort=-created"},
		{"list by the SDK without a total", testapp.Records(collections.Notifications) + "?sort=-created&skipTotal=1"},
		{"unread count by the SDK", testapp.Records(collections.Notifications) + "?filter=read=false&perPage=1&fields=id"},
	} {
		b.Run(list.name, func(b *testing.B) {
			for b.Loop() {
				call(b, "GET", list.path, nil, 200)
			}
		})
	}
	b.Run("mark one", func(b *testing.B) {
		id := call(b, "GET", rest+"?unread=1&perPage=1", nil, 200).Items()[0]["id"].(string)
		for i := 0; b.Loop(); i++ {
			call(b, "PATCH", rest+id+"/", map[string]any{"read": i%2 == 0}, 200)
		}
	})
	for _, listening := range []bool{false, true} {
		b.Run(fmt.Sprintf("mark 5,000 read, listening=%t", listening), func(b *testing.B) {
			var listener *testapp.Listener
			if listening {
				listener = testapp.Listen(b, board.Serve(), token, "notifications/*")
			}
			for b.Loop() {
				b.StopTimer()
				_, err := board.NonconcurrentDB().NewQuery("UPDATE notifications SET read = (rowid / 101) % 2 WHERE user = {:ann}").
					Bind(dbx.Params{"ann": ann.Id}).Execute()
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				answer := call(b, "POST", rest+"mark-all-read/", nil, 200)
				b.StopTimer()
				for range int(answer.Body["updated"].(float64)) {
					if listening {
						listener.MustReceive(b)
					}
				}
				b.StartTimer()
			}
		})
	}
	b.Run("delete 50 in a batch", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			var requests []map[string]any
			for _, item := range call(b, "GET", rest+"?perPage=50&sort=created", nil, 200).Items() {
				id, _ := item["id"].(string)
				requests = append(requests, map[string]any{"method": "DELETE", "url": testapp.Records(collections.Notifications, id)})
			}
			body, err := json.Marshal(map[string]any{"requests": requests})
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			call(b, "POST", "/api/batch", string(body), 200)
		}
	})
}
