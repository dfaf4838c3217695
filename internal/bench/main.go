// Command bench measures what requests cost the real binary, on a board of invented jobs, and prints a table: `make bench`.
//
// Each kind of request is sent by many clients at once for a moment, in several rounds, and beside it SQLite does the same reads and
// writes without a board around it. The clients share the machine with the board, so requests a second and times say less than the
// CPU time of the board's process, and that says most as a ratio within one run: to /api/health, which is the cost of HTTP, and to the
// SQL.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"jobboard/internal/benchboard"
)

func main() {
	r := run{clients: 16}
	size := flag.Int("size", 200_000, "number of jobs")
	flag.StringVar(&r.board.Binary, "binary", "dist/jobboard", "path of the board's binary")
	flag.DurationVar(&r.each, "each", 1500*time.Millisecond, "how long each kind of request is sent in a round")
	flag.IntVar(&r.rounds, "rounds", 3, "number of rounds")
	flag.DurationVar(&r.idle, "idle", time.Minute, "how long the board is watched at rest")
	only := flag.String("only", "", "a regular expression that the names of the measured requests match")
	keep := flag.String("keep", "", "folder to keep the filled board in; the next run takes a copy of it")
	out := flag.String("out", "", "file to write the table to as well")
	flag.Parse()
	if err := r.main(*size, *only, *keep, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (r *run) main(size int, only, keep, out string) (err error) {
	if size < minSize {
		return fmt.Errorf("size %d: must be at least %d", size, minSize)
	}
	if r.only, err = regexp.Compile(only); err != nil {
		return fmt.Errorf("only: %w", err)
	}
	source, err := benchboard.Invent()
	if err != nil {
		return err
	}
	r.board.Corpus = benchboard.NewCorpus(source, 1, size)
	r.board.Seed = r.seed
	if r.board.Dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.board.Dir)
	if keep != "" {
		kept := r.board
		kept.Dir = filepath.Join(keep, fmt.Sprint(size))
		if err := kept.Fill(); err != nil {
			return fmt.Errorf("fill the board: %w", err)
		}
		if err := os.CopyFS(r.board.Dir, os.DirFS(kept.Dir)); err != nil {
			return fmt.Errorf("copy the board: %w", err)
		}
	} else if err := r.board.Fill(); err != nil {
		return fmt.Errorf("fill the board: %w", err)
	}
	if err := r.measure(); err != nil {
		return err
	}
	to := []io.Writer{os.Stdout}
	if out != "" {
		file, err := os.Create(out)
		if err != nil {
			return err
		}
		defer file.Close()
		to = append(to, file)
	}
	return r.write(io.MultiWriter(to...))
}
