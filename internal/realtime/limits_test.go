package realtime_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

func limitedBoard(t *testing.T, limits realtime.Options) *board {
	t.Helper()
	b := testapp.NewBoard(t, testapp.With(realtime.Bind, limits))
	b.Settings().RateLimits.Enabled = true
	b.Settings().RateLimits.Rules = nil
	b.Settings().TrustedProxy.Headers = []string{"X-Real-IP"}
	return &board{Board: b, url: b.Serve()}
}

func TestTopicsAreLimited(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	listener := board.listen(t, nil)
	long := func(bytes int) string { return "jobs/*?" + strings.Repeat("x", bytes-7) }
	many := func(n, bytes int) []string {
		topics := make([]string, n)
		for i := range topics {
			topics[i] = fmt.Sprintf("%s%05d", long(bytes-5), i)
		}
		return topics
	}
	for name, try := range map[string]struct {
		topics []string
		want   int
	}{
		"as many as may be":   {many(100, 190), http.StatusNoContent},
		"too many":            {many(101, 20), http.StatusBadRequest},
		"as long as may be":   {[]string{long(2_000)}, http.StatusNoContent},
		"too long":            {[]string{long(2_001)}, http.StatusBadRequest},
		"too much together":   {many(11, 1_999), http.StatusBadRequest},
		"the issue's example": {many(1_000, 2_500), http.StatusBadRequest},
	} {
		if got := listener.Subscribe(t, "", try.topics...); got != try.want {
			t.Errorf("%s: got %d, want %d", name, got, try.want)
		}
	}
}

// Topics that can never match for the caller are dropped; those that name no collection are refused.
func TestTopicsWithoutAnyHope(t *testing.T) {
	t.Parallel()
	board := newBoard(t)
	ann := board.Seeker("ann")
	callers := map[string]*core.Record{"guest": nil, "seeker": ann, "admin": board.Admin("root"), "superuser": board.Superuser("super")}
	for _, try := range []struct {
		caller, topic string
		status        int
		kept          bool
	}{
		{"guest", "jobs/*", 204, true},
		{"guest", "employers/x", 204, true},
		{"guest", "@oauth2", 204, true},
		{"guest", "PB_CONNECT", 204, true},
		{"guest", "notifications/*", 204, false},
		{"guest", "applications", 204, false},
		{"guest", "users/" + ann.Id, 204, false},
		{"guest", `saved_searches/*?options={"query":{"expand":"seeker"}}`, 204, false},
		{"seeker", "notifications/*", 204, true},
		{"seeker", "applications/*", 204, true},
		{"seeker", "reports/*", 204, false},
		{"admin", "reports/*", 204, true},
		{"admin", "revoked_sessions/*", 403, false},
		{"admin", "_superusers/*", 403, false},
		{"superuser", "_superusers/*", 204, true},
		{"superuser", "revoked_sessions/*", 204, true},
		{"superuser", "nothing/*", 400, false},
		{"guest", "nothing/*", 400, false},
		{"guest", "Jobs/*", 400, false},
		{"guest", "*", 400, false},
	} {
		listener := board.listen(t, nil)
		if got := listener.Subscribe(t, board.Token(callers[try.caller]), try.topic); got != try.status {
			t.Errorf("%s at %s: got %d, want %d", try.caller, try.topic, got, try.status)
		}
		client, err := board.SubscriptionsBroker().ClientById(listener.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := client.HasSubscription(try.topic); got != try.kept {
			t.Errorf("%s at %s: kept %v", try.caller, try.topic, got)
		}
	}
}

// connect opens a realtime connection from an address and returns its status. It is closed when the test ends.
func (b *board) connect(t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/api/realtime", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Real-IP", address)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK && !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		t.Errorf("a refusal comes as %s", answer.Header.Get("Content-Type"))
	}
	return answer.StatusCode
}

func TestConnectionsPerAddressAreLimited(t *testing.T) {
	t.Parallel()
	board := limitedBoard(t, realtime.Options{PerAddress: 2, Connections: 7})
	for _, try := range []struct {
		address string
		want    int
	}{
		{"192.0.2.1", 200}, {"192.0.2.1", 200}, {"192.0.2.1", 429}, {"::ffff:192.0.2.1", 429}, {"192.0.2.2", 200},
		{"2001:db8::1", 200}, {"2001:db8:0:0:ffff::2", 200}, {"2001:db8::3", 429}, {"2001:db8:0:1::1", 200},
		{"192.0.2.3", 200}, {"192.0.2.4", 429},
	} {
		if got := board.connect(t, try.address); got != try.want {
			t.Errorf("%s: got %d, want %d", try.address, got, try.want)
		}
	}
	board.Settings().RateLimits.Enabled = false // as for a load test
	if got := board.connect(t, "192.0.2.1"); got != 200 {
		t.Errorf("with the limits off: got %d", got)
	}
}

func TestConnectionsPerUserAreLimited(t *testing.T) {
	t.Parallel()
	board := limitedBoard(t, realtime.Options{PerUser: 2})
	ann := board.Seeker("ann")
	token := board.Token(ann)
	first := testapp.Listen(t, board.url, token, "notifications/*")
	testapp.Listen(t, board.url, token, "notifications/*")
	third := board.listen(t, nil)
	if got := third.Subscribe(t, token, "notifications/*"); got != http.StatusTooManyRequests {
		t.Errorf("the third: got %d", got)
	}
	if got := first.Subscribe(t, token, "applications/*"); got != http.StatusNoContent {
		t.Errorf("the first again: got %d", got)
	}
	client, err := board.SubscriptionsBroker().ClientById(first.ID)
	if err != nil {
		t.Fatal(err)
	}
	client.Discard()
	if got := third.Subscribe(t, token, "notifications/*"); got != http.StatusNoContent {
		t.Errorf("the third, when the first has gone: got %d", got)
	}
	board.Record(collections.Notifications, map[string]any{"user": ann.Id, "kind": collections.KindAccount, "title": "Hello"})
	third.MustReceive(t)
}
