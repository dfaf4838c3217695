package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// hand sends an application under a key.
func hand(board *testapp.Board, token string, job *core.Record, key, body string) testapp.Response {
	r := httptest.NewRequest(http.MethodPost, "/api/jobs/"+job.Id+"/applications/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", key)
	return board.Send(r)
}

func TestOneKeyIsOneApplication(t *testing.T) {
	board := newBoard(t)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Gopher")
	token := board.Token(board.Seeker("sara"))
	board.Handler()
	var together [4]testapp.Response
	var wait sync.WaitGroup
	for i := range together {
		wait.Go(func() { together[i] = hand(board, token, job, "one", `{"coverLetter":"Hello"}`) })
	}
	wait.Wait()
	fresh := 0
	for _, one := range together {
		if one.Status != 201 || one.Raw != together[0].Raw || one.Header.Get("Location") != together[0].Header.Get("Location") {
			t.Errorf("of four at once one got %d %s, another %s", one.Status, one.Raw, together[0].Raw)
		}
		if one.Header.Get("Idempotency-Replayed") == "" {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d answers are the first, want 1", fresh)
	}
	if again := hand(board, token, job, "one", `{"coverLetter":"Something else"}`); again.Status != 201 || again.Raw != together[0].Raw {
		t.Errorf("another body under the same key: %d %s, want the first answer", again.Status, again.Raw)
	}
	if count, err := board.CountRecords(collections.Applications); err != nil || count != 1 {
		t.Errorf("there are %d applications (%v), want 1", count, err)
	}
	if other := hand(board, token, job, "two", `{}`); other.Status != 409 {
		t.Errorf("another key: %d, want 409", other.Status)
	}
}

// A key is its sender's, for one job.
func TestKeysOfOthersAreOtherKeys(t *testing.T) {
	board := newBoard(t)
	employer, _ := board.Employer("Acme")
	first, second := board.Job(employer, "Gopher"), board.Job(employer, "Gardener")
	sara, otto := board.Seeker("sara"), board.Seeker("otto")
	seen := map[string]bool{}
	for _, c := range []struct {
		who *core.Record
		job *core.Record
	}{{sara, first}, {otto, first}, {sara, second}} {
		got := hand(board, board.Token(c.who), c.job, "one", `{}`)
		id, _ := got.Body["id"].(string)
		if got.Status != 201 || seen[id] || got.Body["seeker"] != c.who.Id || got.Body["job"] != c.job.Id {
			t.Errorf("%s for %s: %d %s", c.who.GetString("name"), c.job.GetString("title"), got.Status, got.Raw)
		}
		seen[id] = true
	}
}

// What was refused can be mended and sent again under its key.
func TestRefusedApplicationLeavesNoKey(t *testing.T) {
	board := newBoard(t)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Gopher")
	token := board.Token(board.Seeker("sara"))
	if got := hand(board, token, job, "one", `{"coverLetter":7}`); got.Status != 400 || got.Code("coverLetter") == "" {
		t.Errorf("a wrong one: %d %s", got.Status, got.Raw)
	}
	if got := hand(board, token, job, "one", `{"coverLetter":"Hello"}`); got.Status != 201 {
		t.Errorf("the mended one: %d %s", got.Status, got.Raw)
	}
	for _, key := range []string{"", strings.Repeat("k", 256), "\xff"} {
		if got := hand(board, token, job, key, `{}`); got.Status != 400 || got.Code("Idempotency-Key") == "" {
			t.Errorf("the key %.10q: %d %s", key, got.Status, got.Raw)
		}
	}
}
