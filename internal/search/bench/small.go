package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	smallBoard    = 10_000
	smallSearches = 300
)

// measureSmall compares the memory of a small board with that of an empty one, each after a restart and the same searches.
func measureSmall(binary string, s *source, seed uint64) (report, error) {
	var rep report
	dir, err := os.MkdirTemp("", "bench-search-")
	if err != nil {
		return rep, err
	}
	defer os.RemoveAll(dir)
	var own [2]float64
	for i, jobs := range []int{0, smallBoard} {
		r := run{binary: binary, corpus: newCorpus(s, seed, jobs), dir: filepath.Join(dir, fmt.Sprint(jobs))}
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
	if err := firstOf(r.fill(), r.count(), r.build()); err != nil {
		return 0, err
	}
	s, err := r.start()
	if err != nil {
		return 0, err
	}
	mem, err := func() (memory, error) {
		if err := s.waitFor(r.published); err != nil {
			return memory{}, err
		}
		list := r.corpus.classes()
		for i := range smallSearches {
			// one row only, because rows use memory of the database, not of the index
			query := strings.ReplaceAll(list[i%len(list)].query, "perPage=20", "perPage=1")
			if _, err := s.search(query); err != nil {
				return memory{}, err
			}
		}
		return s.memory()
	}()
	return mem.own, firstOf(err, s.stop())
}
