package testapp

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Binary builds the real board and returns its path; JOBBOARD_BIN names one that is there already.
func Binary(t testing.TB) string {
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

// Start serves a data folder by the binary until the test ends, and waits until it does.
func Start(t testing.TB, binary, dir string, args ...string) *Process {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	p := &Process{URL: "http://" + address, Output: &Output{}, t: t}
	p.Cmd = exec.Command(binary, append([]string{"serve", "--dir", dir, "--http", address}, args...)...)
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

// Run runs a command of the binary beside and returns all that it prints.
func Run(t testing.TB, binary, dir string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command(binary, append(args, "--dir", dir)...).CombinedOutput()
	return string(out), err
}
