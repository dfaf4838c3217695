package realtime

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "1", "b": "2", "empty": ""}
	value := func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	}
	for rule, want := range map[string]verdict{
		``:                               always,
		`a = "1"`:                        always,
		`a != "1"`:                       never,
		`a = b`:                          never,
		`empty = ""`:                     always,
		`x = "1"`:                        maybe,
		`a > "0"`:                        maybe,
		`a ?= "1"`:                       maybe,
		`a ~ "1"`:                        maybe,
		`a = 1`:                          maybe,
		`a:lower = "1"`:                  maybe,
		`a = "2" && x = "1"`:             never,
		`a = "1" && x = "1"`:             maybe,
		`a = "1" || x = "1"`:             always,
		`a = "2" || x = "1"`:             maybe,
		`a = "1" || x = "1" && a = "2"`:  always,
		`a = "2" && x = "1" || a = "1"`:  always,
		`x = "1" && (a = "2" || b = "")`: never,
		`(a = "1" || x = "1") && b="2"`:  always,
		`not a rule`:                     maybe,
	} {
		if got := decide(rule, value); got != want {
			t.Errorf("%s: got %d, want %d", rule, got, want)
		}
	}
}

// Decisions without the database equal those of PocketBase with it: for each rule, kind of caller and record.
func TestDecideAgreesWithPocketBase(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t)
	owner, stranger := board.User(collections.RoleEmployer, "owner"), board.User(collections.RoleEmployer, "stranger")
	employer := board.Record(collections.Employers, map[string]any{"owner": owner.Id, "name": "Acme", "slug": "acme"})
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	job := board.Job(employer, "Baker")
	records := []*core.Record{
		owner, ann, employer, job, board.Job(employer, "Cook", map[string]any{"status": "draft"}),
		board.Record(collections.Applications, map[string]any{"seeker": ann.Id, "job": job.Id, "status": "submitted"}),
		board.Record(collections.Notifications, map[string]any{"user": ann.Id, "kind": collections.KindAccount, "title": "Hello"}),
		board.Record(collections.SavedJobs, map[string]any{"seeker": ann.Id, "job": job.Id}),
	}
	decided := 0
	for _, caller := range []*core.Record{nil, ann, ben, owner, stranger, board.Admin("root")} {
		for _, record := range records {
			collection := record.Collection()
			for name, rule := range map[string]*string{"list": collection.ListRule, "view": collection.ViewRule,
				"update": collection.UpdateRule} {
				if rule == nil {
					continue
				}
				info := &core.RequestInfo{Context: core.RequestInfoContextRealtime, Method: "GET", Auth: caller}
				want, err := board.CanAccessRecord(record, info, rule)
				if err != nil {
					t.Fatal(err)
				}
				for _, got := range []verdict{decide(*rule, rowOperand(caller, record)), decide(*rule, callerOperand(caller))} {
					if got == always && !want || got == never && want {
						t.Errorf("%s rule of %s for %v: decided %d, PocketBase says %v", name, collection.Name, caller, got, want)
					}
					if got != maybe {
						decided++
					}
				}
			}
		}
	}
	if decided < 100 {
		t.Errorf("only %d are decided without the database", decided)
	}
}
