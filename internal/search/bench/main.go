// Command bench measures the search of the real binary over HTTP, on a board of recombined real postings, and prints a table of
// gates: `make bench-search`.
//
// The client shares the machine with the board, so absolute times depend on the machine and on what else is running. Most gates
// are ratios within one run; the others are also judged relative to W (see calibration), which shows how slow the machine is.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"jobboard/internal/benchboard"
)

func main() {
	postings := flag.String("postings", "../shared/data/jobs-real.jsonl", "real postings, one JSON object a line")
	sizes := flag.String("sizes", "100000 1000000", "numbers of jobs; each is a run of its own")
	seed := flag.Uint64("seed", 1, "seed of the recombination")
	binary := flag.String("binary", "dist/jobboard", "path of the board's binary")
	keep := flag.String("keep", "", "folder to keep the boards in and reuse them from")
	rounds := flag.Int("rounds", 300, "requests of each class")
	small := flag.Bool("small", true, "measure the memory of a small board first")
	baseline := flag.Bool("baseline", true, "measure FTS5 too")
	flag.Parse()
	err := func() error {
		source, err := benchboard.ReadPostings(*postings)
		if err != nil {
			return err
		}
		if *small {
			report, err := measureSmall(*binary, source, *seed)
			if err != nil {
				return err
			}
			report.print(os.Stdout)
		}
		for field := range strings.FieldsSeq(*sizes) {
			jobs, err := strconv.Atoi(field)
			if err != nil || jobs < 1000 {
				return fmt.Errorf("size %q: must be a number of at least 1000 jobs", field)
			}
			board := benchboard.Board{Binary: *binary, Corpus: benchboard.NewCorpus(source, *seed, jobs)}
			r := run{Board: board, rounds: *rounds, baseline: *baseline}
			if err := r.inFolder(*keep); err != nil {
				return fmt.Errorf("%d jobs: %w", jobs, err)
			}
		}
		return nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// inFolder measures in a folder of its own, which is removed afterwards unless keep is set.
func (r *run) inFolder(keep string) error {
	if keep != "" {
		r.Dir = filepath.Join(keep, strconv.Itoa(r.Corpus.Jobs))
		return r.measure()
	}
	dir, err := os.MkdirTemp("", "bench-search-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r.Dir = dir
	return r.measure()
}
