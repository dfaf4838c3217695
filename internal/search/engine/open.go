package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"jobboard/internal/search/text"
)

// errNoIndex is the RebuildReason of a folder without index files.
var errNoIndex = errors.New("there is no search index yet")

// Open opens the index in a folder, which it creates if necessary. Files that are missing, corrupted or in another format
// are not an error: the readable ones are served, and RebuildReason says why the index should be rebuilt. An error means
// that the folder cannot be used at all, for example because another process has locked it.
func Open(dir string, a *text.Analyzer) (*Index, error) {
	ix := NewMemory(a)
	if err := ix.AttachFolder(dir); err != nil {
		return nil, err
	}
	ix.load()
	return ix, nil
}

// AttachFolder gives an in-memory index a folder, which it creates if necessary. The folder's contents are not read, and are
// replaced by the first Checkpoint.
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

// load opens the segments that the manifest lists. Failures become the rebuild reason.
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

// Checkpoint saves the index, so that a restart needs only the changes after the Seq it returns, and deletes unused files.
// An index that must be rebuilt is not saved, because that would hide the corruption: the error is then the RebuildReason.
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

// intactSnapshot returns the snapshot, or the reason to rebuild it.
func (ix *Index) intactSnapshot() (*snapshot, error) {
	ix.snapshotMu.Lock() // otherwise the beginning of a rebuild could be taken for the whole index
	defer ix.snapshotMu.Unlock()
	return ix.current.Load(), ix.RebuildReason()
}

// mergeUnsaved merges the small segments that are in memory only, so that they become one file rather than many.
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

// useMapped replaces segments in memory by their mapped files.
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

// Close saves the index, unless it must be rebuilt, and releases the folder. The index must not be used afterwards.
func (ix *Index) Close() error {
	var err error
	if ix.RebuildReason() == nil {
		_, err = ix.Checkpoint()
	}
	return errors.Join(err, ix.Release())
}

// Release releases the folder without saving, as a crash would.
func (ix *Index) Release() error {
	if ix.files.lock == nil {
		return nil
	}
	return ix.files.lock.release()
}
