package mail_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// binary is the real board: JOBBOARD_BIN, or one that is built now.
func binary(t *testing.T) string {
	t.Helper()
	if given := os.Getenv("JOBBOARD_BIN"); given != "" {
		return given
	}
	path := filepath.Join(t.TempDir(), "jobboard")
	build := exec.Command("go", "build", "-o", path, "jobboard")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the board: %v\n%s", err, out)
	}
	return path
}

// process is a running board.
type process struct {
	command *exec.Cmd
	url     string
}

// serve starts the binary on a data folder and waits until it answers.
func serve(t *testing.T, binary, dir string, mailPort int) *process {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	var output bytes.Buffer
	p := &process{command: exec.Command(binary, "serve", "--dir", dir, "--http", address), url: "http://" + address}
	p.command.Env = append(os.Environ(), "JOBBOARD_SMTP_HOST=127.0.0.1", fmt.Sprintf("JOBBOARD_SMTP_PORT=%d", mailPort))
	p.command.Stdout, p.command.Stderr = &output, &output
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	for range 1_000 {
		if answer, err := http.Get(p.url + "/api/health"); err == nil {
			answer.Body.Close()
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.kill()
	t.Fatalf("the board did not start:\n%s", output.String())
	return nil
}

// kill ends the process as a power cut would. Killing twice is no error.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
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
	token, binary          string
	box                    *testapp.Mailbox
	letters                map[string]int // how often a mail has come, by its name
	reached                map[string]bool
	twice                  int
	*process
}

const (
	Recipient = "SELECT COUNT(*) FROM notifications WHERE kind = 'job_published'"
	queued    = "SELECT COUNT(*) FROM notifications WHERE mail = 'pending'"
	telling   = "SELECT COUNT(*) FROM fanouts"
)

func newKilled(t *testing.T) *killed {
	t.Helper()
	board := testapp.NewBoard(t, hooks.Bind)
	k := &killed{Board: board, t: t, kills: killsOf(t), box: testapp.NewMailbox(t), binary: binary(t), letters: map[string]int{}, reached: map[string]bool{}}
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

func (k *killed) start() { k.process = serve(k.t, k.binary, k.DataDir(), k.box.Port) }

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
	request, err := http.NewRequest("POST", k.url+testapp.Records(collections.Jobs), strings.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", k.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		k.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		k.t.Fatalf("publish: status %d", answer.StatusCode)
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
		k.kill()
		k.t.Logf("killed when %d mails waited and %d jobs were told of", k.count(queued), k.count(telling))
		due(k.t, k.TestApp)
		k.start()
		time.Sleep(rand.N(300 * time.Millisecond))
	}
	k.untilNone(telling)
	k.kill()
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
		k.kill()
		t.Logf("killed when %d of %d were told", k.count(Recipient), k.seekers)
		k.start()
	}
	k.untilNone(telling)
	k.kill()
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
