package metrics_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/checks"
	"jobboard/internal/leadership"
	"jobboard/internal/metrics"
	"jobboard/internal/testapp"
)

func TestMetrics(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(metrics.Bind, metrics.Options{Token: "right token"}))
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Baker")

	board.Call(nil, "GET", "/api/jobs/"+job.Id, nil)
	board.Call(nil, "GET", "/api/jobs/"+job.Id+"/", nil)
	board.Call(nil, "GET", "/api/jobs/absent", nil)
	board.Call(nil, "GET", testapp.Records("jobs", job.Id), nil)
	board.CallWithToken("", "BREW", "/api/jobs", nil)
	for token, want := range map[string]int{"": 401, "wrong": 401, "Bearer wrong": 401, "Bearer right token": 200} {
		if got := board.CallWithToken(token, "GET", "/metrics", nil); got.Status != want {
			t.Errorf("with the token %q: %d, want %d", token, got.Status, want)
		}
	}

	checks.Run(t.Context(), board.TestApp)
	page := board.CallWithToken("Bearer right token", "GET", "/metrics", nil).Raw
	for _, line := range []string{
		`jobboard_http_request_duration_seconds_count{method="GET",route="/api/jobs/{path...}",status="200"} 2`,
		`jobboard_http_request_duration_seconds_count{method="GET",route="/api/jobs/{path...}",status="404"} 1`,
		// the two REST reads are made of this one, which counts only what came from outside
		`jobboard_http_request_duration_seconds_count{method="GET",route="GET /api/collections/{collection}/records/{id}",status="200"} 1`,
		`jobboard_http_request_duration_seconds_count{method="other",route="/api/jobs",status="405"} 1`,
		`jobboard_check_level{check="admin"} 2`,
		`jobboard_mails_waiting 0`,
		`jobboard_fanouts_waiting 1`,
		`jobboard_realtime_connections 0`,
		`go_goroutines `,
	} {
		if !strings.Contains(page, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "jobboard_") && !strings.Contains(line, "bucket") {
				t.Log(line)
			}
		}
	}
}

type node struct{}

func (node) Leading() bool               { return false }
func (node) Await(context.Context) error { return nil }
func (node) Standing() leadership.Standing {
	return leadership.Standing{
		Role: "following", TXID: 41, LeaderTXID: 42, Lag: 250 * time.Millisecond, BucketErrors: 3, BucketAnswered: time.Now().Add(-2 * time.Hour),
	}
}

func TestHowANodeStands(t *testing.T) {
	board := testapp.NewBoard(t, testapp.With(metrics.Bind, metrics.Options{Token: "t"}))
	read := func() string { return board.CallWithToken("Bearer t", "GET", "/metrics", nil).Raw }
	if page := read(); strings.Contains(page, "\njobboard_node_") || strings.Contains(page, "\njobboard_bucket_") {
		t.Error("a board that runs alone tells how a node stands")
	}
	leadership.Set(board.TestApp, node{})
	page := read()
	for _, line := range []string{
		`jobboard_node_leads{role="following"} 0`, "jobboard_node_lag_seconds 0.25", "jobboard_node_transaction 41",
		"jobboard_log_transaction 42", "jobboard_bucket_errors_total 3", "jobboard_bucket_silent_seconds 7200",
	} {
		if !strings.Contains(page, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}

func TestMetricsAreOffUnlessConfigured(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(metrics.Bind, metrics.Options{}))
	if got := board.CallWithToken("Bearer ", "GET", "/metrics", nil); got.Status != 404 {
		t.Errorf("answers %d: %s", got.Status, got.Raw)
	}
}
