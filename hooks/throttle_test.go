package hooks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
	"jobboard/internal/throttle"
)

// limited is a board with the limits that a new one starts with.
func limited(t *testing.T) *testapp.Board {
	b := testapp.NewBoard(t, hooks.Bind, testapp.With(throttle.Bind, throttle.Options{}))
	b.Settings().RateLimits.Enabled = true
	return b
}

// from sends a request from an address.
func from(t *testing.T, b *testapp.Board, address, token, method, path string, body any) testapp.Response {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.RemoteAddr = address
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	return b.Send(r)
}

const loginPath = "/api/collections/users/auth-with-password"

func logIn(t *testing.T, b *testapp.Board, address, email, password string) int {
	t.Helper()
	return from(t, b, address, "", "POST", loginPath, map[string]any{"identity": email, "password": password}).Status
}

// mustWait checks that an answer is a 429 that says for how long.
func mustWait(t *testing.T, answer testapp.Response) {
	t.Helper()
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if answer.Status != 429 || err != nil || seconds < 1 || seconds > 3600 {
		t.Errorf("%d, Retry-After %q: %s", answer.Status, answer.Header.Get("Retry-After"), answer.Raw)
	}
}

func TestGuessingFromOneAddress(t *testing.T) {
	for name, spelling := range map[string]func(i int) string{
		"an account":             func(int) string { return "ann@example.com" },
		"in several spellings":   func(i int) string { return []string{"ann@example.com", "ANN@example.com"}[i%2] },
		"an address without one": func(int) string { return "nobody@example.com" },
	} {
		t.Run(name, func(t *testing.T) {
			b := limited(t)
			b.Seeker("ann")
			let := 0
			for i := range 30 {
				// the addresses of one customer
				status := logIn(t, b, fmt.Sprintf("[2001:db8:1:2::%x]:1000", i+1), spelling(i), "wrong")
				if status == 400 {
					let++
				} else if status != 429 {
					t.Fatalf("%d", status)
				}
			}
			if let != 10 {
				t.Errorf("%d wrong passwords were looked at, want 10", let)
			}
			mustWait(t, from(t, b, "[2001:db8:1:2::99]:1000", "", "POST", loginPath,
				map[string]any{"identity": spelling(0), "password": "wrong"}))
			if status := logIn(t, b, "[2001:db8:1:3::1]:1000", "ann@example.com", testapp.Password); status != 200 {
				t.Errorf("the owner from elsewhere: %d", status)
			}
		})
	}
}

// Many at once don't pass together.
func TestGuessingAtOnce(t *testing.T) {
	b := limited(t)
	b.Seeker("ann")
	b.Handler()
	statuses := make([]int, 40)
	var wait sync.WaitGroup
	for i := range statuses {
		wait.Go(func() { statuses[i] = logIn(t, b, "203.0.113.1:1000", "ann@example.com", "wrong") })
	}
	wait.Wait()
	let := 0
	for _, status := range statuses {
		if status == 400 {
			let++
		}
	}
	if let != 10 {
		t.Errorf("%d of 40 were let through, want 10: %v", let, statuses)
	}
}

// Strangers with many addresses are slowed down, and don't lock the owner out of where the account is known.
func TestGuessingFromManyAddresses(t *testing.T) {
	b := limited(t)
	ann := b.Seeker("ann")
	const home = "198.51.100.7:1000"
	if status := logIn(t, b, home, "ann@example.com", testapp.Password); status != 200 {
		t.Fatalf("log in: %d", status)
	}
	let := 0
	for i := range 80 {
		if logIn(t, b, fmt.Sprintf("203.0.113.%d:1000", i+1), "ann@example.com", "wrong") == 400 {
			let++
		}
	}
	if let != 50 {
		t.Errorf("%d of 80 strangers' passwords were looked at, want 50", let)
	}
	if status := logIn(t, b, "192.0.2.1:1000", "ann@example.com", testapp.Password); status != 429 {
		t.Errorf("the right password from a strange address: %d, want 429", status)
	}
	if status := logIn(t, b, home, "ann@example.com", testapp.Password); status != 200 {
		t.Errorf("the owner at home: %d", status)
	}
	if status := logIn(t, b, "203.0.113.1:1000", "other@example.com", "wrong"); status != 400 {
		t.Errorf("another account: %d", status)
	}
	// A new password by mail makes a strange address known.
	token, err := b.Reload(ann).NewPasswordResetToken()
	if err != nil {
		t.Fatal(err)
	}
	answer := from(t, b, "192.0.2.1:1000", "", "POST", "/api/collections/users/confirm-password-reset",
		map[string]any{"token": token, "password": "a new password", "passwordConfirm": "a new password"})
	if answer.Status != 204 {
		t.Fatalf("reset: %d %s", answer.Status, answer.Raw)
	}
	if status := logIn(t, b, "192.0.2.1:1000", "ann@example.com", "a new password"); status != 200 {
		t.Errorf("after the reset: %d", status)
	}
}

// The right password costs nothing, however often.
func TestRightPasswordsAreNotCounted(t *testing.T) {
	b := limited(t)
	b.Seeker("ann")
	for i := range 50 {
		if status := logIn(t, b, "203.0.113.1:1000", "ann@example.com", testapp.Password); status != 200 {
			t.Fatalf("login %d: %d", i, status)
		}
	}
}

func TestGuessingTheOldPassword(t *testing.T) {
	for name, request := range map[string]func(user *core.Record, old string) (string, string, any){
		"PATCH": func(user *core.Record, old string) (string, string, any) {
			return "PATCH", testapp.Records(collections.Users, user.Id),
				map[string]any{"oldPassword": old, "password": "a new password", "passwordConfirm": "a new password"}
		},
		"PATCH beside a refused field": func(user *core.Record, old string) (string, string, any) {
			return "PATCH", testapp.Records(collections.Users, user.Id),
				map[string]any{"oldPassword": old, "password": "a new password", "passwordConfirm": "a new password", "locale": "!"}
		},
		"confirm-email-change": func(user *core.Record, old string) (string, string, any) {
			token, err := user.NewEmailChangeToken("new@example.com")
			if err != nil {
				t.Fatal(err)
			}
			return "POST", "/api/collections/users/confirm-email-change", map[string]any{"token": token, "password": old}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := limited(t)
			ann := b.Seeker("ann")
			token := b.Token(ann)
			let := 0
			for i := range 40 {
				method, path, body := request(ann, fmt.Sprint("wrong password ", i))
				answer := from(t, b, fmt.Sprintf("203.0.113.%d:1000", i+1), token, method, path, body)
				if answer.Status == 400 {
					let++
					continue
				}
				mustWait(t, answer)
			}
			if let != 10 {
				t.Errorf("%d wrong passwords were looked at, want 10", let)
			}
			if status := logIn(t, b, "203.0.113.99:1000", "ann@example.com", testapp.Password); status != 200 {
				t.Errorf("the owner logs in: %d", status)
			}
		})
	}
}

func TestManyRegistrationsFromOneAddress(t *testing.T) {
	b := limited(t)
	register := func(address string, i int) testapp.Response {
		return from(t, b, address, "", "POST", testapp.Records(collections.Users),
			registration(collections.RoleEmployer, map[string]any{"email": fmt.Sprintf("%d@example.com", i)}))
	}
	let := 0
	for i := range 40 {
		if answer := register("203.0.113.1:1000", i); answer.Status == 200 {
			let++
		} else {
			mustWait(t, answer)
		}
	}
	if let != 20 {
		t.Errorf("%d registrations from one address passed, want 20", let)
	}
	if answer := register("203.0.113.2:1000", 100); answer.Status != 200 {
		t.Errorf("from another address: %d", answer.Status)
	}
	var batch []any
	for i := range 30 {
		batch = append(batch, map[string]any{"method": "POST", "url": testapp.Records(collections.Users),
			"body": registration(collections.RoleJobSeeker, map[string]any{"email": fmt.Sprintf("batch%d@example.com", i)})})
	}
	mustWait(t, from(t, b, "203.0.113.3:1000", "", "POST", "/api/batch", map[string]any{"requests": batch}))
}

func TestThrottleCanBeOff(t *testing.T) {
	b := limited(t)
	b.Settings().RateLimits.Enabled = false
	b.Seeker("ann")
	for i := range 30 {
		if status := logIn(t, b, "203.0.113.1:1000", "ann@example.com", "wrong"); status != 400 {
			t.Fatalf("try %d: %d", i, status)
		}
	}
}

func TestPublishingAndClosingInALoop(t *testing.T) {
	b := limited(t)
	employer, owner := b.Employer("Acme")
	job := b.Job(employer, "Gopher", map[string]any{"status": "draft"})
	move := func(status string) testapp.Response {
		return b.Call(owner, "PATCH", testapp.Records(collections.Jobs, job.Id), map[string]any{"status": status})
	}
	for i := range 5 {
		if answer := move("published"); answer.Status != 200 {
			t.Fatalf("publish %d: %d %s", i, answer.Status, answer.Raw)
		}
		if answer := move("published"); answer.Status != 200 {
			t.Fatalf("publish what is published: %d %s", answer.Status, answer.Raw)
		}
		if answer := move("closed"); answer.Status != 200 {
			t.Fatalf("close %d: %d %s", i, answer.Status, answer.Raw)
		}
	}
	mustWait(t, move("Published"))
	if got := b.Reload(job).GetString("status"); got != "closed" {
		t.Errorf("the job is %s", got)
	}
}
