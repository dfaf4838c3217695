//go:build unix

package clustertest

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jobboard/internal/testapp"
)

// Node is one process of the real board, which can be ended and started again at the same address and on the same folder.
type Node struct {
	Name, Dir, URL string
	Output         *testapp.Output

	t       testing.TB
	binary  string
	address string
	env     []string
	args    []string

	mu      sync.Mutex
	command *exec.Cmd // nil while it does not run
	frozen  bool
	ended   chan struct{}
	err     error // how it ended, once ended is closed
}

// newNode returns a node that does not run yet.
func newNode(t testing.TB, name, dir string, env, args []string) *Node {
	t.Helper()
	address := testapp.FreeAddress(t)
	n := &Node{
		Name: name, Dir: dir, URL: "http://" + address, Output: &testapp.Output{},
		t: t, binary: testapp.Binary(t), address: address, args: args,
	}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "JOBBOARD_") { // those of the tests mean nothing to the board
			n.env = append(n.env, variable)
		}
	}
	n.env = append(append(n.env, env...), "JOBBOARD_NODE_URL="+n.URL)
	t.Cleanup(n.Kill)
	return n
}

// Run starts the process without waiting for it.
func (n *Node) Run() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.command != nil {
		n.t.Fatalf("%s runs already", n.Name)
	}
	command := exec.Command(n.binary, append([]string{"serve", "--dir", n.Dir, "--http", n.address}, n.args...)...)
	command.Env, command.Stdout, command.Stderr = n.env, n.Output, n.Output
	if err := command.Start(); err != nil {
		n.t.Fatalf("start %s: %v", n.Name, err)
	}
	ended := make(chan struct{})
	n.command, n.ended = command, ended
	go func() {
		err := command.Wait()
		n.mu.Lock()
		n.command, n.frozen, n.err = nil, false, err
		n.mu.Unlock()
		close(ended)
	}()
}

// Start starts the process and waits until it answers.
func (n *Node) Start() {
	n.t.Helper()
	n.StartWithin(time.Minute)
}

// StartWithin is Start for nodes that take longer.
func (n *Node) StartWithin(most time.Duration) {
	n.t.Helper()
	n.Run()
	n.await(most)
}

// Await waits until the node answers.
func (n *Node) Await() {
	n.t.Helper()
	n.await(time.Minute)
}

func (n *Node) await(most time.Duration) {
	n.t.Helper()
	await(n.t, most, func() string {
		if !n.Runs() {
			n.t.Fatalf("%s has ended:\n%s", n.Name, tail(n.Output.String()))
		}
		answer, err := http.Get(n.URL + "/api/health")
		if err != nil {
			return n.Name + " does not answer:\n" + tail(n.Output.String())
		}
		_ = answer.Body.Close() // nobody reads it
		return ""
	})
}

// Runs reports whether the process has not ended.
func (n *Node) Runs() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.command != nil
}

// Kill ends the process as a power cut would. Killing one that does not run is no error.
func (n *Node) Kill() {
	n.mu.Lock()
	command, ended := n.command, n.ended
	n.mu.Unlock()
	if command == nil {
		return
	}
	_ = command.Process.Kill()
	<-ended
}

// Stop ends the process as a service manager does, and returns how it ended.
func (n *Node) Stop() error {
	n.t.Helper()
	n.mu.Lock()
	ended := n.ended
	n.mu.Unlock()
	n.signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(time.Minute):
		n.t.Fatalf("%s does not stop:\n%s", n.Name, tail(n.Output.String()))
	}
	return n.err
}

// Freeze stops the process as a long pause of its machine would.
func (n *Node) Freeze() {
	n.t.Helper()
	n.signal(syscall.SIGSTOP)
	n.setFrozen(true)
}

// Thaw lets a frozen process go on.
func (n *Node) Thaw() {
	n.t.Helper()
	n.signal(syscall.SIGCONT)
	n.setFrozen(false)
}

func (n *Node) setFrozen(frozen bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.frozen = frozen
}

// answers reports whether a proxy would send requests to the node.
func (n *Node) answers() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.command != nil && !n.frozen
}

func (n *Node) signal(signal syscall.Signal) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.command == nil {
		n.t.Fatalf("%s does not run", n.Name)
	}
	if err := n.command.Process.Signal(signal); err != nil {
		n.t.Fatalf("signal %s: %v", n.Name, err)
	}
}

// Empty deletes the node's folder, which must not be in use: it becomes a new node.
func (n *Node) Empty() {
	n.t.Helper()
	entries, err := os.ReadDir(n.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		n.t.Fatal(err)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(n.Dir, entry.Name())); err != nil {
			n.t.Fatal(err)
		}
	}
}

// Command runs a command of the board with the node's settings, on the node's folder unless args name another, and returns all that it
// prints.
func (n *Node) Command(args ...string) (string, error) {
	if !slices.Contains(args, "--dir") {
		args = append(args, "--dir", n.Dir)
	}
	command := exec.Command(n.binary, args...)
	command.Env = n.env
	out, err := command.CombinedOutput()
	return string(out), err
}

// tail returns the end of what a node has printed, without what the checks say of a board for tests.
func tail(text string) string {
	const most = 40
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "Warning (") || strings.HasPrefix(line, "Error (") || strings.Contains(line, "─ ")
	})
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// await tries until try returns "", else it fails the test with what try returned last.
func await(t testing.TB, most time.Duration, try func() (trouble string)) {
	t.Helper()
	trouble := ""
	for began := time.Now(); time.Since(began) < most; time.Sleep(20 * time.Millisecond) {
		if trouble = try(); trouble == "" {
			return
		}
	}
	t.Fatal(trouble)
}
