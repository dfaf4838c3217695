package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"jobboard/internal/benchboard"
)

// run is a run of all measurements.
type run struct {
	board   benchboard.Board
	clients int
	each    time.Duration
	rounds  int
	idle    time.Duration
	only    *regexp.Regexp

	classes  []*class
	delivery result // from a change of a status to its realtime event
	notes    []string
}

const (
	metricsToken = "bench-metrics"
	// rawTime is how long SQLite does the same as a class in one round.
	rawTime = 300 * time.Millisecond
	// settle is how long the board has for what follows a response, such as indexing and deliveries.
	settle = 200 * time.Millisecond
)

// result is what a class costs. The lists have an element for each round.
type result struct {
	perSecond, cpu, allocations, bytes, sql []float64 // cpu and sql in milliseconds
	took                                    benchboard.Durations
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)/2]
}

// measure serves the board, which is filled, and measures everything.
func (r *run) measure() (err error) {
	began := time.Now()
	r.board.Env = []string{"JOBBOARD_METRICS_TOKEN=" + metricsToken}
	s, err := r.board.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	raw, err := openRaw(&r.board)
	if err != nil {
		return err
	}
	defer raw.db.Close()
	published, err := r.board.Published()
	if err != nil {
		return err
	}
	if err := s.WaitFor(published); err != nil {
		return err
	}
	logf("served and indexed in %v", time.Since(began).Round(time.Second))
	return r.measureServer(s, raw)
}

func logf(format string, args ...any) { fmt.Fprintf(os.Stderr, "· "+format+"\n", args...) }

func (r *run) measureServer(s *benchboard.Server, raw *rawSQL) error {
	if err := r.measureRest(s); err != nil {
		return err
	}
	scene, err := r.newScene(s, raw)
	if err != nil {
		return fmt.Errorf("set the scene: %w", err)
	}
	for _, c := range scene.classes() {
		if r.only.MatchString(c.name) || c.name == "health" {
			r.classes = append(r.classes, c)
		}
	}
	for round := range r.rounds {
		logf("round %d of %d", round+1, r.rounds)
		for _, c := range r.classes {
			if err := r.measureClass(s, c); err != nil {
				return fmt.Errorf("%s as %s: %w", c.name, c.who, err)
			}
		}
		if r.only.MatchString("realtime") {
			if err := r.measureDelivery(scene); err != nil {
				return fmt.Errorf("realtime: %w", err)
			}
		}
	}
	used, err := s.Memory()
	if err != nil {
		return err
	}
	r.note("Memory after all this: %.0f MB of its own; most ever resident %.0f MB.", used.Own, used.Peak)
	return nil
}

func (r *run) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// measureRest measures the board while nobody asks for anything, after it has come to rest.
func (r *run) measureRest(s *benchboard.Server) error {
	time.Sleep(3 * time.Second)
	before, err := s.CPU()
	if err != nil {
		return err
	}
	time.Sleep(r.idle)
	after, err := s.CPU()
	if err != nil {
		return err
	}
	memory, err := s.Memory()
	if err != nil {
		return err
	}
	r.note("At rest: %.2f %% of a core over %v; memory %.0f MB of its own, %.0f MB of mapped files.",
		100*float64(after-before)/float64(r.idle), r.idle, memory.Own, memory.Mapped)
	return nil
}

// measureClass sends requests of a class from all clients for a while, and then has SQLite do the same.
func (r *run) measureClass(s *benchboard.Server, c *class) error {
	sent, err := r.load(s, &c.result, func() error {
		_, err := s.Do(c.request(int(c.next.Add(1) - 1)))
		return err
	})
	if err != nil || c.sql == nil {
		return err
	}
	before, err := ownCPU()
	if err != nil {
		return err
	}
	n := 0
	for start := time.Now(); time.Since(start) < rawTime; n++ {
		if err := c.sql(sent + n); err != nil {
			return fmt.Errorf("SQL: %w", err)
		}
	}
	after, err := ownCPU()
	if err != nil {
		return err
	}
	c.result.sql = append(c.result.sql, benchboard.Millis(after-before)/float64(n))
	return nil
}

// load has all clients call send until the time is over, and adds the cost of a call to the result. It returns the number of calls.
func (r *run) load(s *benchboard.Server, to *result, send func() error) (sent int, err error) {
	before, err := usageOf(s)
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	var clients sync.WaitGroup
	var failed error
	began := time.Now()
	for range r.clients {
		clients.Go(func() {
			for time.Since(began) < r.each {
				asked := time.Now()
				err := send()
				mu.Lock()
				to.took = append(to.took, time.Since(asked))
				failed = errors.Join(failed, err)
				sent++
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	clients.Wait()
	lasted := time.Since(began)
	if failed != nil {
		return 0, failed
	}
	time.Sleep(settle)
	after, err := usageOf(s)
	if err != nil {
		return 0, err
	}
	n := float64(sent)
	to.perSecond = append(to.perSecond, n/lasted.Seconds())
	to.cpu = append(to.cpu, benchboard.Millis(after.cpu-before.cpu)/n)
	to.allocations = append(to.allocations, (after.allocations-before.allocations)/n)
	to.bytes = append(to.bytes, (after.bytes-before.bytes)/n)
	return sent, nil
}

// usage is what the board has used since it started.
type usage struct {
	cpu                time.Duration
	allocations, bytes float64
}

func usageOf(s *benchboard.Server) (usage, error) {
	page, err := s.Do(benchboard.Request{Path: "/metrics", Token: "Bearer " + metricsToken})
	if err != nil {
		return usage{}, err
	}
	var u usage
	if u.allocations, err = metric(page, "go_memstats_mallocs_total"); err != nil {
		return usage{}, err
	}
	if u.bytes, err = metric(page, "go_memstats_alloc_bytes_total"); err != nil {
		return usage{}, err
	}
	u.cpu, err = s.CPU()
	return u, err
}

func metric(page []byte, name string) (value float64, err error) {
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(page)
	if found == nil {
		return 0, fmt.Errorf("the metrics lack %s", name)
	}
	_, err = fmt.Sscan(string(found[1]), &value)
	return value, err
}

// ownCPU returns the CPU time of this process, which includes SQLite's.
func ownCPU() (time.Duration, error) {
	user, system, err := benchboard.OwnCPU()
	return user + system, err
}
