package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"jobboard/internal/testapp"
)

// Nothing is sent before it is in the cluster's log, and what a leader did not come to store is sent again by the next, in the same words.
func TestWebhooksWaitForTheLog(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	node := testapp.Join(s.TestApp, true)
	arrived, answer := make(chan struct{}, 1), make(chan struct{})
	to := newReceiver(t, nil)
	hook := s.hook(to.URL)
	s.Job(s.acme, "Baker")
	awaits := func(n int) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); node.Awaited() < n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the log was awaited %d times, want %d", node.Awaited(), n)
			}
		}
	}
	step := func(ctx context.Context) {
		t.Helper()
		if _, err := s.worker.Step(ctx, s.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	node.Hold()
	step(t.Context())
	awaits(1)
	if len(to.taken()) > 0 {
		t.Error("an event is sent that is not in the log")
	}
	node.Release(errors.New("the log has failed"))
	s.worker.Settle()
	if d := s.deliveries(hook)[0]; len(to.taken()) > 0 || d.GetString("status") != "pending" || d.GetInt("attempts") != 0 {
		t.Errorf("what failed to get into the log was sent, or has become %v", d.FieldsData())
	}

	node.Release(nil)
	to.answering(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-answer })
	term, end := context.WithCancel(t.Context())
	step(term)
	select {
	case <-arrived:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is sent although the log has it")
	}
	node.Lead(false)
	end()
	s.worker.Settle()
	close(answer)
	first := to.taken()
	if d := s.deliveries(hook)[0]; len(first) != 1 || d.GetString("status") != "pending" || d.GetInt("attempts") != 0 {
		t.Errorf("a leader that was replaced stored %v", d.FieldsData())
	}

	node.Lead(true)
	to.answering(nil)
	s.run()
	again := to.taken()
	if len(again) != 1 || again[0].id != first[0].id || again[0].body != first[0].body {
		t.Errorf("first %+v was sent, then %+v", first, again)
	}
	if d := s.deliveries(hook)[0]; d.GetString("status") != "delivered" {
		t.Errorf("it has become %v", d.FieldsData())
	}
	if s.run(); len(to.taken()) > 0 {
		t.Error("something is sent a third time")
	}
}
