package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"jobboard/internal/search/text"
)

// savedIndex returns a folder with a saved index of several files, and its documents.
func savedIndex(t *testing.T, a *text.Analyzer, seed uint64) (dir string, o *oracle) {
	t.Helper()
	dir, o = t.TempDir(), newOracle(a)
	w := newWorld(seed)
	ix := openIndex(t, dir, a)
	r := ix.NewRebuild(1)
	must(t, r.Commit())
	for seq := int64(2); seq < 5; seq++ {
		b := w.batch(200, 100)
		b.Seq = seq
		must(t, ix.Apply(b))
		o.apply(b)
		_, err := ix.Checkpoint() // one file each
		must(t, err)
	}
	must(t, ix.Release())
	return dir, o
}

func openIndex(t *testing.T, dir string, a *text.Analyzer) *Index {
	t.Helper()
	ix, err := Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// recoversAndRebuilds searches a corrupted index, which must return no wrong hits, and rebuilds it.
func recoversAndRebuilds(t *testing.T, ix *Index, o *oracle, seed uint64) {
	t.Helper()
	w := newWorld(seed)
	for range 10 {
		q := w.query(ix.analyzer, 200)
		// order, counts and whether fewer words suffice are not defined while documents are missing
		q.Limit, q.Facets, q.Partial = MaxLimit, nil, false
		got, err := ix.Search(q)
		must(t, err)
		if q.Words.Typing {
			continue // whether the last word is read as a prefix depends on the missing documents
		}
		right := map[string]bool{}
		for _, hit := range o.search(q).Hits {
			right[hit.ID] = true
		}
		for _, hit := range got.Hits {
			if !right[hit.ID] {
				t.Fatalf("%q finds %s, which does not match", q.Words.Source, hit.ID)
			}
		}
	}
	r := ix.NewRebuild(ix.Seq())
	var docs []Document
	for _, d := range o.docs {
		docs = append(docs, *d)
	}
	must(t, r.Add(docs))
	must(t, r.Commit())
	if ix.RebuildReason() != nil {
		t.Fatalf("after a rebuild: %v", ix.RebuildReason())
	}
	for range 4 {
		checkAgrees(t, ix, o, w.query(ix.analyzer, 200))
	}
	_, err := ix.Checkpoint()
	must(t, err)
}

func TestCorruptedFilesAreDetectedAndRebuilt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	t.Parallel()
	a := newAnalyzer(t)
	dir, o := savedIndex(t, a, 1)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	saved := map[string][]byte{}
	for _, path := range files {
		if saved[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 5 { // lock, manifest, three segments
		t.Fatalf("only %v", files)
	}
	w := newWorld(2)
	for _, path := range files {
		name := filepath.Base(path)
		if name == "lock" {
			continue
		}
		whole := saved[path]
		corruptions := map[string]func() error{
			"missing":       func() error { return os.Remove(path) },
			"empty":         func() error { return os.Truncate(path, 0) },
			"a byte longer": func() error { return os.WriteFile(path, append(slices.Clone(whole), 0), 0o600) },
			"a folder":      func() error { return errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "inside"), 0o700)) },
		}
		for range 8 {
			n := w.IntN(len(whole))
			corruptions[fmt.Sprintf("cut at %d", n)] = func() error { return os.Truncate(path, int64(n)) }
		}
		places := []int{0, 4, len(whole) - 1}
		for range 16 {
			places = append(places, w.IntN(len(whole)))
		}
		if name != manifestName {
			for i := range headerBytes {
				places = append(places, i)
			}
		}
		for _, at := range places {
			bit := byte(1) << w.IntN(8)
			corruptions[fmt.Sprintf("bit %08b of byte %d", bit, at)] = func() error {
				bad := slices.Clone(whole)
				bad[at] ^= bit
				return os.WriteFile(path, bad, 0o600)
			}
		}
		i := 0
		for what, corrupt := range corruptions {
			must(t, corrupt())
			ix := openIndex(t, dir, a)
			if ix.RebuildReason() == nil {
				t.Errorf("%s %s: not noticed", name, what)
			}
			changed := map[string][]byte{path: whole}
			if i++; i%10 == 0 || what == "a folder" { // not all, because each takes a while
				recoversAndRebuilds(t, ix, o, uint64(i))
				changed = saved
			}
			must(t, ix.Release())
			for path, raw := range changed {
				must(t, os.RemoveAll(path))
				must(t, os.WriteFile(path, raw, 0o600))
			}
		}
	}
	ix := openIndex(t, dir, a)
	if ix.RebuildReason() != nil {
		t.Fatalf("intact files count as corrupted: %v", ix.RebuildReason())
	}
	for range 20 {
		checkAgrees(t, ix, o, w.query(a, 200))
	}
	must(t, ix.Close())
}

func TestOldFormatIsRebuilt(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	dir, o := savedIndex(t, a, 3)
	segments, err := filepath.Glob(filepath.Join(dir, segmentPrefix+"*"))
	must(t, err)
	raw, err := os.ReadFile(segments[0])
	must(t, err)
	binary.NativeEndian.PutUint32(raw[8:], formatVersion-1)
	binary.NativeEndian.PutUint32(raw[checksumAt:], checksum(raw)) // as the old version would have written it
	must(t, os.WriteFile(segments[0], raw, 0o600))
	ix := openIndex(t, dir, a)
	if !errors.Is(ix.RebuildReason(), errFormat) {
		t.Errorf("an old segment: %v", ix.RebuildReason())
	}
	recoversAndRebuilds(t, ix, o, 3)

	m, err := readManifest(dir, a.Language)
	must(t, err)
	m.Version--
	must(t, m.write(dir))
	must(t, ix.Release())
	ix = openIndex(t, dir, a)
	if !errors.Is(ix.RebuildReason(), errFormat) {
		t.Errorf("an old manifest: %v", ix.RebuildReason())
	}
	recoversAndRebuilds(t, ix, o, 4)
	must(t, ix.Close())
}

// A file that is truncated while it is mapped causes faults; one that is overwritten yields invalid numbers.
func TestFilesThatChangeWhileMapped(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files are read, not mapped")
	}
	a := newAnalyzer(t)
	for name, corrupt := range map[string]func(path string) error{
		"cut off, with several cores": func(path string) error { return os.Truncate(path, 0) },
		"cut off":                     func(path string) error { return os.Truncate(path, 0) },
		"cut in half": func(path string) error {
			info, err := os.Stat(path)
			return errors.Join(err, os.Truncate(path, info.Size()/8192*4096))
		},
		"overwritten": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte(strings.Repeat("\xffgarbage", 30_000)), headerBytes)
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, o := savedIndex(t, a, 5)
			ix := openIndex(t, dir, a)
			if strings.HasSuffix(name, "several cores") {
				ix.parallel = parallelAlways
			}
			segments, err := filepath.Glob(filepath.Join(dir, segmentPrefix+"*"))
			must(t, err)
			must(t, corrupt(segments[1]))
			for _, words := range []string{"nurse", `"project manager"`, "man*", "-java"} {
				_, err := ix.Search(Query{Words: Parse(a, words), Scope: Everything(), Limit: 10, Facets: []string{"type"}})
				if err != nil {
					t.Errorf("%s: %v", words, err)
				}
			}
			// the other operations must work, too
			must(t, ix.Apply(Batch{Delete: []string{"nobody"}}))
			must(t, ix.Maintain())
			ix.Verify()
			if !errors.Is(ix.RebuildReason(), ErrCorrupted) {
				t.Fatalf("not noticed: %v", ix.RebuildReason())
			}
			if _, err := ix.Checkpoint(); err == nil {
				t.Error("a corrupted index is saved")
			}
			recoversAndRebuilds(t, ix, o, 6)
			must(t, ix.Close())
		})
	}
}

// A panic without corruption is a programming error and must not be hidden.
func TestOtherPanicsPropagate(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	defer func() {
		if recover() == nil {
			t.Error("swallowed")
		}
	}()
	ix.read(func(*snapshot) { panic("a mistake") })
}

// The files of a rebuild may be corrupted, and the rebuild aborted for that, while its segments are merged.
func TestPanicInAnAbortedRebuildIsRetried(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	must(t, ix.Apply(Batch{Put: []Document{{ID: "one", Title: "Nurse"}}}))
	r := ix.NewRebuild(1)
	tries := 0
	must(t, ix.withRecovery(func() error {
		if tries++; tries == 1 {
			r.Abort()
			panic("a merge of missing segments")
		}
		return nil
	}))
	if tries != 2 {
		t.Errorf("tried %d times", tries)
	}
}

// A rebuild whose own files are corrupted must not be committed.
func TestRebuildAbortsWhenCorrupted(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	dir := t.TempDir()
	ix := openIndex(t, dir, a)
	r := ix.NewRebuild(1)
	w := newWorld(7)
	var docs []Document
	for i := range 2 * largeSegmentDocs {
		d := w.doc(10)
		d.ID = fmt.Sprint("doc", i)
		docs = append(docs, d)
	}
	must(t, r.Add(docs))
	must(t, r.Flush())
	segments, err := filepath.Glob(filepath.Join(dir, segmentPrefix+"*"))
	must(t, err)
	if len(segments) != 1 {
		t.Fatalf("files: %v", segments)
	}
	must(t, os.Truncate(segments[0], 100))
	ix.Verify()
	if err := r.Commit(); err == nil || ix.RebuildReason() == nil {
		t.Errorf("committed (%v) with rebuild reason %v", err, ix.RebuildReason())
	}
	must(t, ix.Close())
}
