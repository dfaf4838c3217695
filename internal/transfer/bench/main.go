// Command bench measures the import of invented jobs with the real binary, and prints a table: `make bench-import`.
//
// The same rows are inserted by plain SQL into a board of the same schema, with its indexes and triggers, in the same run: the ratio
// says more than the rates, which depend on the machine. Then rows are imported beside a serving board, while people search and apply.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"jobboard/internal/benchboard"
)

func main() {
	b := bench{}
	flag.IntVar(&b.size, "size", 200_000, "number of jobs to import")
	flag.StringVar(&b.binary, "binary", "dist/jobboard", "path of the board's binary")
	flag.IntVar(&b.served, "served", 20_000, "number of jobs of the serving board")
	flag.IntVar(&b.beside, "beside", 0, "number of jobs to import beside it (default: a quarter of size)")
	flag.DurationVar(&b.before, "before", 20*time.Second, "how long searches and applications are measured before that")
	out := flag.String("out", "", "file to write the table to as well")
	flag.Parse()
	b.beside = cmp.Or(b.beside, b.size/4)
	if err := b.main(*out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	binary               string
	size, served, beside int
	before               time.Duration
	dir                  string
	source               *benchboard.Source
	report               strings.Builder
}

func (b *bench) main(out string) (err error) {
	if b.dir, err = os.MkdirTemp("", "import-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.source, err = benchboard.Invent(); err != nil {
		return err
	}
	version, err := exec.Command(b.binary, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", b.binary, err)
	}
	b.printf("# What imports cost\n\nMade by `make bench-import SIZE=%d` with %s, on %d cores, %s.\n\n", b.size,
		strings.TrimSpace(string(version)), runtime.NumCPU(), runtime.Version())
	for _, step := range []func() error{b.alone, b.besideServer} {
		if err := step(); err != nil {
			return err
		}
	}
	if out != "" {
		return os.WriteFile(out, []byte(b.report.String()), 0o600)
	}
	return nil
}

func (b *bench) printf(format string, args ...any) {
	fmt.Fprintf(io.MultiWriter(os.Stdout, &b.report), format, args...)
}

// imported is what one run of the command took.
type imported struct {
	rows   int
	took   time.Duration
	user   time.Duration
	system time.Duration
	peak   int64 // bytes
}

func (i imported) rate() float64 { return float64(i.rows) / i.took.Seconds() }

func (i imported) line(name string) string {
	each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(i.rows) }
	return fmt.Sprintf("| %s | %d | %.1f | %.0f | %.2f | %.2f | %d |\n", name, i.rows, i.took.Seconds(), i.rate(), each(i.user),
		each(i.system), i.peak>>20)
}

// run imports a file into a data folder.
func (b *bench) run(data, file string, rows int) (imported, error) {
	command := exec.Command(b.binary, "import", file, "--dir", data)
	began := time.Now()
	said, err := command.CombinedOutput()
	if err != nil {
		return imported{}, fmt.Errorf("import: %w: %s", err, said)
	}
	if want := fmt.Sprintf("\n%d rows: ", rows); !strings.Contains("\n"+string(said), want) || !strings.Contains(string(said), " 0 refused") {
		return imported{}, fmt.Errorf("the import says: %s", said)
	}
	i := imported{rows: rows, took: time.Since(began), user: command.ProcessState.UserTime(), system: command.ProcessState.SystemTime()}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		i.peak = usage.Maxrss << 10
	}
	return i, nil
}

func (b *bench) writeRows(seed uint64, rows int) (file string, err error) {
	file = filepath.Join(b.dir, fmt.Sprintf("jobs-%d.jsonl", seed))
	out, err := os.Create(file)
	if err != nil {
		return "", err
	}
	defer out.Close() // its error would show in the import
	return file, benchboard.NewCorpus(b.source, seed, rows).WriteRows(out, []string{"software-development", "retail", "hospitals"})
}

const header = "| | rows | seconds | rows/s | user ms a row | system ms a row | peak MB |\n" +
	"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"

// alone imports into an empty board that nobody serves, twice, and inserts the same rows by SQL.
func (b *bench) alone() error {
	file, err := b.writeRows(1, b.size)
	if err != nil {
		return err
	}
	empty, board := filepath.Join(b.dir, "empty"), filepath.Join(b.dir, "board")
	if out, err := exec.Command(b.binary, "migrate", "up", "--dir", empty).CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, out)
	}
	if err := os.CopyFS(board, os.DirFS(empty)); err != nil {
		return err
	}
	first, err := b.run(board, file, b.size)
	if err != nil {
		return err
	}
	again, err := b.run(board, file, b.size)
	if err != nil {
		return err
	}
	raw, err := insertRaw(filepath.Join(board, "data.db"), filepath.Join(empty, "data.db"))
	if err != nil {
		return fmt.Errorf("insert by SQL: %w", err)
	}
	b.printf("Into an empty board that nobody serves, then the same file again, and the same rows by SQL: prepared statements in " +
		"transactions of 100\nrows, through the same driver, with the board's indexes and triggers. CPU time is that of all cores.\n\n" + header)
	b.printf("%s%s%s", first.line("new jobs"), again.line("unchanged jobs"), raw.line("SQL"))
	cpu := func(i imported) float64 { return (i.user + i.system).Seconds() / float64(i.rows) }
	b.printf("\nAn import reaches %.2f of the rate of SQL; a row takes %.1f times the CPU time.\n\n",
		first.rate()/raw.rate(), cpu(first)/cpu(raw))
	for _, folder := range []string{empty, board} {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	return nil
}
