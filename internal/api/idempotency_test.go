package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestOneKeyIsOneApplication(t *testing.T) {
	board := newBoard(t)
	employer, _ := board.Employer("Acme")
	job, seeker := board.Job(employer, "Gopher"), board.Seeker("sara")
	token := board.Token(seeker)
	handler := board.Handler()
	send := func() testapp.Response {
		r := httptest.NewRequest(http.MethodPost, "/api/jobs/"+job.Id+"/applications/", strings.NewReader(`{"coverLetter":"Hello"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Idempotency-Key", "one")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return testapp.Response{Status: w.Code, Raw: strings.TrimSpace(w.Body.String())}
	}
	first := send()
	var together [4]testapp.Response
	var wait sync.WaitGroup
	for i := range together {
		wait.Go(func() { together[i] = send() })
	}
	wait.Wait()
	for _, again := range together {
		if again.Status != 201 || again.Raw != first.Raw {
			t.Errorf("sent again: %d %s, want the first answer %s", again.Status, again.Raw, first.Raw)
		}
	}
	if count, err := board.CountRecords(collections.Applications); err != nil || count != 1 {
		t.Errorf("there are %d applications (%v), want 1", count, err)
	}
}
