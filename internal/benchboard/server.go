// Package benchboard fills boards with generated jobs and serves them, for the benchmarks.
package benchboard

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a running board.
type Server struct {
	URL     string
	process *exec.Cmd
	Started time.Time
	log     bytes.Buffer
	client  *http.Client
	token   string // of the superuser
}

// Start starts the board and waits until it responds.
func (b *Board) Start() (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + address, process: exec.Command(b.Binary, "serve", "--http", address, "--dir", b.Data()),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}, Timeout: time.Minute}}
	// What is measured is the work, not what keeps a board answering when more is asked of it than it can do.
	s.process.Env = slices.Concat(os.Environ(), []string{"JOBBOARD_RATE_LIMITS=off", "JOBBOARD_MAX_WAIT_MS=60000"}, b.Env)
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	s.Started = time.Now()
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for {
		_, err := s.Get("/api/health")
		if err == nil {
			return s, nil
		}
		if time.Since(s.Started) > time.Minute {
			return nil, errors.Join(fmt.Errorf("the board does not respond: %w: %s", err, s.log.String()), s.Stop())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Stop stops the board as an operator would. If the board has exited by itself, the error contains the end of its log.
func (s *Server) Stop() error {
	err := s.process.Process.Signal(syscall.SIGTERM)
	if ended := s.process.Wait(); ended != nil || err != nil {
		log := s.log.String()
		return fmt.Errorf("the board ended with %w: %s", errors.Join(err, ended), log[max(0, len(log)-8000):])
	}
	return nil
}

// Request is one request to the board.
type Request struct {
	Method string // "" for GET
	Path   string
	Token  string
	Body   string
	Type   string // of the body; "" for JSON
	Status int    // that the response must have; 0 for 200
}

// Do sends a request and returns the body of the response.
func (s *Server) Do(r Request) ([]byte, error) {
	request, err := http.NewRequest(r.Method, s.URL+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if r.Body != "" {
		request.Header.Set("Content-Type", cmp.Or(r.Type, "application/json"))
	}
	if r.Token != "" {
		request.Header.Set("Authorization", r.Token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != cmp.Or(r.Status, http.StatusOK) {
		return nil, fmt.Errorf("%s %s: %s: %.300s", request.Method, request.URL.Path, response.Status, body)
	}
	return body, nil
}

// Get reads a path as a guest.
func (s *Server) Get(path string) ([]byte, error) { return s.Do(Request{Path: path}) }

// Send sends JSON as the superuser.
func (s *Server) Send(method, path string, body any) ([]byte, error) {
	return s.Do(Request{Method: method, Path: path, Token: s.token, Body: JSON(body)})
}

// Login logs in the superuser.
func (s *Server) Login() (err error) {
	s.token, err = s.TokenOf("_superusers", superuserEmail)
	return err
}

// TokenOf logs somebody in, in users or another collection.
func (s *Server) TokenOf(collection, email string) (string, error) {
	body, err := s.Do(Request{Method: http.MethodPost, Path: "/api/collections/" + collection + "/auth-with-password",
		Body: JSON(map[string]string{"identity": email, "password": Password})})
	if err != nil {
		return "", err
	}
	var answer struct{ Token string }
	err = json.Unmarshal(body, &answer)
	return answer.Token, err
}

// Page is the part of a response that the benchmark reads.
type Page struct {
	TotalItems int
	NextCursor string
	Facets     map[string]map[string]int
	Items      []struct{ ID string }
}

// Search searches jobs with the parameters of a query.
func (s *Server) Search(query string) (Page, error) {
	var p Page
	body, err := s.Get("/api/jobs/search/?" + query)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(body, &p)
}

// WaitFor waits until exactly so many jobs can be found.
func (s *Server) WaitFor(jobs int) error {
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		p, err := s.Search("perPage=1&fields=id")
		if err == nil && p.TotalItems == jobs { // a board without an index refuses to search
			return nil
		}
		if time.Since(began) > 20*time.Minute {
			return errors.Join(fmt.Errorf("%d jobs can be found after 20 minutes, not %d", p.TotalItems, jobs), err)
		}
	}
}

// Memory is the memory of the board in MB, as counted by the kernel: its own (heap, stacks), and pages of mapped files, which the
// kernel may reclaim at any time.
type Memory struct{ Own, Peak, Mapped float64 }

// Memory returns what the board uses now.
func (s *Server) Memory() (Memory, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return Memory{}, fmt.Errorf("memory is measured on Linux: %w", err)
	}
	mb := map[string]float64{}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		if kb, ok := strings.CutSuffix(strings.TrimSpace(value), " kB"); ok {
			if mb[name], err = strconv.ParseFloat(kb, 64); err != nil {
				return Memory{}, err
			}
			mb[name] /= 1024
		}
	}
	return Memory{Own: mb["RssAnon"], Peak: mb["VmHWM"], Mapped: mb["RssFile"]}, nil
}

// CPU returns the CPU time of the board, on all cores together.
func (s *Server) CPU() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime, counted from the state
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil // USER_HZ is 100 on Linux
}

// FolderMB returns the size of the files in a folder, in MB.
func FolderMB(dir string) (float64, error) {
	total := int64(0)
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	return float64(total) / (1 << 20), err
}
