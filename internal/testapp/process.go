package testapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Binary returns the path of the real board, never built for the race detector; JOBBOARD_BIN names one that is there already. A
// test that needs it is skipped by -short.
func Binary(t testing.TB) string {
	t.Helper()
	Slow(t, "it runs the real board")
	if given := os.Getenv("JOBBOARD_BIN"); given != "" {
		if !isFile(given) { // asking also tells go test that its cached result depends on the file
			t.Fatalf("JOBBOARD_BIN names %s, which is no file", given)
		}
		return given
	}
	path, err := built()
	if err != nil {
		t.Fatalf("build the board: %v", err)
	}
	return path
}

// built links the board into Go's build cache, where the tests of all packages find it.
var built = sync.OnceValues(func() (string, error) {
	for range 2 { // the run that links shows a path that it removes, the next one that in the cache
		run := exec.Command("go", "run", "-exec", "echo", "jobboard")
		run.Env = append(os.Environ(), "CGO_ENABLED=0")
		var problems bytes.Buffer
		run.Stderr = &problems
		path, err := run.Output()
		if err != nil {
			return "", fmt.Errorf("%w\n%s", err, &problems)
		}
		if path := strings.TrimSpace(string(path)); isFile(path) {
			return path, nil
		}
	}
	return "", errors.New("go run keeps no binary in the build cache")
})

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Folder returns a data folder with an empty board, migrated, that no process has open.
func Folder(t testing.TB) string {
	t.Helper()
	from, err := migrated()
	if err != nil {
		t.Fatalf("migrate the test board: %v", err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, from); err != nil {
		t.Fatalf("clone the test board: %v", err)
	}
	return dir
}

// Close leaves the board's data folder to other processes and returns it. The board can't be used any more.
func (b *Board) Close() string {
	b.t.Helper()
	if err := b.ResetBootstrapState(); err != nil {
		b.t.Fatalf("close the board: %v", err)
	}
	return b.DataDir()
}

// Process is the real board, serving.
type Process struct {
	*exec.Cmd
	URL    string
	Output *Output
	t      testing.TB
}

// Output is what a process has printed so far.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start serves a data folder until the test ends, and waits until the board answers.
func Start(t testing.TB, dir string, args ...string) *Process {
	t.Helper()
	return start(t, "serve", dir, args...)
}

// StartDemo fills a data folder with the demo's data, which takes a tenth of the time that it takes under the race detector, and serves
// it until the test ends.
func StartDemo(t testing.TB, dir string, args ...string) *Process {
	t.Helper()
	return start(t, "demo", dir, args...)
}

// FreeAddress returns an address of this machine with a port that nobody listens at.
func FreeAddress(t testing.TB) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	return free.Addr().String()
}

func start(t testing.TB, command, dir string, args ...string) *Process {
	t.Helper()
	binary := Binary(t)
	address := FreeAddress(t)
	p := &Process{URL: "http://" + address, Output: &Output{}, t: t}
	p.Cmd = exec.Command(binary, append([]string{command, "--dir", dir, "--http", address}, args...)...)
	p.Stdout, p.Stderr = p.Output, p.Output
	if err := p.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	p.Await()
	return p
}

// Await waits until the process serves.
func (p *Process) Await() {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if p.Serves() {
			return
		}
	}
	p.Kill()
	p.t.Fatalf("the board does not serve:\n%s", p.Output)
}

// Serves reports whether the process answers just now.
func (p *Process) Serves() bool {
	answer, err := http.Get(p.URL + "/api/health")
	return err == nil && answer.Body.Close() == nil
}

// Interrupt ends the process as Ctrl-C does, which is no error.
func (p *Process) Interrupt() {
	p.t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		p.t.Errorf("interrupted, the board ended with: %v", err)
	}
}

// Kill ends the process as a power cut would. Killing twice is no error.
func (p *Process) Kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// Call makes a request with a JSON body under a token ("": as a guest).
func (p *Process) Call(method, path, token, body string) Response {
	p.t.Helper()
	request, err := http.NewRequest(method, p.URL+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", method, path, err, p.Output)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	response := Response{Status: answer.StatusCode, Header: answer.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &response.Body) // nil where it is no JSON
	return response
}

// Run runs a command of the real board on a data folder and returns all that it prints.
func Run(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command(Binary(t), append(args, "--dir", dir)...).CombinedOutput()
	return string(out), err
}
