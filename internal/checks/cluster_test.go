package checks_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"jobboard/internal/checks"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

type node struct{ stands leadership.Standing }

func (n *node) Leading() bool                 { return n.stands.Leads }
func (n *node) Await(context.Context) error   { return nil }
func (n *node) Standing() leadership.Standing { return n.stands }

func TestHowANodeStands(t *testing.T) {
	app := testapp.New(t)
	for _, result := range checks.Run(t.Context(), app).Checks {
		if result.Check == "cluster" {
			t.Errorf("a board that runs alone has the check %+v", result)
		}
	}
	must := func(level checks.Level, words string) {
		t.Helper()
		for _, result := range checks.Run(t.Context(), app).Checks {
			if result.Check == "cluster" {
				if result.Level != level || !strings.Contains(result.Message, words) {
					t.Errorf("%+v, want %s with %q", result, level, words)
				}
				return
			}
		}
		t.Error("there is no such check")
	}
	n := &node{leadership.Standing{
		Role: "following", LeaderURL: "http://10.0.0.1:8090", TXID: 42, Lag: time.Second, BucketAnswered: time.Now(),
	}}
	leadership.Set(app, n)
	must(checks.OK, "following, at transaction 42")
	n.stands.Lag = 5 * time.Second
	must(checks.Warning, "following, and 5s behind")
	n.stands.LeaderURL = ""
	must(checks.Error, "Nobody leads")
	n.stands.Failure = "The copy is damaged"
	must(checks.Error, "The copy is damaged.")
	n.stands.BucketAnswered = time.Now().Add(-time.Minute)
	must(checks.Error, "has not answered for 1m0s")
	n.stands = leadership.Standing{Role: "leading", Leads: true, TXID: 43, BucketAnswered: time.Now()}
	must(checks.OK, "leading, at transaction 43")
}
