package notify_test

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

func rows(t *testing.T, board *testapp.Board, count string) int {
	t.Helper()
	var n int
	if err := board.DB().NewQuery(count).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
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

// The real board, killed at random moments while it tells thousands of a job, mails hundreds, and does both at once:
// everyone has each notice exactly once. Nobody's mail is lost, and a kill doubles at most the one mail that is under way
// (docs/decisions/0016).
func TestKilledAtRandom(t *testing.T) {
	kills := killsOf(t)
	seekers, mailed := 1_000*kills, 100*kills // so many of them want it by mail
	board := testapp.NewBoard(t, hooks.Bind)
	seedSkilled(t, board.TestApp, seekers, "python")
	wanted := fmt.Sprintf(`UPDATE users SET emailNotifications = '["job_published"]' WHERE id IN (
		SELECT id FROM users WHERE role = 'job_seeker' ORDER BY id LIMIT %d)`, mailed)
	if _, err := board.NonconcurrentDB().NewQuery(wanted).Execute(); err != nil {
		t.Fatal(err)
	}
	employer, owner := board.Employer("Acme")
	token := board.Token(owner)
	box := testapp.NewMailbox(t)
	bin := binary(t)
	start := func() *process { return serve(t, bin, board.DataDir(), box.Port) }
	publish := func(running *process, title string) {
		body := fmt.Sprintf(`{"employer": %q, "title": %q, "description": "<p>Do.</p>", "workplace": "remote", "jobType": "full_time",
			"skills": ["python"], "status": "published"}`, employer.Id, title)
		request, err := http.NewRequest("POST", running.url+testapp.Records(collections.Jobs), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("publish: status %d", answer.StatusCode)
		}
	}
	untilNone := func(count string) {
		for range 6_000 {
			if rows(t, board, count) == 0 {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%s: not in two minutes", count)
	}
	// Mails have the notices' name for good, so one that came twice has come by the same name.
	letters := map[string]int{}
	doubled := func() (twice int) {
		for _, mail := range box.Received() {
			id := mail.Header.Get("Message-ID")
			if letters[id]++; letters[id] > 1 {
				twice++
			}
		}
		return twice
	}
	const (
		told    = "SELECT COUNT(*) FROM notifications WHERE kind = 'job_published'"
		waiting = "SELECT COUNT(*) FROM notifications WHERE mail = 'pending'"
		telling = "SELECT COUNT(*) FROM fanouts"
	)

	running := start()
	publish(running, "Developer")
	for range kills {
		time.Sleep(rand.N(150 * time.Millisecond))
		running.kill()
		t.Logf("killed when %d of %d were told", rows(t, board, told), seekers)
		running = start()
	}
	untilNone(telling)
	running.kill()
	users := rows(t, board, "SELECT COUNT(DISTINCT user) FROM notifications WHERE kind = 'job_published'")
	if n := rows(t, board, told); n != seekers || users != seekers {
		t.Fatalf("%d notices for %d users, want %d each", n, users, seekers)
	}

	for range kills {
		due(t, board.TestApp)
		running = start()
		time.Sleep(rand.N(300 * time.Millisecond))
		running.kill()
		t.Logf("killed when %d of %d mails waited", rows(t, board, waiting), mailed)
	}
	due(t, board.TestApp)
	running = start()
	untilNone(waiting)
	running.kill()
	twice := doubled()
	t.Logf("%d of %d got their mail, %d mails came twice", len(letters), mailed, twice)
	if len(letters) != mailed || twice > kills {
		t.Errorf("%d got a mail, want %d; %d came twice, want at most %d", len(letters), mailed, twice, kills)
	}

	running = start()
	const more = 3 // jobs, which take longer to tell of than the kills
	for i := range more {
		publish(running, fmt.Sprintf("Developer %d", i))
	}
	untilNone("SELECT " + strconv.Itoa(mailed) + " > (" + waiting + ")") // the first ones to be told are those who want mail
	for range kills {
		running.kill()
		t.Logf("killed when %d mails waited and %d jobs were told of", rows(t, board, waiting), rows(t, board, telling))
		due(t, board.TestApp)
		running = start()
		time.Sleep(rand.N(300 * time.Millisecond))
	}
	untilNone(telling)
	running.kill()
	if n := rows(t, board, told); n != seekers*(1+more) {
		t.Errorf("%d notices, want %d", n, seekers*(1+more))
	}
	due(t, board.TestApp)
	start()
	untilNone(waiting)
	twice = doubled()
	t.Logf("beside the telling, %d mails came twice", twice)
	unsent := rows(t, board, "SELECT COUNT(*) FROM notifications n JOIN users u ON u.id = n.user WHERE n.mail != 'sent' AND u.emailNotifications != '[]'")
	if unsent != 0 || twice > kills {
		t.Errorf("%d notices were not mailed; %d mails came twice, want at most %d", unsent, twice, kills)
	}
}
