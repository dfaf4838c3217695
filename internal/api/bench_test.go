package api_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"

	"github.com/pocketbase/pocketbase/core"
)

// BenchmarkDoors reads the same through the REST door and through PocketBase's own, by turns, and reports the median of
// each and their ratio.
func BenchmarkDoors(b *testing.B) {
	board := testapp.NewBoard(b, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	employer, owner := board.Employer("Acme")
	seeker := board.Seeker("sara")
	var job *core.Record
	for i := range 100 {
		job = board.Job(employer, fmt.Sprint("Gopher ", i),
			map[string]any{"description": "<p>" + strings.Repeat("What you will do. ", 100) + "</p>"})
		board.Application(seeker, job)
	}
	newest := url.Values{"sort": {"-publishedAt"}, "filter": {"status = 'published'"}, "expand": {"employer"}}.Encode()
	for _, c := range []struct {
		name      string
		who       *core.Record
		rest, own string
	}{
		{"one job", nil, "/api/jobs/" + job.Id, testapp.Records(collections.Jobs, job.Id) + "?expand=employer"},
		{"one job, its owner", owner, "/api/jobs/" + job.Id, testapp.Records(collections.Jobs, job.Id) + "?expand=employer"},
		{"30 jobs", nil, "/api/jobs", testapp.Records(collections.Jobs) + "?" + newest},
		{"30 applications", seeker, "/api/users/" + seeker.Id + "/applications", testapp.Records(collections.Applications) + "?" +
			url.Values{"sort": {"-created"}, "filter": {"seeker = '" + seeker.Id + "'"}, "expand": {"job,job.employer"}}.Encode()},
		{"30 notifications", owner, "/api/users/" + owner.Id + "/notifications",
			testapp.Records(collections.Notifications) + "?sort=-created"},
	} {
		b.Run(c.name, func(b *testing.B) {
			token := board.Token(c.who)
			var rest, own []time.Duration
			for b.Loop() {
				rest = append(rest, timed(b, board, "GET", c.rest, token, "", 200))
				own = append(own, timed(b, board, "GET", c.own, token, "", 200))
			}
			report(b, "rest", rest, "own", own)
		})
	}
}

// BenchmarkUntold logs in and asks for a reset with a known and an unknown address, by turns: nothing may tell them apart.
func BenchmarkUntold(b *testing.B) {
	board := testapp.NewBoard(b, hooks.Bind, api.Bind)
	users, err := board.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		b.Fatal(err)
	}
	users.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField).Cost = 0 // as on a real board
	if err := board.Save(users); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"known", "gone"} {
		user := board.Seeker(name)
		user.SetPassword(testapp.Password)
		if err := board.Save(user); err != nil {
			b.Fatal(err)
		}
		if name == "gone" {
			if _, err := account.Deactivate(board.TestApp, nil, user.Id); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name, path, body string
		status           int
	}{
		{"login", "/api/users/auth/login", `{"email":"%s@example.com","password":"not the password"}`, 400},
		{"reset", "/api/users/auth/password/request-reset", `{"email":"%s@example.com"}`, 204},
	} {
		for _, other := range []string{"unknown", "gone"} {
			b.Run(c.name+" known and "+other, func(b *testing.B) {
				var known, unknown []time.Duration
				for b.Loop() {
					known = append(known, timed(b, board, "POST", c.path, "", fmt.Sprintf(c.body, "known"), c.status))
					unknown = append(unknown, timed(b, board, "POST", c.path, "", fmt.Sprintf(c.body, other), c.status))
				}
				report(b, "known", known, other, unknown)
			})
		}
	}
}

func timed(b *testing.B, board *testapp.Board, method, path, token, body string, status int) time.Duration {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	w := httptest.NewRecorder()
	handler := board.Handler()
	start := time.Now()
	handler.ServeHTTP(w, r)
	took := time.Since(start)
	if w.Code != status {
		b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return took
}

func report(b *testing.B, name string, ones []time.Duration, otherName string, others []time.Duration) {
	median := func(list []time.Duration) float64 {
		slices.Sort(list)
		return float64(list[len(list)/2].Microseconds())
	}
	b.ReportMetric(median(ones), name+"-p50-µs")
	b.ReportMetric(median(others), otherName+"-p50-µs")
	b.ReportMetric(median(ones)/max(median(others), 1), "ratio")
	b.ReportMetric(0, "ns/op")
}
