//go:build unix

package engine

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// runWithFullDisk is run by a process that may not write files larger than a few KB, as if the disk were full.
func runWithFullDisk(dir string) error {
	a, err := analyzer()
	if err != nil {
		return err
	}
	ix, err := Open(dir, a)
	if err != nil {
		return err
	}
	o, w := newOracle(a), newWorld(11)
	for seq := int64(1); seq <= ix.Seq(); seq++ {
		o.apply(crashBatch(seq))
	}
	signal.Ignore(syscall.SIGXFSZ) // so that a write beyond the limit returns an error
	whole := syscall.Rlimit{}
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		return err
	}
	full := whole
	full.Cur = 4096
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	saved := ix.Seq()
	big := Batch{Seq: saved + 1}
	for i := range largeSegmentDocs { // a segment that is written to a file immediately
		d := w.doc(10)
		d.ID = fmt.Sprintf("doc%04d", i)
		big.Put = append(big.Put, d)
	}
	for _, b := range []Batch{big, crashBatch(saved + 2)} {
		b.Seq = max(b.Seq, saved+1)
		if err := ix.Apply(b); err != nil {
			return fmt.Errorf("apply with a full disk: %w", err)
		}
		o.apply(b)
		if err := ix.Maintain(); err != nil {
			return fmt.Errorf("maintain with a full disk: %w", err)
		}
	}
	if ix.WriteError() == nil {
		return errors.New("the disk is not full")
	}
	if _, err := ix.Checkpoint(); err == nil {
		return errors.New("saved on a full disk")
	}
	ask := func() error {
		q := Query{Words: Parse(a, "nurse"), Scope: Everything(), Limit: MaxLimit, NoSpelling: true, Now: w.now}
		got, err := ix.Search(q)
		if err != nil {
			return err
		}
		want := o.search(q)
		if got.Total != want.Total || len(got.Hits) == 0 || got.Hits[0] != want.Hits[0] {
			return fmt.Errorf("found %d, want %d", got.Total, want.Total)
		}
		return nil
	}
	if err := ask(); err != nil {
		return fmt.Errorf("on a full disk: %w", err)
	}
	if parts, err := filepath.Glob(filepath.Join(dir, "*"+partSuffix)); err != nil || len(parts) > 0 {
		return fmt.Errorf("partial files are left: %v %w", parts, err)
	}
	// a restart now would find the last checkpoint
	m, err := readManifest(dir, a.Language)
	if err != nil || m.Seq != saved {
		return fmt.Errorf("the manifest is at %d, want %d: %w", m.Seq, saved, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		return err
	}
	seq, err := ix.Checkpoint()
	if err != nil || seq != saved+2 || ix.WriteError() != nil || ix.Stats().Unsaved != 0 {
		return fmt.Errorf("after making room: saved up to %d, %+v: %w", seq, ix.Stats(), errors.Join(err, ix.WriteError()))
	}
	return errors.Join(ask(), ix.Close())
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newAnalyzer(t)
	ix := openIndex(t, dir, a)
	must(t, ix.NewRebuild(0).Commit())
	for seq := range int64(3) {
		must(t, ix.Apply(crashBatch(seq+1)))
	}
	must(t, ix.Close())
	if out, err := process(t, "fill the disk", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	reopened := openIndex(t, dir, a)
	if reopened.RebuildReason() != nil || reopened.Seq() != 5 {
		t.Errorf("the reopened index is at %d, rebuild reason %v", reopened.Seq(), reopened.RebuildReason())
	}
	must(t, reopened.Close())
	if _, err := os.Stat(filepath.Join(dir, manifestName)); err != nil {
		t.Error(err)
	}
}
