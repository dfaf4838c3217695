package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"jobboard/internal/benchboard"
)

const (
	smallBoard    = 10_000
	smallSearches = 300
)

// measureSmall compares the memory of a small board with that of an empty one, each after a restart and the same searches.
func measureSmall(binary string, s *benchboard.Source, seed uint64) (report, error) {
	var rep report
	dir, err := os.MkdirTemp("", "bench-search-")
	if err != nil {
		return rep, err
	}
	defer os.RemoveAll(dir)
	var own [2]float64
	for i, jobs := range []int{0, smallBoard} {
		r := run{Board: benchboard.Board{Binary: binary, Corpus: benchboard.NewCorpus(s, seed, jobs), Dir: filepath.Join(dir, fmt.Sprint(jobs))}}
		if own[i], err = r.ownMemory(); err != nil {
			return rep, fmt.Errorf("a board of %d jobs: %w", jobs, err)
		}
	}
	rep.gate("memory that 10 000 jobs add, MB", own[1]-own[0], 30, "%.0f", atMost)
	rep.note("memory of the small board", fmt.Sprintf("own %.0f MB with 10 000 jobs, %.0f MB with none", own[1], own[0]))
	return rep, nil
}

// ownMemory returns the board's own memory after a restart and some searches, in MB.
func (r *run) ownMemory() (float64, error) {
	if err := firstOf(r.Fill(), r.count(), r.build()); err != nil {
		return 0, err
	}
	s, err := r.Start()
	if err != nil {
		return 0, err
	}
	mem, err := func() (benchboard.Memory, error) {
		if err := s.WaitFor(r.published); err != nil {
			return benchboard.Memory{}, err
		}
		list := r.classes()
		for i := range smallSearches {
			// one row only, because rows use memory of the database, not of the index
			query := strings.ReplaceAll(list[i%len(list)].query, "perPage=20", "perPage=1")
			if _, err := s.Search(query); err != nil {
				return benchboard.Memory{}, err
			}
		}
		return s.Memory()
	}()
	return mem.Own, firstOf(err, s.Stop())
}
