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

// serve runs the real board on a data folder, with the mail server at a port of this machine.
func serve(t *testing.T, dir string, mailPort int) *testapp.Process {
	t.Helper()
	return testapp.Start(t, dir, "--smtp-host=127.0.0.1", "--smtp-port="+strconv.Itoa(mailPort))
}

// killsOf is how often each part of a test kills: JOBBOARD_TEST_KILLS, for who wants to know how rare something is.
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

// killed is a board that is killed again and again, on the same data folder, with seekers who know Python.
type killed struct {
	*testapp.Board
	t                      *testing.T
	kills, seekers, mailed int // so many of the seekers want mails
	employer               *core.Record
	token                  string
	box                    *testapp.Mailbox
	letters                map[string]int // how often a mail has come, by its name
	reached                map[string]bool
	twice                  int
	server                 *testapp.Process
}

const (
	Recipient = "SELECT COUNT(*) FROM notifications WHERE kind = 'job_published'"
	queued    = "SELECT COUNT(*) FROM notifications WHERE mail = 'pending'"
	telling   = "SELECT COUNT(*) FROM fanouts"
)

func newKilled(t *testing.T) *killed {
	t.Helper()
	testapp.Slow(t, "it kills the real board several times")
	board := testapp.NewBoard(t, hooks.Bind)
	k := &killed{Board: board, t: t, kills: killsOf(t), box: testapp.NewMailbox(t), letters: map[string]int{}, reached: map[string]bool{}}
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

// mustHaveTold fails the test unless every seeker has been told of each job once.
func (k *killed) mustHaveTold(jobs int) {
	k.t.Helper()
	pairs := k.count("SELECT COUNT(*) FROM (SELECT DISTINCT user, data ->> 'job' FROM notifications WHERE kind = 'job_published')")
	if n := k.count(Recipient); n != jobs*k.seekers || pairs != n {
		k.t.Fatalf("%d notifications for %d seekers and jobs, want %d each", n, pairs, jobs*k.seekers)
	}
}

// mailing kills while mails are sent, and lets the rest be sent. Nobody's mail is lost, and a kill doubles at most the one
// that was under way: it comes by the same name (docs/decisions/0016).
func (k *killed) mailing() {
	k.t.Helper()
	for range k.kills {
		k.collect()
		k.server.Kill()
		k.t.Logf("killed when %d mails waited and %d jobs were told of", k.count(queued), k.count(telling))
		due(k.t, k.TestApp)
		k.start()
		time.Sleep(rand.N(300 * time.Millisecond))
	}
	k.untilNone(telling)
	k.server.Kill()
	due(k.t, k.TestApp)
	k.start()
	k.untilNone(queued)
	unsent := k.count("SELECT COUNT(*) FROM notifications n JOIN users u ON u.id = n.user WHERE n.mail != 'sent' AND u.emailNotifications != '[]'")
	k.collect()
	k.t.Logf("%d kills: %d mails to %d seekers, %d came twice", k.kills, len(k.letters), len(k.reached), k.twice)
	if unsent != 0 || len(k.reached) != k.mailed || k.twice > k.kills {
		k.t.Errorf("%d notifications were not mailed, %d seekers got a mail, want %d; %d came twice, want at most %d",
			unsent, len(k.reached), k.mailed, k.twice, k.kills)
	}
}

// collect takes the mails that have come: the mailbox does not hold any number of them.
func (k *killed) collect() {
	for _, mail := range k.box.Received() {
		k.reached[mail.To] = true
		id := mail.Header.Get("Message-ID")
		if k.letters[id]++; k.letters[id] > 1 {
			k.twice++
		}
	}
}

// The real board, killed at random moments while it tells thousands of a job: everyone has the notification exactly once.
func TestKilledWhileTelling(t *testing.T) {
	k := newKilled(t)
	k.publish("Developer")
	for range k.kills {
		time.Sleep(rand.N(150 * time.Millisecond))
		k.server.Kill()
		t.Logf("killed when %d of %d were told", k.count(Recipient), k.seekers)
		k.start()
	}
	k.untilNone(telling)
	k.server.Kill()
	k.mustHaveTold(1)
}

func TestKilledWhileMailing(t *testing.T) {
	k := newKilled(t)
	k.publish("Developer")
	k.untilNone(telling)
	k.mailing()
	k.mustHaveTold(1)
}

// Then the rows of sent mails have to wait for others who write.
func TestKilledWhileTellingAndMailing(t *testing.T) {
	k := newKilled(t)
	const jobs = 3 // they take longer to tell of than the kills
	for i := range jobs {
		k.publish(fmt.Sprintf("Developer %d", i))
	}
	k.untilNone("SELECT " + strconv.Itoa(k.mailed) + " > (" + queued + ")") // who wants mail is told first
	k.mailing()
	k.mustHaveTold(jobs)
}
