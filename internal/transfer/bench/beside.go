package main

import (
	"cmp"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"jobboard/collections"
	"jobboard/internal/benchboard"
)

const (
	seekers     = 64
	searchEvery = 50 * time.Millisecond
	applyEvery  = 100 * time.Millisecond
	followLimit = 2 * time.Minute
)

func seekerID(i int) string { return fmt.Sprintf("skr%012d", i) }

// seed writes the people who search and apply.
func seed(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	users, err := benchboard.NewUsers(tx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(benchboard.TimeLayout)
	for i := range seekers {
		if err := users.Insert(seekerID(i), fmt.Sprint("Seeker ", i), collections.RoleJobSeeker); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO job_seekers (user, headline, skills, experienceYears, preferredWorkplaces, visibility, created, updated)
			VALUES (?, 'Engineer', '["python","sql","go"]', 5, '["remote"]', ?, ?, ?3)`, seekerID(i), collections.VisibilityAppliedOnly, now)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// besideServer imports beside a serving board, whose people search and apply before and meanwhile.
func (b *bench) besideServer() error {
	corpus := benchboard.NewCorpus(b.source, 2, b.served)
	board := benchboard.Board{Binary: b.binary, Dir: filepath.Join(b.dir, "served"), Corpus: corpus, Seed: seed}
	if err := board.Fill(); err != nil {
		return fmt.Errorf("fill the board: %w", err)
	}
	file, err := b.writeRows(3, b.beside)
	if err != nil {
		return err
	}
	server, err := board.Start()
	if err != nil {
		return err
	}
	defer server.Stop() // an error of it would show in the figures
	people, err := newPeople(server, board)
	if err != nil {
		return err
	}
	if err := people.await(b.served * 9 / 10); err != nil { // a few are closed
		return err
	}
	shown, err := server.Search("perPage=1")
	if err != nil {
		return err
	}
	if err := people.live(func() error { time.Sleep(b.before / 4); return nil }); err != nil { // to warm up
		return err
	}
	people.forget()
	if err := people.live(func() error { time.Sleep(b.before); return nil }); err != nil {
		return err
	}
	before := people.forget()
	var done imported
	var ended time.Time
	err = people.live(func() (err error) {
		done, err = b.run(board.Data(), file, b.beside)
		ended = time.Now()
		return err
	})
	if err != nil {
		return err
	}
	during := people.forget()
	published, err := board.Published()
	if err != nil {
		return err
	}
	if err := people.await(published); err != nil {
		return err
	}
	lag := time.Since(ended)
	b.printf("Beside a serving board of %d jobs, whose people search 20 times and apply 10 times a second. It found %d jobs before the "+
		"import, and\n%d within %.1f s after its end.\n\n"+header+"%s\n", b.served, shown.TotalItems, published, lag.Seconds(),
		done.line("new jobs"))
	b.printf("| | p50 before, ms | during | p99 before, ms | during | ratio of p99 |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for i, name := range []string{"search", "apply"} {
		b.printf("| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, before[i].MillisAt(0.5), during[i].MillisAt(0.5),
			before[i].MillisAt(0.99), during[i].MillisAt(0.99), during[i].MillisAt(0.99)/before[i].MillisAt(0.99))
	}
	return b.fanOut(board)
}

// fanOut says whom the board has notified of the imported jobs.
func (b *bench) fanOut(board benchboard.Board) error {
	db, err := benchboard.OpenDB(filepath.Join(board.Data(), "data.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	count := func(query string) (n int, err error) { return n, db.QueryRow(query).Scan(&n) }
	const summaries = "SELECT count(*) FROM notifications WHERE kind = '" + collections.KindJobPublished + "'"
	queued, err := count("SELECT count(*) FROM fanouts")
	if err != nil {
		return err
	}
	for end := time.Now().Add(followLimit); time.Now().Before(end); time.Sleep(time.Second) {
		if left, err := count("SELECT count(*) FROM fanouts"); err != nil || left == 0 {
			break
		}
	}
	sent, err := count(summaries)
	if err != nil {
		return err
	}
	b.printf("\n%d of the jobs were published less than a week ago. The %d seekers got %d notifications of them.\n", queued, seekers, sent)
	return nil
}

// people search and apply.
type people struct {
	server *benchboard.Server
	corpus *benchboard.Corpus
	tokens []string
	jobs   []string // published ones
	mu     sync.Mutex
	times  [2]benchboard.Durations // of searches and of applications
	sent   [2]int
}

func newPeople(server *benchboard.Server, board benchboard.Board) (*people, error) {
	p := &people{server: server, corpus: board.Corpus}
	for i := range seekers {
		token, err := server.TokenOf(collections.Users, benchboard.EmailOf(seekerID(i)))
		if err != nil {
			return nil, err
		}
		p.tokens = append(p.tokens, token)
	}
	db, err := benchboard.OpenDB(filepath.Join(board.Data(), "data.db"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	p.jobs, err = benchboard.Texts(db, "SELECT id FROM jobs WHERE status = 'published' ORDER BY id")
	return p, err
}

// await waits until a search finds so many jobs.
func (p *people) await(jobs int) error {
	var last error
	for end := time.Now().Add(followLimit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		page, err := p.server.Search("perPage=1") // an error is that the index is being built
		if err == nil && page.TotalItems >= jobs {
			return nil
		}
		last = err
	}
	return fmt.Errorf("the search does not find %d jobs: %w", jobs, last)
}

// live lets people search and apply until do returns.
func (p *people) live(do func() error) error {
	stop := make(chan struct{})
	var all sync.WaitGroup
	errs := make([]error, 2)
	for kind, every := range []time.Duration{searchEvery, applyEvery} {
		all.Go(func() { errs[kind] = p.repeat(kind, every, stop) })
	}
	err := do()
	close(stop)
	all.Wait()
	return cmp.Or(err, errs[0], errs[1])
}

// repeat sends a request of a kind every so often, whether or not the one before has been answered.
func (p *people) repeat(kind int, every time.Duration, stop chan struct{}) error {
	var all sync.WaitGroup
	defer all.Wait()
	failed := make(chan error, 1)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return nil
		case err := <-failed:
			return err
		case <-ticker.C:
		}
		request := p.next(kind)
		all.Go(func() {
			began := time.Now()
			if _, err := p.server.Do(request); err != nil {
				select {
				case failed <- err:
				default:
				}
				return
			}
			p.mu.Lock()
			p.times[kind] = append(p.times[kind], time.Since(began))
			p.mu.Unlock()
		})
	}
}

func (p *people) next(kind int) benchboard.Request {
	i := p.sent[kind]
	p.sent[kind]++
	if kind == 0 {
		r := p.corpus.Random(9, i)
		return benchboard.Request{Path: "/api/jobs/search/?" + "perPage=20&q=" + url.QueryEscape(p.corpus.Title(r))}
	}
	return benchboard.Request{Method: http.MethodPost, Path: "/api/jobs/" + p.jobs[i%len(p.jobs)] + "/applications/",
		Token: p.tokens[i%seekers], Status: http.StatusCreated, Body: benchboard.JSON(map[string]string{"coverLetter": "I would like to."})}
}

// forget returns the times so far, and begins anew.
func (p *people) forget() [2]benchboard.Durations {
	p.mu.Lock()
	defer p.mu.Unlock()
	times := p.times
	p.times = [2]benchboard.Durations{}
	return times
}
