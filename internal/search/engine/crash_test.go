//go:build unix

package engine

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// crashIDs is the number of ids: fewer than a page (MaxLimit), so that all documents can be compared, and few enough that
// documents are often replaced and deleted.
const crashIDs = 900

// crashBatch returns the change with this number, which is the same in every process.
func crashBatch(seq int64) Batch {
	b := newWorld(uint64(seq)).batch(crashIDs, 200)
	b.Seq = seq
	return b
}

// writeUntilKilled is run by the process that will be killed: it keeps applying changes, merging and saving.
func writeUntilKilled(dir string) error {
	a, err := analyzer()
	if err != nil {
		return err
	}
	ix, err := Open(dir, a)
	if err != nil {
		return err
	}
	if ix.RebuildReason() != nil {
		if err := ix.NewRebuild(ix.Seq()).Commit(); err != nil {
			return err
		}
	}
	for {
		seq := ix.Seq() + 1
		if err := ix.Apply(crashBatch(seq)); err != nil {
			return err
		}
		if err := ix.Maintain(); err != nil {
			return err
		}
		saved, err := ix.Checkpoint()
		if err != nil {
			return err
		}
		fmt.Println(saved)
	}
}

// TestMain lets a test start its own binary as another process.
func TestMain(m *testing.M) {
	job, dir := os.Getenv("SEARCH_TEST_PROCESS"), os.Getenv("SEARCH_TEST_DIR")
	if run, ok := map[string]func(string) error{"keep writing": writeUntilKilled, "fill the disk": runWithFullDisk}[job]; ok {
		if err := run(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func process(t *testing.T, job, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "SEARCH_TEST_PROCESS="+job, "SEARCH_TEST_DIR="+dir)
	return cmd
}

// An index is intact after its process was killed at any moment, and contains at least what was saved.
func TestKilledProcessLeavesAnIntactIndex(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	t.Parallel()
	dir := t.TempDir()
	a := newAnalyzer(t)
	o, at := newOracle(a), int64(0)
	for round := range 8 {
		cmd := process(t, "keep writing", dir)
		out, err := cmd.StdoutPipe()
		must(t, err)
		cmd.Stderr = os.Stderr
		must(t, cmd.Start())
		saved := make(chan int64, 1)
		started := make(chan struct{})
		go func() {
			last := int64(0)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				n, err := strconv.ParseInt(lines.Text(), 10, 64)
				if err != nil {
					continue
				}
				if last == 0 {
					close(started)
				}
				last = n
			}
			saved <- last
		}()
		<-started
		time.Sleep(time.Duration(30+rand.IntN(150)) * time.Millisecond)
		must(t, cmd.Process.Kill())
		last := <-saved
		if err := cmd.Wait(); err == nil {
			t.Fatal("the process exited by itself")
		}

		ix := openIndex(t, dir, a)
		if err := ix.RebuildReason(); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if ix.Seq() < last {
			t.Fatalf("round %d: saved up to %d, opened at %d", round, last, ix.Seq())
		}
		for ; at < ix.Seq(); at++ {
			o.apply(crashBatch(at + 1))
		}
		w := newWorld(uint64(round))
		for range 3 {
			q := w.query(a, crashIDs)
			q.Limit = 300
			checkAgrees(t, ix, o, q)
		}
		if got := ix.Stats().Documents; got != len(o.docs) {
			t.Fatalf("round %d: %d documents, want %d", round, got, len(o.docs))
		}
		must(t, ix.Release())
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	ix := openIndex(t, dir, a)
	_, err = ix.Checkpoint()
	must(t, err)
	left, err := os.ReadDir(dir)
	must(t, err)
	if most := ix.Stats().Segments + 2; len(left) > most {
		t.Errorf("%d files before, %d after a save, want at most %d: files of the killed process are not removed",
			len(entries), len(left), most)
	}
	must(t, ix.Close())
}
