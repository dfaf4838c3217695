package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
	"jobboard/internal/webhook"
)

// received is a request as a receiver got it.
type received struct {
	id, signature string
	header        http.Header
	body          string
	kind          string
	data          map[string]string
}

// receiver is a server that remembers what it gets, and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer http.HandlerFunc // nil for 200
}

func newReceiver(t testing.TB, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	var content struct {
		Type string            `json:"type"`
		Data map[string]string `json:"data"`
	}
	_ = json.Unmarshal(body, &content)
	r.mu.Lock()
	r.got = append(r.got, received{request.Header.Get("webhook-id"), request.Header.Get("webhook-signature"), request.Header, string(body),
		content.Type, content.Data})
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		answer(w, request)
	}
}

// answering changes how the receiver answers.
func (r *receiver) answering(answer http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// taken returns what was received since it was last called.
func (r *receiver) taken() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// scene is a board with an employer and its webhook.
type scene struct {
	*testapp.Board
	t           testing.TB
	acme, owner *core.Record
	admin       *core.Record
	worker      webhook.Worker
}

func newScene(t testing.TB) *scene {
	t.Helper()
	options := webhook.Options{PrivateAddresses: true}
	s := &scene{Board: testapp.NewBoard(t, testapp.With(webhook.Bind, options), hooks.Bind), t: t, worker: webhook.NewWorker(options)}
	s.acme, s.owner = s.Employer("Acme")
	s.admin = s.Admin("ada")
	return s
}

// hook makes an endpoint.
func (s *scene) hook(url string, values ...map[string]any) *core.Record {
	s.t.Helper()
	all := map[string]any{"employer": s.acme.Id, "url": url, "active": true}
	for _, more := range values {
		for key, value := range more {
			all[key] = value
		}
	}
	return s.Record(collections.WebhookEndpoints, all)
}

// run makes all attempts that are due.
func (s *scene) run() {
	s.t.Helper()
	if err := s.worker.Run(s.t.Context(), s.TestApp); err != nil {
		s.t.Fatal(err)
	}
}

// deliveries returns those of an endpoint, the oldest first.
func (s *scene) deliveries(endpoint *core.Record) []*core.Record {
	s.t.Helper()
	found, err := s.FindRecordsByFilter(collections.WebhookDeliveries, "endpoint = {:id}", "event", 0, 0, dbx.Params{"id": endpoint.Id})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// due makes all that is pending due, and ends all pauses.
func (s *scene) due() {
	s.t.Helper()
	for _, statement := range []string{
		"UPDATE webhook_deliveries SET nextAttemptAt = '2026-01-01 00:00:00.000Z' WHERE status = 'pending'",
		"UPDATE webhook_states SET pausedUntil = ''",
	} {
		s.execute(statement, nil)
	}
}

func (s *scene) execute(statement string, params dbx.Params) {
	s.t.Helper()
	if _, err := s.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) secret(endpoint *core.Record) string {
	s.t.Helper()
	var secret string
	err := s.DB().NewQuery("SELECT secret FROM webhook_states WHERE endpoint = {:id}").Bind(dbx.Params{"id": endpoint.Id}).Row(&secret)
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// verifies reports whether a message is signed with a secret, as a receiver checks it.
func verifies(t testing.TB, secret string, got received) bool {
	t.Helper()
	key, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key.Verify([]byte(got.body), got.header) == nil
}
