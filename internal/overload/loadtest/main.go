// Command loadtest measures the board at its capacity and at twice that. It fills and serves a demo board with the given binary on
// this machine, sends it a typical mix of requests, and prints how many were offered, served and refused, and how long they took:
//
//	go build -o dist/jobboard . && go run ./internal/overload/loadtest -board dist/jobboard
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	binary := flag.String("board", "dist/jobboard", "the binary to try")
	each := flag.Duration("for", 6*time.Second, "how long each load lasts")
	streams := flag.Int("realtime", 200, "realtime connections that are open meanwhile")
	flag.Parse()
	if err := run(*binary, *each, *streams); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(binary string, each time.Duration, streams int) error {
	b, err := start(binary)
	if err != nil {
		return err
	}
	defer b.stop()
	if err := b.prepare(); err != nil {
		return err
	}
	ended := b.stream(streams)
	capacity := b.closed(each / 2)
	fmt.Printf("capacity: %.0f requests a second\n", capacity)
	fmt.Println("load    offered  served refused  failed   p50    p99  | refusal p99 | health p99 | memory")
	b.open("1x", capacity, each)
	b.open("2x", 2*capacity, each)
	time.Sleep(2 * time.Second)
	b.open("calm", capacity/10, each/2)
	fmt.Printf("realtime connections that were closed: %d of %d\n", len(ended), streams)
	return nil
}

// board is the server under load.
type board struct {
	process *exec.Cmd
	folder  string
	url     string
	client  *http.Client
	token   string
	jobs    []string
}

func start(binary string) (*board, error) {
	folder, err := os.MkdirTemp("", "loadtest")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	binary, err = filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	b := &board{
		process: exec.Command(binary, "demo", "--dir", filepath.Join(folder, "data"), "--http", address),
		folder:  folder, url: "http://" + address,
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1_000}},
	}
	b.process.Dir = folder
	b.process.Env = append(os.Environ(), "JOBBOARD_RATE_LIMITS=off")
	if err := b.process.Start(); err != nil {
		return nil, fmt.Errorf("start the board: %w", err)
	}
	for began := time.Now(); time.Since(began) < 2*time.Minute; time.Sleep(100 * time.Millisecond) {
		if status, _ := b.send("GET", "/api/health", nil); status == http.StatusOK {
			return b, nil
		}
	}
	b.stop()
	return nil, fmt.Errorf("the board did not start at %s", b.url)
}

func (b *board) stop() {
	_ = b.process.Process.Kill()
	_ = b.process.Wait()
	_ = os.RemoveAll(b.folder)
}

// send sends a request and reads the whole answer; the status is 0 if there was none.
func (b *board) send(method, path string, body any) (status int, answer []byte) {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, b.url+path, reader)
	if err != nil {
		return 0, nil
	}
	request.Header.Set("Content-Type", "application/json")
	if b.token != "" {
		request.Header.Set("Authorization", b.token)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		return 0, nil
	}
	return response.StatusCode, answer
}

var login = map[string]string{"identity": "seeker@example.com", "password": "demo-password"}

func (b *board) prepare() error {
	status, raw := b.send("POST", "/api/collections/users/auth-with-password", login)
	var session struct{ Token string }
	if err := json.Unmarshal(raw, &session); err != nil || session.Token == "" {
		return fmt.Errorf("log in: %d %s", status, raw)
	}
	status, raw = b.send("GET", "/api/collections/jobs/records?perPage=100&fields=id&filter="+`status%3D"published"`, nil)
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(raw, &list); err != nil || len(list.Items) == 0 {
		return fmt.Errorf("list the jobs: %d %s", status, raw)
	}
	for _, job := range list.Items {
		b.jobs = append(b.jobs, job.ID)
	}
	b.token = session.Token
	return nil
}

// stream opens realtime connections, and returns a channel with an entry for each that ends.
func (b *board) stream(n int) (ended chan struct{}) {
	ended = make(chan struct{}, n)
	for range n {
		go func() {
			defer func() { ended <- struct{}{} }()
			response, err := http.Get(b.url + "/api/realtime")
			if err != nil {
				return
			}
			defer response.Body.Close()
			_, _ = io.Copy(io.Discard, response.Body)
		}()
	}
	time.Sleep(time.Second)
	return ended
}

// one sends one request of the mix.
func (b *board) one() int {
	job := b.jobs[rand.IntN(len(b.jobs))]
	status := 0
	switch dice := rand.IntN(100); {
	case dice < 35:
		status, _ = b.send("GET", "/api/jobs/?perPage=20", nil)
	case dice < 50:
		status, _ = b.send("GET", "/api/jobs/?perPage=20&q="+[]string{"developer", "nurse", "manager", "berlin"}[dice%4], nil)
	case dice < 55:
		status, _ = b.send("GET", "/api/jobs/"+job+"/similar/", nil)
	case dice < 75:
		status, _ = b.send("GET", "/api/collections/jobs/records/"+job+"?expand=employer", nil)
	case dice < 90:
		status, _ = b.send("GET", "/api/collections/jobs/records?perPage=20&skipTotal=1", nil)
	case dice < 98:
		search := map[string]any{"name": "load", "query": map[string]any{"q": "x"}, "frequency": "off"}
		status, _ = b.send("POST", "/api/collections/saved_searches/records", search)
	default:
		status, _ = b.send("POST", "/api/collections/users/auth-with-password", login)
	}
	return status
}

// closed sends one request after another, a few at once, which gives the capacity.
func (b *board) closed(during time.Duration) (perSecond float64) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	done, began := 0, time.Now()
	for range 6 {
		wait.Go(func() {
			for time.Since(began) < during {
				if b.one() == http.StatusServiceUnavailable {
					continue
				}
				mu.Lock()
				done++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return float64(done) / time.Since(began).Seconds()
}

// figures are the results of one load.
type figures struct {
	mu              sync.Mutex
	offered         int
	failed          int
	served, refused []time.Duration
}

func (f *figures) add(status int, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case status == http.StatusServiceUnavailable:
		f.refused = append(f.refused, took)
	case status >= 200 && status < 500:
		f.served = append(f.served, took)
	default:
		f.failed++
	}
}

// open sends requests at a fixed rate, whether or not the board keeps up, and prints the results.
func (b *board) open(name string, perSecond float64, during time.Duration) {
	f, health := &figures{}, &figures{}
	ctx, cancel := context.WithTimeout(context.Background(), during)
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() {
		for ctx.Err() == nil {
			began := time.Now()
			status, _ := b.send("GET", "/api/health", nil)
			health.add(status, time.Since(began))
			time.Sleep(50 * time.Millisecond)
		}
	})
	began := time.Now()
	for ctx.Err() == nil {
		for float64(f.offered) < perSecond*time.Since(began).Seconds() {
			f.offered++
			wait.Go(func() {
				began := time.Now()
				f.add(b.one(), time.Since(began))
			})
		}
		time.Sleep(time.Millisecond)
	}
	wait.Wait()
	fmt.Printf("%-5s %9d %7d %7d %7d %5d ms %5d ms | %8d ms | %7d ms | %s\n", name, f.offered, len(f.served), len(f.refused), f.failed,
		at(f.served, 50), at(f.served, 99), at(f.refused, 99), at(health.served, 99), b.memory())
}

// at returns a percentile, in milliseconds.
func at(all []time.Duration, percent int) int64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*percent/100)].Milliseconds()
}

// memory returns the memory that the board uses, if the system says so.
func (b *board) memory() string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.process.Process.Pid))
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "?"
}
