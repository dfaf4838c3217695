package api_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
)

// limited returns a board with the limits that a new one starts with.
func limited(t *testing.T) *testapp.Board {
	t.Helper()
	board := testapp.NewBoard(t, testapp.With(throttle.Bind, throttle.Options{}), hooks.Bind, api.Bind)
	board.Settings().RateLimits.Enabled = true
	return board
}

// rule is the limit with a label, as the board starts with it.
func rule(t *testing.T, board *testapp.Board, label string) core.RateLimitRule {
	t.Helper()
	for _, rule := range board.Settings().RateLimits.Rules {
		if rule.Label == label {
			return rule
		}
	}
	t.Fatalf("there is no limit for %s", label)
	return core.RateLimitRule{}
}

// exhaust calls until the answer is 429, and returns how many calls were let through.
func exhaust(t *testing.T, most int, call func(i int) testapp.Response) (int, testapp.Response) {
	t.Helper()
	for i := range most + 2 {
		if got := call(i); got.Status == 429 {
			return i, got
		}
	}
	t.Fatalf("no limit within %d calls", most+2)
	return 0, testapp.Response{}
}

// numbered makes accounts 0@example.com, 1@example.com and so on. Their passwords are cheap to check, so that as many logins as
// the limit allows fit into its window, under the race detector too; one of nobody costs a real password's time.
func numbered(board *testapp.Board, n int) {
	for i := range n {
		board.Seeker(fmt.Sprint(i))
	}
}

func TestTightLimits(t *testing.T) {
	for _, c := range []struct {
		what, label string
		most        int // what "tight" means, per minute
		call        func(b *testapp.Board, i int) testapp.Response
	}{
		{"login", "*:auth", 60, func(b *testapp.Board, i int) testapp.Response { // for one account it is less
			return b.Call(nil, "POST", "/api/users/auth/login/",
				map[string]any{"email": fmt.Sprint(i, "@example.com"), "password": "wrong"})
		}},
		{"reset", "*:requestPasswordReset", 10, func(b *testapp.Board, _ int) testapp.Response {
			return b.Call(nil, "POST", "/api/users/auth/password/request-reset/", map[string]any{"email": "nobody@example.com"})
		}},
		{"apply", "applications:create", 60, func(b *testapp.Board, _ int) testapp.Response {
			seeker, _ := b.FindAuthRecordByEmail("users", "sara@example.com")
			jobs, _ := b.FindAllRecords("jobs")
			return b.Call(seeker, "POST", "/api/jobs/"+jobs[0].Id+"/applications/", map[string]any{})
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			board := limited(t)
			board.Seeker("sara")
			employer, _ := board.Employer("Acme")
			board.Job(employer, "Gopher")
			limit := rule(t, board, c.label)
			if c.what == "login" {
				numbered(board, limit.MaxRequests+2)
			}
			if perMinute := limit.MaxRequests * 60 / int(limit.Duration); perMinute > c.most {
				t.Errorf("%d a minute are let through, want at most %d", perMinute, c.most)
			}
			let, got := exhaust(t, limit.MaxRequests, func(i int) testapp.Response { return c.call(board, i) })
			if let != limit.MaxRequests {
				t.Errorf("%d calls were let through, want %d", let, limit.MaxRequests)
			}
			wait := strconv.FormatInt(limit.Duration, 10)
			for name, want := range map[string]string{
				"Retry-After": wait, "RateLimit-Limit": strconv.Itoa(limit.MaxRequests), "RateLimit-Remaining": "0",
				"RateLimit-Reset": wait, "RateLimit": `"default";r=0;t=` + wait,
				"RateLimit-Policy": fmt.Sprintf(`"default";q=%d;w=%s`, limit.MaxRequests, wait),
			} {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
			if got.Body["status"] != 429.0 || got.Body["message"] == "" {
				t.Errorf("the answer is %s", got.Raw)
			}
			if other := board.Call(nil, "GET", "/api/jobs/", nil); other.Status != 200 || other.Header.Get("Retry-After") != "" {
				t.Errorf("something else is limited too: %d", other.Status)
			}
		})
	}
}

// Both doors share one measure.
func TestLimitsCountBothDoors(t *testing.T) {
	board := limited(t)
	board.Seeker("sara")
	limit := rule(t, board, "*:auth")
	numbered(board, limit.MaxRequests+2)
	let, _ := exhaust(t, limit.MaxRequests, func(i int) testapp.Response {
		email := fmt.Sprint(i, "@example.com")
		if i%2 == 0 {
			return board.Call(nil, "POST", "/api/collections/users/auth-with-password",
				map[string]any{"identity": email, "password": "wrong"})
		}
		return board.Call(nil, "POST", "/api/users/auth/login", map[string]any{"email": email, "password": "wrong"})
	})
	if let != limit.MaxRequests {
		t.Errorf("%d calls were let through, want %d", let, limit.MaxRequests)
	}
	if got := board.Call(nil, "POST", "/api/collections/users/auth-with-password", map[string]any{}); got.Status != 429 ||
		got.Header.Get("Retry-After") == "" {
		t.Errorf("at PocketBase's door: %d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
}

// Behind a proxy the client is who the trusted header says, and only where one is trusted.
func TestLimitsCountByTheRealAddress(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		t.Run(fmt.Sprint("trusted ", trusted), func(t *testing.T) {
			board := limited(t)
			if trusted {
				board.Settings().TrustedProxy.Headers = []string{"X-Forwarded-For"}
			}
			limit := rule(t, board, "*:requestPasswordReset")
			from := func(address string) int {
				r := httptest.NewRequest("POST", "/api/users/auth/password/request-reset",
					strings.NewReader(`{"email":"nobody@example.com"}`))
				r.Header.Set("Content-Type", "application/json")
				// the proxy adds what it sees to what the client claims
				r.Header.Set("X-Forwarded-For", "198.51.100.9, "+address)
				return board.Send(r).Status
			}
			for range limit.MaxRequests {
				if status := from("203.0.113.1"); status != 204 {
					t.Fatalf("within the limit: %d", status)
				}
			}
			if status := from("203.0.113.1"); status != 429 {
				t.Errorf("the same client: %d, want 429", status)
			}
			if status, want := from("203.0.113.2"), map[bool]int{true: 204, false: 429}[trusted]; status != want {
				t.Errorf("another client: %d, want %d", status, want)
			}
		})
	}
}

func TestLimitsCanBeOff(t *testing.T) {
	board := limited(t)
	limit := rule(t, board, "*:requestPasswordReset")
	board.Settings().RateLimits.Enabled = false
	for range limit.MaxRequests + 2 {
		if got := board.Call(nil, "POST", "/api/users/auth/password/request-reset",
			map[string]any{"email": "nobody@example.com"}); got.Status != 204 {
			t.Fatalf("%d %s", got.Status, got.Raw)
		}
	}
}

// Guesses of one account's password and registrations count at this door as at PocketBase's own, and a 429 says when the next
// one is looked at.
func TestTriesAreCountedAtBothDoors(t *testing.T) {
	for name, c := range map[string]struct {
		let, limit int
		call       func(b *testapp.Board, i int) testapp.Response
	}{
		"login": {10, 10, func(b *testapp.Board, i int) testapp.Response {
			if i%2 == 0 {
				return b.Call(nil, "POST", "/api/collections/users/auth-with-password",
					map[string]any{"identity": "SARA@example.com", "password": "wrong"})
			}
			return b.Call(nil, "POST", "/api/users/auth/login", map[string]any{"email": "sara@example.com", "password": "wrong"})
		}},
		"old password": {10, 10, func(b *testapp.Board, i int) testapp.Response {
			sara, _ := b.FindAuthRecordByEmail("users", "sara@example.com")
			body := map[string]any{"oldPassword": "wrong", "password": "a new password", "passwordConfirm": "a new password"}
			if i%2 == 0 {
				return b.Call(sara, "PATCH", testapp.Records("users", sara.Id), body)
			}
			return b.Call(sara, []string{"PUT", "PATCH"}[i/2%2], "/api/users/auth/password/change/", body)
		}},
		"register a seeker": {20, 20, func(b *testapp.Board, i int) testapp.Response {
			body := map[string]any{"email": fmt.Sprint(i, "@example.com"), "name": "N",
				"role": "job_seeker", "password": testapp.Password, "passwordConfirm": testapp.Password}
			return b.Call(nil, "POST", []string{"/api/users/auth/register", testapp.Records("users")}[i%2], body)
		}},
		"register an employer": {20, 20, func(b *testapp.Board, i int) testapp.Response {
			return b.Call(nil, "POST", "/api/users/auth/register", map[string]any{"email": fmt.Sprint(i, "@example.com"), "name": "N",
				"role": "employer", "password": testapp.Password, "passwordConfirm": testapp.Password})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			board := limited(t)
			board.Seeker("sara")
			let, got := exhaust(t, c.let, func(i int) testapp.Response { return c.call(board, i) })
			if let != c.let {
				t.Errorf("%d calls were let through, want %d", let, c.let)
			}
			wait, err := strconv.Atoi(got.Header.Get("Retry-After"))
			if err != nil || wait < 1 || wait > 60 || got.Header.Get("RateLimit-Limit") != strconv.Itoa(c.limit) {
				t.Errorf("the headers are %v", got.Header)
			}
		})
	}
}

// An IPv6 customer has at least a /64, which counts as one address.
func TestLimitsCountByBlock(t *testing.T) {
	board := limited(t)
	limit := rule(t, board, "*:requestPasswordReset")
	from := func(address string) int {
		r := httptest.NewRequest("POST", "/api/users/auth/password/request-reset", strings.NewReader(`{"email":"nobody@example.com"}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = address
		return board.Send(r).Status
	}
	for i := range limit.MaxRequests {
		if status := from(fmt.Sprintf("[2001:db8:1:2::%x]:1000", i+1)); status != 204 {
			t.Fatalf("within the limit: %d", status)
		}
	}
	if status := from("[2001:db8:1:2:ffff::1]:1000"); status != 429 {
		t.Errorf("the same /64: %d, want 429", status)
	}
	if status := from("[2001:db8:1:3::1]:1000"); status != 204 {
		t.Errorf("another /64: %d, want 204", status)
	}
	board.Settings().RateLimits.ExcludedIPs = []string{"2001:db8:1:2:ffff::1"}
	if status := from("[2001:db8:1:2:ffff::1]:1000"); status != 204 {
		t.Errorf("an excluded address: %d, want 204", status)
	}
}

// A key is limited by itself, wherever it is used from, and people at the same address are not slowed by it.
func TestLimitsCountEachAPIKey(t *testing.T) {
	board := limited(t)
	few := core.RateLimitRule{Label: "/api/", MaxRequests: 20, Duration: 60} // so that as many calls as it allows fit into its window
	rules := board.Settings().RateLimits.Rules
	rules[slices.IndexFunc(rules, func(r core.RateLimitRule) bool { return r.Label == few.Label })] = few
	employer, owner := board.Employer("Acme")
	var keys []string
	for range 2 {
		made := board.Call(owner, "POST", "/api/api-keys",
			map[string]any{"name": "ATS", "employer": employer.Id, "scopes": []string{"jobs:read"}})
		key, _ := made.Body["key"].(string)
		keys = append(keys, key)
	}
	calls := 0
	use := func(key string) testapp.Response {
		calls++
		request := httptest.NewRequest("GET", "/api/jobs/aaaaaaaaaaaaaaa", nil)
		request.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", calls%200+1)
		if key != "" {
			request.Header.Set("Authorization", "Bearer "+key)
		}
		return board.Send(request)
	}
	exhaust(t, few.MaxRequests, func(int) testapp.Response { return use(keys[0]) })
	for what, key := range map[string]string{"another key": keys[1], "a guest": ""} {
		if got := use(key); got.Status != 404 {
			t.Errorf("%s after that: %d", what, got.Status)
		}
	}
}
