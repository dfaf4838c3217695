package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"jobboard/internal/search/text"
)

// ErrMissing is the Damage of an index that has no files yet.
var errNoIndex = errors.New("there is no search index yet")

// Open opens the index in a folder, which it makes if need be. Files that are missing, damaged or of another
// format are no error: what can be read is served, and Damage tells why the index should be rebuilt. An error means
// that the folder cannot be used at all, for one because another process has it.
func Open(dir string, a *text.Analyzer) (*Index, error) {
	ix := NewMemory(a)
	if err := ix.AttachFolder(dir); err != nil {
		return nil, err
	}
	ix.load()
	return ix, nil
}

// Settle gives an index that lives in memory a folder, which it makes if need be. What the folder holds is not read, and
// goes with the first Checkpoint.
func (ix *Index) AttachFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("search folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	if err := ix.files.attach(dir, lock); err != nil {
		return errors.Join(fmt.Errorf("search folder: %w", err), lock.release())
	}
	return nil
}

// load reads what the manifest names; what goes wrong ends up in damage.
func (ix *Index) load() {
	m, err := readManifest(ix.files.dir, ix.analyzer.Language)
	if errors.Is(err, fs.ErrNotExist) {
		err = errNoIndex
	}
	if err != nil {
		ix.rebuildReason.Store(&err)
		return
	}
	views := make([]*segmentView, len(m.Segments))
	errs := make([]error, len(m.Segments))
	done := make(chan struct{})
	at := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for i := range at {
				one := &m.Segments[i]
				s, err := ix.files.load(one.File, true)
				if err == nil {
					views[i], err = one.view(s)
				}
				errs[i] = err
			}
			done <- struct{}{}
		}()
	}
	for i := range m.Segments {
		at <- i
	}
	close(at)
	for range runtime.GOMAXPROCS(0) {
		<-done
	}
	snap := &snapshot{seq: m.Seq}
	for _, v := range views {
		if v != nil {
			snap.segments = append(snap.segments, v)
		}
	}
	if err := errors.Join(errs...); err != nil {
		ix.rebuildReason.Store(&err)
	}
	ix.current.Store(snap)
}

// Checkpoint saves the index as it is now, so that a restart needs only the changes after the Seq it returns.
// It also sweeps out files that are no longer used. A damaged index is not saved over what tells of the damage: that is
// an error, the Damage.
func (ix *Index) Checkpoint() (seq int64, err error) {
	ix.maintainMu.Lock()
	defer ix.maintainMu.Unlock()
	if ix.files.folder() == "" {
		return ix.Seq(), nil
	}
	if err := ix.withRecovery(ix.mergeUnsaved); err != nil {
		return 0, err
	}
	snap, err := ix.intactSnapshot()
	if err != nil {
		return 0, err
	}
	defer snap.keepAlive()
	saved := &snapshot{seq: snap.seq}
	inFile := map[*segment]*segment{}
	for _, v := range snap.segments {
		if v.file == "" {
			s, err := ix.files.save(v.segment)
			if err != nil {
				return 0, err
			}
			inFile[v.segment] = s
			v = &segmentView{segment: s, deleted: v.deleted, live: v.live}
		}
		saved.segments = append(saved.segments, v)
	}
	m := manifestOf(saved, ix.analyzer.Language)
	if err := m.write(ix.files.dir); err != nil {
		return 0, fmt.Errorf("save search manifest: %w", err)
	}
	ix.useMapped(inFile)
	ix.files.mu.Lock()
	ix.files.err = nil
	ix.files.mu.Unlock()
	return saved.seq, ix.files.removeUnused(m)
}

// whole gives the snapshot, or the damage.
func (ix *Index) intactSnapshot() (*snapshot, error) {
	ix.snapshotMu.Lock() // else what a rebuild has begun could pass for all there is
	defer ix.snapshotMu.Unlock()
	return ix.current.Load(), ix.RebuildReason()
}

// gather merges the small segments that are only in memory, so that they make one file and not many.
func (ix *Index) mergeUnsaved() error {
	snap := ix.current.Load()
	defer snap.keepAlive()
	var small []*segmentView
	for _, v := range snap.segments {
		if v.file == "" && v.live < largeSegmentDocs {
			small = append(small, v)
		}
	}
	if len(small) < 2 {
		return nil
	}
	return ix.merge(small, &ix.current)
}

// swap puts mapped segments in the place of those in memory.
func (ix *Index) useMapped(inFile map[*segment]*segment) {
	ix.snapshotMu.Lock()
	defer ix.snapshotMu.Unlock()
	old := ix.current.Load()
	next := &snapshot{seq: old.seq}
	for _, v := range old.segments {
		if s, ok := inFile[v.segment]; ok {
			v = &segmentView{segment: s, deleted: v.deleted, live: v.live}
		}
		next.segments = append(next.segments, v)
	}
	ix.current.Store(next)
}

// Close saves the index, unless it is damaged, and gives the folder free. It must not be used afterwards.
func (ix *Index) Close() error {
	var err error
	if ix.RebuildReason() == nil {
		_, err = ix.Checkpoint()
	}
	return errors.Join(err, ix.Release())
}

// Abandon gives the folder free without saving, as a crash would.
func (ix *Index) Release() error {
	if ix.files.lock == nil {
		return nil
	}
	return ix.files.lock.release()
}
