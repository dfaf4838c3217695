package mail_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// serve runs the real board on a data folder, with a mail server on a local port.
func serve(t *testing.T, dir string, mailPort int) *testapp.Process {
	t.Helper()
	return testapp.Start(t, dir, "--smtp-host=127.0.0.1", "--smtp-port="+strconv.Itoa(mailPort))
}

// killsOf returns how often each part of a test kills the board: JOBBOARD_TEST_KILLS, or 3.
func killsOf(t *testing.T) int {
	t.Helper()
	given := os.Getenv("JOBBOARD_TEST_KILLS")
	if given == "" {
		return 3
	}
	kills, err := strconv.Atoi(given)
	if err != nil || kills < 1 {
		t.Fatalf("JOBBOARD_TEST_KILLS is %q", given)
	}
	return kills
}

// killed is a board that is killed repeatedly on the same data folder, with seekers who know Python.
type killed struct {
	*testapp.Board
	t                      *testing.T
	kills, seekers, mailed int // mailed is the number of seekers who want mails
	employer               *core.Record
	token                  string
	box                    *testapp.Mailbox
	copies                 map[string]int // number of copies received, by Message-ID
	reached                map[string]bool
	twice                  int
	server                 *testapp.Process
}

const (
	jobNotifications = "SELECT COUNT(*) FROM notifications WHERE kind = 'job_published'"
	pendingMails     = "SELECT COUNT(*) FROM notifications WHERE mail = 'pending'"
	pendingFanOuts   = "SELECT COUNT(*) FROM fanouts"
)

func newKilled(t *testing.T) *killed {
	t.Helper()
	testapp.Slow(t, "it kills the real board several times")
	board := testapp.NewBoard(t, hooks.Bind)
	k := &killed{Board: board, t: t, kills: killsOf(t), box: testapp.NewMailbox(t), copies: map[string]int{}, reached: map[string]bool{}}
	k.seekers, k.mailed = 1_000*k.kills, 100*k.kills
	testapp.SeedSeekers(t, board.TestApp, k.seekers, "python")
	wanted := fmt.Sprintf(`UPDATE users SET emailNotifications = '["job_published"]', verified = TRUE WHERE id IN (
		SELECT id FROM users WHERE role = 'job_seeker' ORDER BY id LIMIT %d)`, k.mailed)
	if _, err := board.NonconcurrentDB().NewQuery(wanted).Execute(); err != nil {
		t.Fatal(err)
	}
	var owner *core.Record
	k.employer, owner = board.Employer("Acme")
	k.token = board.Token(owner)
	k.start()
	return k
}

func (k *killed) start() { k.server = serve(k.t, k.DataDir(), k.box.Port) }

func (k *killed) count(query string) int {
	k.t.Helper()
	return testapp.Count(k.t, k.Board.TestApp, query)
}

func (k *killed) untilNone(count string) {
	k.t.Helper()
	for range 6_000 {
		k.collect()
		if k.count(count) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	k.t.Fatalf("%s: not in two minutes", count)
}

func (k *killed) publish(title string) {
	k.t.Helper()
	body := fmt.Sprintf(`{"employer": %q, "title": %q, "description": "<p>Do.</p>", "workplace": "remote", "jobType": "full_time",
		"skills": ["python"], "status": "published"}`, k.employer.Id, title)
	if answer := k.server.Call(http.MethodPost, testapp.Records(collections.Jobs), k.token, body); answer.Status != http.StatusOK {
		k.t.Fatalf("publish: %d %s", answer.Status, answer.Raw)
	}
}

// mustHaveNotified fails the test unless every seeker has been notified of each job once.
func (k *killed) mustHaveNotified(jobs int) {
	k.t.Helper()
	pairs := k.count("SELECT COUNT(*) FROM (SELECT DISTINCT user, data ->> 'job' FROM notifications WHERE kind = 'job_published')")
	if n := k.count(jobNotifications); n != jobs*k.seekers || pairs != n {
		k.t.Fatalf("%d notifications for %d seekers and jobs, want %d each", n, pairs, jobs*k.seekers)
	}
}

// mailing kills the board while it sends mails, and then lets it send the rest. No mail is lost, and a kill duplicates at most the one in
// progress, with the same Message-ID (docs/decisions/0016).
func (k *killed) mailing() {
	k.t.Helper()
	for range k.kills {
		k.collect()
		k.server.Kill()
		k.t.Logf("killed when %d mails and %d fan-outs were pending", k.count(pendingMails), k.count(pendingFanOuts))
		due(k.t, k.TestApp)
		k.start()
		time.Sleep(rand.N(300 * time.Millisecond))
	}
	k.untilNone(pendingFanOuts)
	k.server.Kill()
	due(k.t, k.TestApp)
	k.start()
	k.untilNone(pendingMails)
	unsent := k.count("SELECT COUNT(*) FROM notifications n JOIN users u ON u.id = n.user" +
		" WHERE n.mail != 'sent' AND u.emailNotifications != '[]'")
	k.collect()
	k.t.Logf("%d kills: %d mails to %d seekers, %d came twice", k.kills, len(k.copies), len(k.reached), k.twice)
	if unsent != 0 || len(k.reached) != k.mailed || k.twice > k.kills {
		k.t.Errorf("%d notifications were not mailed, %d seekers got a mail, want %d; %d came twice, want at most %d",
			unsent, len(k.reached), k.mailed, k.twice, k.kills)
	}
}

// collect takes the received mails out of the mailbox, whose capacity is limited.
func (k *killed) collect() {
	for _, mail := range k.box.Received() {
		k.reached[mail.To] = true
		id := mail.Header.Get("Message-ID")
		if k.copies[id]++; k.copies[id] > 1 {
			k.twice++
		}
	}
}

// The real board is killed at random moments while it notifies thousands of seekers: everyone gets the notification exactly once.
func TestKilledWhileNotifying(t *testing.T) {
	k := newKilled(t)
	k.publish("Developer")
	for range k.kills {
		time.Sleep(rand.N(150 * time.Millisecond))
		k.server.Kill()
		t.Logf("killed when %d of %d were notified", k.count(jobNotifications), k.seekers)
		k.start()
	}
	k.untilNone(pendingFanOuts)
	k.server.Kill()
	k.mustHaveNotified(1)
}

func TestKilledWhileMailing(t *testing.T) {
	k := newKilled(t)
	k.publish("Developer")
	k.untilNone(pendingFanOuts)
	k.mailing()
	k.mustHaveNotified(1)
}

// Storing that a mail was sent then has to wait for other writers.
func TestKilledWhileNotifyingAndMailing(t *testing.T) {
	k := newKilled(t)
	const jobs = 3 // their fan-outs take longer than the kills
	for i := range jobs {
		k.publish(fmt.Sprintf("Developer %d", i))
	}
	k.untilNone("SELECT " + strconv.Itoa(k.mailed) + " > (" + pendingMails + ")") // who wants mail is notified first
	k.mailing()
	k.mustHaveNotified(jobs)
}
