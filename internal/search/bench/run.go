package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jobboard/internal/benchboard"
)

// run is a run of all measurements on a board of one size.
type run struct {
	benchboard.Board
	rounds   int
	baseline bool

	published int
	report    report
}

// measure fills the board and runs all measurements.
func (r *run) measure() error {
	began := time.Now()
	if err := r.Fill(); err != nil {
		return fmt.Errorf("fill the board: %w", err)
	}
	if err := r.count(); err != nil {
		return err
	}
	r.logf("board of %d jobs, %d published, filled in %v", r.Corpus.Jobs, r.published, time.Since(began).Round(time.Second))
	if err := r.build(); err != nil {
		return fmt.Errorf("build the index: %w", err)
	}
	if err := r.serve(); err != nil {
		return err
	}
	if err := r.measureInsert(); err != nil {
		return fmt.Errorf("inserts: %w", err)
	}
	if r.baseline {
		r.report.print(os.Stdout) // FTS5 takes long
		if err := r.queryFTS(); err != nil {
			return fmt.Errorf("FTS5: %w", err)
		}
	}
	r.report.print(os.Stdout)
	return nil
}

func (r *run) logf(format string, args ...any) { fmt.Fprintf(os.Stderr, "· "+format+"\n", args...) }

func (r *run) count() (err error) {
	r.published, err = r.Published()
	return err
}

// build starts the board without an index, waits until it has built one, and stops it.
func (r *run) build() (err error) {
	index := filepath.Join(r.Data(), "search")
	if err := os.RemoveAll(index); err != nil {
		return err
	}
	s, err := r.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	if err := s.WaitFor(r.published); err != nil {
		return err
	}
	wall := time.Since(s.Started)
	cpu, err := s.CPU()
	if err != nil {
		return err
	}
	mem, err := s.Memory()
	if err != nil {
		return err
	}
	perSecond := float64(r.Corpus.Jobs) / cpu.Seconds()
	r.report.timeGate("indexing, jobs per second of one core", perSecond, 10_000, "%.0f", atLeast)
	r.report.note("build of the index", fmt.Sprintf("%.1f s, %.1f s of CPU; memory at most %.0f MB, then %.0f MB own",
		wall.Seconds(), cpu.Seconds(), mem.Peak, mem.Own))
	return nil
}

// serve starts the board with its index and measures everything that goes through HTTP.
func (r *run) serve() (err error) {
	s, err := r.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	if err := s.WaitFor(r.published); err != nil {
		return err
	}
	r.report.timeGate("start with the index, s", time.Since(s.Started).Seconds(), 2, "%.2f", atMost)
	size, err := benchboard.FolderMB(filepath.Join(r.Data(), "search"))
	if err != nil {
		return err
	}
	data, err := benchboard.FolderMB(r.Data())
	if err != nil {
		return err
	}
	r.report.note("disk", fmt.Sprintf("index %.0f MB, database %.0f MB", size, data-size))
	if err := s.Login(); err != nil {
		return err
	}
	rest, err := s.Memory()
	if err != nil {
		return err
	}
	steps := []func(*benchboard.Server) error{
		r.comparePages, r.compareFacets, r.measureIdle, r.measureBusy, r.measureLag, r.measureLoad,
	}
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	used, err := s.Memory()
	if err != nil {
		return err
	}
	r.report.note("memory", fmt.Sprintf("own %.0f MB at rest, %.0f MB after all this; mapped files %.0f MB", rest.Own,
		used.Own, used.Mapped))
	return nil
}

// comparePages compares pages by cursor with pages by number.
func (r *run) comparePages(s *benchboard.Server) error {
	differ := 0
	for _, query := range []string{"q=manager", "q=experience+python", "sort=salary&q=python", "sort=newest", "q=man*", "sort=deadline"} {
		cursor := ""
		for number := 1; number <= 10; number++ {
			byNumber, err := s.Search(fmt.Sprintf("%s&perPage=20&page=%d", query, number))
			if err != nil {
				return err
			}
			byCursor, err := s.Search(query + "&perPage=20&cursor=" + url.QueryEscape(cursor))
			if err != nil {
				return err
			}
			if !slices.Equal(byNumber.Items, byCursor.Items) || len(byNumber.Items) == 0 {
				differ++
			}
			cursor = byCursor.NextCursor
		}
	}
	r.report.gate("cursor pages unlike offset pages, of 60", float64(differ), 0, "%.0f", atMost)
	return nil
}

// compareFacets compares the facets with counts in SQL.
func (r *run) compareFacets(s *benchboard.Server) error {
	db, err := benchboard.OpenDB(filepath.Join(r.Data(), "data.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	differ := 0
	for _, filter := range []struct{ query, where string }{
		{"", "1"}, {"&jobType=contract&workplace=remote", "workplace = 'remote'"},
	} {
		p, err := s.Search("perPage=1&facets=jobType" + filter.query)
		if err != nil {
			return err
		}
		rows, err := db.Query("SELECT jobType, count(*) FROM jobs WHERE status = 'published' AND " + filter.where + " GROUP BY 1")
		if err != nil {
			return err
		}
		for rows.Next() {
			var value string
			var n int
			if err := rows.Scan(&value, &n); err != nil {
				return firstOf(err, rows.Close())
			}
			if p.Facets["jobType"][value] != n {
				differ++
			}
		}
		if err := firstOf(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	r.report.gate("facets unlike SQL's counts", float64(differ), 0, "%.0f", atMost)
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func sqlText(s string) string { return strings.ReplaceAll(s, "'", "''") }
