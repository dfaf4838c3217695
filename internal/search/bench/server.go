package main

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
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running board.
type server struct {
	url     string
	process *exec.Cmd
	started time.Time
	log     bytes.Buffer
	client  *http.Client
	token   string // of the superuser
}

// start starts the board and waits until it responds.
func (r *run) start() (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s := &server{url: "http://" + address, process: exec.Command(r.binary, "serve", "--http", address, "--dir", r.data()),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}, Timeout: time.Minute}}
	// What is measured is the search, not what keeps a board answering when more is asked of it than it can do.
	s.process.Env = append(os.Environ(), "JOBBOARD_RATE_LIMITS=off", "JOBBOARD_MAX_WAIT_MS=60000")
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	s.started = time.Now()
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for {
		_, err := s.get("/api/health")
		if err == nil {
			return s, nil
		}
		if time.Since(s.started) > time.Minute {
			return nil, errors.Join(fmt.Errorf("the board does not respond: %w: %s", err, s.log.String()), s.stop())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stop stops the board as an operator would. If the board has exited by itself, the error contains the end of its log.
func (s *server) stop() error {
	err := s.process.Process.Signal(syscall.SIGTERM)
	if ended := s.process.Wait(); ended != nil || err != nil {
		log := s.log.String()
		return fmt.Errorf("the board ended with %w: %s", errors.Join(err, ended), log[max(0, len(log)-8000):])
	}
	return nil
}

func (s *server) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	return s.do(request)
}

func (s *server) do(request *http.Request) ([]byte, error) {
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %.300s", request.Method, request.URL.Path, response.Status, body)
	}
	return body, nil
}

// send sends a JSON request as the superuser.
func (s *server) send(method, path string, body any) ([]byte, error) {
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(jsonOf(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", s.token)
	return s.do(request)
}

func (s *server) login() error {
	body, err := s.send(http.MethodPost, "/api/collections/_superusers/auth-with-password",
		map[string]string{"identity": adminEmail, "password": adminPassword})
	if err != nil {
		return err
	}
	var answer struct{ Token string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	s.token = answer.Token
	return nil
}

// page is the part of a response that the benchmark reads.
type page struct {
	TotalItems int
	NextCursor string
	Facets     map[string]map[string]int
	Items      []struct{ ID string }
}

func (s *server) search(query string) (page, error) {
	var p page
	body, err := s.get("/api/jobs/search/?" + query)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(body, &p)
}

// waitFor waits until exactly so many jobs can be found.
func (s *server) waitFor(jobs int) error {
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		p, err := s.search("perPage=1&fields=id")
		if err == nil && p.TotalItems == jobs { // a board without an index refuses to search
			return nil
		}
		if time.Since(began) > 20*time.Minute {
			return errors.Join(fmt.Errorf("%d jobs can be found after 20 minutes, not %d", p.TotalItems, jobs), err)
		}
	}
}

// memory is the memory of the board in MB, as counted by the kernel: its own (heap, stacks), and pages of mapped files, which the
// kernel may reclaim at any time.
type memory struct{ own, peak, mapped float64 }

func (s *server) memory() (memory, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return memory{}, fmt.Errorf("memory is measured on Linux: %w", err)
	}
	mb := map[string]float64{}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		if kb, ok := strings.CutSuffix(strings.TrimSpace(value), " kB"); ok {
			if mb[name], err = strconv.ParseFloat(kb, 64); err != nil {
				return memory{}, err
			}
			mb[name] /= 1024
		}
	}
	return memory{own: mb["RssAnon"], peak: mb["VmHWM"], mapped: mb["RssFile"]}, nil
}

// cpu returns the CPU time of the board, on all cores together.
func (s *server) cpu() (time.Duration, error) {
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

// folderMB returns the size of the files in a folder, in MB.
func folderMB(dir string) (float64, error) {
	total := int64(0)
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	return float64(total) / (1 << 20), err
}
