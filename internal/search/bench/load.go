package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jobboard/internal/benchboard"
)

const (
	savesPerSecond = 200
	manyClients    = 16
	loadTime       = 10 * time.Second
	maxP99         = 20 * time.Millisecond
)

// healthPath is the route of H.
const healthPath = "/api/health"

// rowsPath returns the route of R: 20 jobs by id, which costs as much as a search without the search itself.
func (r *run) rowsPath(i int) string {
	var list []string
	random := r.Corpus.Random(4, i)
	for range 20 {
		list = append(list, benchboard.JobID(random.IntN(r.Corpus.Jobs)))
	}
	return "/api/jobs/?perPage=20&skipTotal=1&ids=" + strings.Join(list, ",")
}

// timings has the times of some rounds: of H, R, W if it was measured, and each class.
type timings struct {
	health, rows, w benchboard.Durations
	classes         []benchboard.Durations
}

// measureRounds measures all of them in turn, so that a disturbance of the machine affects all alike.
func (r *run) measureRounds(s *benchboard.Server, rounds int, w *calibration) (timings, error) {
	list := r.classes()
	all := timings{classes: make([]benchboard.Durations, len(list))}
	timed := func(into *benchboard.Durations, path string) error {
		began := time.Now()
		_, err := s.Get(path)
		*into = append(*into, time.Since(began))
		return err
	}
	for i := range rounds {
		if err := firstOf(timed(&all.health, healthPath), timed(&all.rows, r.rowsPath(i))); err != nil {
			return all, err
		}
		if w != nil {
			once, err := w.measure()
			if err != nil {
				return all, err
			}
			all.w = append(all.w, once)
		}
		for c := range list {
			if err := timed(&all.classes[c], "/api/jobs/search/?"+list[c].query); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// measureIdle measures one client alone.
func (r *run) measureIdle(s *benchboard.Server) error {
	w, err := r.openCalibration()
	if err != nil {
		return err
	}
	defer w.db.Close()
	if _, err := r.measureRounds(s, 5, w); err != nil { // warms up
		return err
	}
	took, err := r.measureRounds(s, r.rounds, w)
	if err != nil {
		return err
	}
	r.report.health, r.report.rows, r.report.w = took.health.At(0.5), took.rows.At(0.5), took.w.At(0.5)
	r.report.gate("R / H", ratio(r.report.rows, r.report.health), 10, "%.1f", atMost)
	for i, c := range r.classes() {
		p, err := s.Search(c.query)
		if err != nil {
			return err
		}
		r.report.classes = append(r.report.classes, classResult{class: c, total: p.TotalItems, idle: took.classes[i]})
	}
	return nil
}

// measureBusy measures one client beside 200 saves a second.
func (r *run) measureBusy(s *benchboard.Server) error {
	stop := r.startSaves(s)
	took, err := r.measureRounds(s, r.rounds, nil)
	saves, errSaves := stop()
	if err := firstOf(err, errSaves); err != nil {
		return err
	}
	for i := range took.classes {
		r.report.classes[i].busy = took.classes[i]
	}
	r.report.note("saves beside", saves)
	r.report.note("H and R beside the saves, p50 / p99 ms", fmt.Sprintf("%.2f / %.2f and %.2f / %.2f", took.health.MillisAt(0.5),
		took.health.MillisAt(0.99), took.rows.MillisAt(0.5), took.rows.MillisAt(0.99)))
	mem, err := s.Memory()
	if err != nil {
		return err
	}
	r.report.note("memory under writes", fmt.Sprintf("own %.0f MB, most ever resident %.0f MB", mem.Own, mem.Peak))
	return nil
}

// startSaves updates jobs at a constant rate until stop is called, which returns a summary.
func (r *run) startSaves(s *benchboard.Server) (stop func() (string, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	due := make(chan int, savesPerSecond)
	began := time.Now()
	go func() {
		defer close(due)
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(began.Add(time.Duration(i) * time.Second / savesPerSecond))):
			}
			select {
			case due <- i:
			default: // the board is a second behind; the summary shows the rate that it reached
			}
		}
	}()
	var mu sync.Mutex
	var took benchboard.Durations
	var failed error
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for i := range due {
				job := r.Corpus.Random(5, i).IntN(r.Corpus.Jobs)
				sent := time.Now()
				_, err := s.Send(http.MethodPatch, fmt.Sprintf("/api/collections/jobs/records/job%012d", job),
					map[string]any{"title": fmt.Sprintf("%s %d", r.Corpus.Title(r.Corpus.Random(6, job)), time.Now().UnixNano()%1000)})
				mu.Lock()
				took = append(took, time.Since(sent))
				failed = firstOf(failed, err)
				mu.Unlock()
			}
		})
	}
	return func() (string, error) {
		cancel()
		workers.Wait()
		return fmt.Sprintf("%.0f a second (of %d), p50 %.1f ms, p99 %.1f ms",
			float64(len(took))/time.Since(began).Seconds(), savesPerSecond, took.MillisAt(0.5), took.MillisAt(0.99)), failed
	}
}

// measureLag measures the time from the response to a save until a search finds the change, beside other saves.
func (r *run) measureLag(s *benchboard.Server) error {
	stop := r.startSaves(s)
	var lag benchboard.Durations
	err := func() error {
		for i := range 200 {
			word := fmt.Sprintf("k%d", time.Now().UnixNano())
			id := benchboard.JobID(r.Corpus.Random(7, i).IntN(r.Corpus.Jobs))
			change := map[string]any{"title": "Keeper of " + word, "status": "published"}
			if _, err := s.Send(http.MethodPatch, "/api/collections/jobs/records/"+id, change); err != nil {
				if !strings.Contains(err.Error(), "400") {
					return err
				}
				continue // some closed jobs cannot be published again
			}
			saved := time.Now()
			for {
				p, err := s.Search("q=" + word + "&fields=id")
				if err != nil {
					return err
				}
				if len(p.Items) == 1 && p.Items[0].ID == id { // otherwise the hit may come from a spelling correction
					break
				}
				if time.Since(saved) > 10*time.Second {
					return fmt.Errorf("a change cannot be found after 10 s")
				}
			}
			lag = append(lag, time.Since(saved))
		}
		return nil
	}()
	_, errSaves := stop()
	if err := firstOf(err, errSaves); err != nil {
		return err
	}
	r.report.timeGate("visible after commit, p99 ms", lag.MillisAt(0.99), 100, "%.1f", atMost)
	r.report.note("visible after commit", fmt.Sprintf("p50 %.1f ms of %d", lag.MillisAt(0.5), len(lag)))
	return nil
}

// measureLoad measures many clients, at full load and at 40 % of its throughput.
func (r *run) measureLoad(s *benchboard.Server) error {
	list := r.classes()
	mix := func(i int) string { return "/api/jobs/search/?" + list[i%len(list)].query }
	rows, _, err := load(s, r.rowsPath, 0)
	if err != nil {
		return err
	}
	searches, _, err := load(s, mix, 0)
	if err != nil {
		return err
	}
	r.report.gate("16 clients saturated, throughput ÷ R's", searches/rows, 0.2, "%.2f", atLeast)
	r.report.note("16 clients saturated", fmt.Sprintf("%.0f searches a second, all classes in turn; R's route %.0f", searches, rows))
	_, took, err := load(s, mix, searches*0.4)
	if err != nil {
		return err
	}
	r.report.timeGate("16 clients at 40 %, p99 ms", took.MillisAt(0.99), benchboard.Millis(maxP99), "%.1f", atMost)
	r.report.note("16 clients at 40 %", fmt.Sprintf("p50 %.1f ms", took.MillisAt(0.5)))
	return nil
}

// load sends requests from many clients for loadTime: as fast as possible, or at a constant total rate of pace per second. In
// that case the time of a request is counted from when it was due, so that a stall counts for every request that it delayed.
func load(s *benchboard.Server, path func(i int) string, pace float64) (perSecond float64, took benchboard.Durations, err error) {
	var next atomic.Int64
	var mu sync.Mutex
	var clients sync.WaitGroup
	began := time.Now()
	for range manyClients {
		clients.Go(func() {
			for {
				i := next.Add(1) - 1
				due := time.Now()
				if pace > 0 {
					due = began.Add(time.Duration(float64(i) / pace * float64(time.Second)))
					time.Sleep(time.Until(due))
				}
				if time.Since(began) > loadTime {
					return
				}
				_, failed := s.Get(path(int(i)))
				mu.Lock()
				took = append(took, time.Since(due))
				err = firstOf(err, failed)
				mu.Unlock()
				if failed != nil {
					return
				}
			}
		})
	}
	clients.Wait()
	return float64(len(took)) / time.Since(began).Seconds(), took, err
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(1, b)) }
