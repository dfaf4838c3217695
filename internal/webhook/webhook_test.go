package webhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
	"jobboard/internal/webhook"
)

func kinds(got []received) string {
	list := make([]string, len(got))
	for n, one := range got {
		list[n] = one.kind
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestAnEndpointGetsWhatItsOwnersMayRead(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	bolt, _ := s.Employer("Bolt")
	ours, some, theirs, all := newReceiver(t, nil), newReceiver(t, nil), newReceiver(t, nil), newReceiver(t, nil)
	s.Job(s.acme, "Before there was a webhook")
	hook := s.hook(ours.URL)
	s.hook(some.URL, map[string]any{"types": []string{"application.created"}})
	s.hook(theirs.URL, map[string]any{"employer": bolt.Id})
	s.hook(all.URL, map[string]any{"employer": ""})
	sam := s.Seeker("sam")
	job := s.Job(s.acme, "Baker")
	application := s.Application(sam, job)
	s.Application(sam, s.Job(bolt, "Welder"))
	s.Update(s.Seeker("gone"), map[string]any{"deactivatedAt": time.Now()})
	s.run()
	got := ours.taken()
	for name, c := range map[string]struct{ got, want string }{
		"the employer's": {kinds(got), "application.created job.published"}, "with types": {kinds(some.taken()), "application.created"},
		"another employer's": {kinds(theirs.taken()), "application.created job.published"},
		"the board's":        {kinds(all.taken()), "application.created application.created job.published job.published user.deactivated"},
	} {
		if c.got != c.want {
			t.Errorf("%s webhook gets %q, want %q", name, c.got, c.want)
		}
	}
	applied := got[slices.IndexFunc(got, func(r received) bool { return r.kind == "application.created" })]
	want := map[string]string{"application": application.Id, "job": job.Id, "employer": s.acme.Id, "user": sam.Id}
	if fmt.Sprint(applied.data) != fmt.Sprint(want) || !strings.Contains(applied.body, `"timestamp":"20`) ||
		strings.Contains(applied.body, "Baker") {
		t.Errorf("it is sent %s", applied.body)
	}
	if !verifies(t, s.secret(hook), applied) || verifies(t, s.secret(s.hook(ours.URL)), applied) {
		t.Errorf("the signature is %s", applied.signature)
	}
	for _, delivery := range s.deliveries(hook) {
		if delivery.GetString("status") != "delivered" || delivery.GetInt("responseStatus") != 200 || delivery.GetInt("attempts") != 1 ||
			!slices.ContainsFunc(got, func(r received) bool { return r.id == delivery.GetString("messageId") }) {
			t.Errorf("the log has %v", delivery.FieldsData())
		}
	}
	if s.run(); len(ours.taken()) > 0 {
		t.Error("something is sent twice")
	}
}

// What is waiting is not sent to those who may not read it any more, and what was deleted with a person not at all.
func TestRightsAreCheckedAtEachAttempt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	busy := newReceiver(t, status(500))
	hook := s.hook(busy.URL)
	job, sam := s.Job(s.acme, "Baker"), s.Seeker("sam")
	s.Application(sam, job)
	if s.run(); len(busy.taken()) != 2 {
		t.Fatal("not both were attempted")
	}
	if err := s.Delete(s.Reload(sam)); err != nil {
		t.Fatal(err)
	}
	s.due()
	if s.run(); kinds(busy.taken()) != "job.published" || len(s.deliveries(hook)) != 1 {
		t.Errorf("after an applicant was deleted the log has %v", s.deliveries(hook))
	}
	s.Update(s.owner, map[string]any{"role": "job_seeker"})
	s.Update(job, map[string]any{"title": "Master baker"})
	s.due()
	s.run()
	list := s.deliveries(hook)
	if len(busy.taken()) > 0 || len(list) != 1 || list[0].GetString("status") != "failed" ||
		!strings.Contains(list[0].GetString("error"), "may not read") {
		t.Errorf("after the owner lost the role the log has %v", list)
	}
}

func TestFailuresAreTriedAgainByTheSchedule(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	to := newReceiver(t, status(500))
	hook := s.hook(to.URL)
	s.Job(s.acme, "Baker")
	want := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
		20 * time.Hour, 24 * time.Hour}
	var ids, bodies []string
	for n := range webhook.Attempts {
		s.run()
		delivery := s.deliveries(hook)[0]
		if n < len(want) {
			wait := time.Until(delivery.GetDateTime("nextAttemptAt").Time())
			if wait > want[n]*11/10+time.Second || wait < want[n]*9/10-time.Second || delivery.GetString("status") != "pending" {
				t.Errorf("after attempt %d it waits for %v, want about %v", n+1, wait, want[n])
			}
		}
		if since := time.Since(s.Reload(hook).GetDateTime("failingSince").Time()); since > time.Minute {
			t.Errorf("it has been failing for %v", since)
		}
		for _, got := range to.taken() {
			ids, bodies = append(ids, got.id), append(bodies, got.body)
		}
		s.due()
	}
	s.run()
	delivery := s.deliveries(hook)[0]
	if len(ids) != 10 || len(slices.Compact(ids)) != 1 || len(slices.Compact(bodies)) != 1 {
		t.Errorf("%d attempts with the ids %v", len(ids), slices.Compact(ids))
	}
	if delivery.GetString("status") != "failed" || delivery.GetString("error") != "It answered 500 Internal Server Error." ||
		delivery.GetInt("attempts") != 10 || delivery.GetString("nextAttemptAt") != "" {
		t.Errorf("at the end it is %v", delivery.FieldsData())
	}
	to.answering(nil)
	if err := webhook.Redeliver(s.TestApp, hook.Id, delivery.Id); err != nil {
		t.Fatal(err)
	}
	s.run()
	if got := to.taken(); len(got) != 1 || got[0].id != ids[0] || s.deliveries(hook)[0].GetString("status") != "delivered" ||
		!s.Reload(hook).GetDateTime("failingSince").IsZero() {
		t.Errorf("sent again it is %v; the endpoint %v", s.deliveries(hook)[0].FieldsData(), s.Reload(hook).FieldsData())
	}
}

func TestReceiversThatAskForAPauseGetOne(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	to := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	hook := s.hook(to.URL)
	s.Job(s.acme, "Baker")
	s.run()
	wait := time.Until(s.deliveries(hook)[0].GetDateTime("nextAttemptAt").Time())
	if wait < 59*time.Minute || wait > 61*time.Minute {
		t.Errorf("it waits for %v", wait)
	}
	to.taken()
	s.Job(s.acme, "Smith") // waits too, although it is due
	if s.run(); len(to.taken()) > 0 {
		t.Error("something was sent in the pause")
	}
	now := time.Now()
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "7": 7 * time.Second, "99999999": 24 * time.Hour, "99999999999999999999": 0,
		now.Add(time.Hour).UTC().Format(http.TimeFormat): time.Hour, now.Add(-time.Hour).UTC().Format(http.TimeFormat): 0,
	} {
		if got := webhook.RetryAfter(header, now); got < want-2*time.Second || got > want+time.Second {
			t.Errorf("Retry-After: %s is %v, want %v", header, got, want)
		}
	}
}

func TestEndpointsThatAreGoneOrFailForLongAreSwitchedOff(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	told := func(user *core.Record) int64 {
		n, err := s.CountRecords(collections.Notifications, dbx.HashExp{"kind": collections.KindWebhookDisabled, "user": user.Id})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	gone, down := newReceiver(t, status(410)), newReceiver(t, status(500))
	first, second := s.hook(gone.URL), s.hook(down.URL, map[string]any{"employer": ""})
	s.Job(s.acme, "Baker")
	s.Job(s.acme, "Smith")
	s.run()
	if s.Reload(first).GetBool("active") || told(s.owner) != 1 || told(s.admin) != 0 {
		t.Errorf("after 410 the endpoint is %v, %d are told", s.Reload(first).FieldsData(), told(s.owner))
	}
	for _, delivery := range s.deliveries(first) {
		if delivery.GetString("status") != "failed" {
			t.Errorf("to an endpoint that is gone it is %v", delivery.FieldsData())
		}
	}
	for _, days := range []int{4, 5} {
		if !s.Reload(second).GetBool("active") || told(s.admin) != 0 {
			t.Fatalf("before %d days the endpoint is %v", days, s.Reload(second).FieldsData())
		}
		since := testapp.Ago(time.Duration(days)*24*time.Hour + time.Minute)
		s.execute("UPDATE webhook_endpoints SET failingSince = {:since} WHERE id = {:id}", dbx.Params{"since": since, "id": second.Id})
		s.due()
		s.run()
	}
	if s.Reload(second).GetBool("active") || told(s.admin) != 1 {
		t.Errorf("after 5 days the endpoint is %v, %d are told", s.Reload(second).FieldsData(), told(s.admin))
	}
	err := webhook.Redeliver(s.TestApp, second.Id, s.deliveries(second)[0].Id)
	if err == nil || !strings.Contains(err.Error(), "switched off") {
		t.Errorf("sent again by hand: %v", err)
	}
	// Switched on again, it begins with what happens from then on.
	down.answering(nil)
	down.taken()
	s.Job(s.acme, "Cook")
	s.Update(second, map[string]any{"active": true})
	s.Job(s.acme, "Gardener")
	s.run()
	if got := down.taken(); len(got) != 1 || s.Reload(second).GetString("failingSince") != "" {
		t.Errorf("after it was switched on again it gets %d; the endpoint is %v", len(got), s.Reload(second).FieldsData())
	}
}

func TestBothSecretsSignForADay(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	to := newReceiver(t, nil)
	hook := s.hook(to.URL)
	before := s.secret(hook)
	after, err := webhook.Rotate(s.TestApp, hook.Id)
	if err != nil || after == before || !strings.HasPrefix(after, "whsec_") || s.secret(hook) != after {
		t.Fatalf("from %s to %s (%v)", before, after, err)
	}
	s.Job(s.acme, "Baker")
	s.run()
	got := to.taken()[0]
	if !verifies(t, before, got) || !verifies(t, after, got) || len(strings.Fields(got.signature)) != 2 {
		t.Errorf("meanwhile the signature is %s", got.signature)
	}
	s.execute("UPDATE webhook_states SET previousUntil = {:ago}", dbx.Params{"ago": testapp.Ago(time.Second)})
	s.Job(s.acme, "Smith")
	s.run()
	if got = to.taken()[0]; verifies(t, before, got) || !verifies(t, after, got) || len(strings.Fields(got.signature)) != 1 {
		t.Errorf("after a day the signature is %s", got.signature)
	}
}

// The queue of an endpoint is bounded, since the events are the queue; and so is its log.
func TestQueueAndLogAreBounded(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	to := newReceiver(t, status(500))
	hook := s.hook(to.URL)
	insert := func(statement string) { s.execute(statement, dbx.Params{"acme": s.acme.Id, "hook": hook.Id}) }
	insert(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
		INSERT INTO jobs (id, employer, title, description, workplace, jobType, status)
		SELECT printf('j%014d', i), {:acme}, 'Job ' || i, 'x', 'remote', 'full_time', 'published' FROM n`)
	if _, err := s.worker.Step(t.Context(), s.TestApp); err != nil {
		t.Fatal(err)
	}
	s.worker.Settle()
	if n := len(s.deliveries(hook)); n != 500 {
		t.Errorf("%d deliveries wait, want 500", n)
	}
	to.answering(nil)
	for range 10 {
		s.due()
		s.run()
	}
	list := s.deliveries(hook)
	if len(list) != 1200 || slices.ContainsFunc(list, func(d *core.Record) bool { return d.GetString("status") != "delivered" }) {
		t.Errorf("%d were delivered, want 1200", len(list))
	}
	insert(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
		INSERT INTO webhook_deliveries (id, endpoint, event, type, messageId, status, created)
		SELECT printf('d%014d', i), {:hook}, 100000 + i, 'job.published', 'msg', iif(i % 100 = 0, 'pending', 'delivered'),
			strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-' || (i / 300) || ' days') FROM n`)
	if err := webhook.Trim(s.TestApp, time.Now()); err != nil {
		t.Fatal(err)
	}
	left := testapp.Count(t, s.TestApp, "SELECT count(*) FROM webhook_deliveries WHERE status != 'pending'")
	old := testapp.Count(t, s.TestApp,
		"SELECT count(*) FROM webhook_deliveries WHERE status != 'pending' AND created < date('now', '-31 days')")
	pending := testapp.Count(t, s.TestApp, "SELECT count(*) FROM webhook_deliveries WHERE status = 'pending'")
	if left > webhook.KeepNewest || left < 8_000 || old != 0 || pending != 105 {
		t.Errorf("the log keeps %d, %d of them old, and %d that wait", left, old, pending)
	}
}
