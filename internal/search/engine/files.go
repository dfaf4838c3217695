package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// files is the folder of an index. A segment is written once, under a new name, and never changed; the manifest
// (manifest.go) lists the segments that make up the index. A file gets its name only when it is complete and on disk: it is
// written under a temporary name, synced and renamed.
type files struct {
	mu   sync.Mutex
	dir  string // "": the index is in memory only
	lock *folderLock
	next int             // number of the next segment file
	used map[string]bool // files that an open segment is mapped from
	kept map[string]int  // files that are being read, and how often: see Saved
	err  error           // the last failed write
}

// ErrLocked is returned by Open when another process has the index open.
var ErrLocked = errors.New("the search index is in use by another process")

const (
	segmentPrefix = "segment-"
	segmentSuffix = ".idx"
	manifestName  = "manifest"
	partSuffix    = ".part"
)

// largeSegmentDocs is the size from which a segment is written to a file as soon as it is built, which frees its memory.
const largeSegmentDocs = 1024

// attach sets the folder, which this process has locked.
func (f *files) attach(dir string, lock *folderLock) error {
	top, err := highestNumber(dir)
	if err = errors.Join(err, removePartial(dir)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dir, f.lock, f.next, f.used, f.kept = dir, lock, top+1, map[string]bool{}, map[string]int{}
	return nil
}

func (f *files) folder() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dir
}

// saveIfLarge moves a large segment to a file. If that fails (say, because the disk is full), the segment stays in memory
// and remains searchable, and WriteError returns the error.
func (f *files) saveIfLarge(s *segment) *segment {
	if s.docs < largeSegmentDocs || f.folder() == "" {
		return s
	}
	mapped, err := f.save(s)
	if err != nil {
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
		return s
	}
	return mapped
}

// save writes a segment to a file and returns it mapped from there.
func (f *files) save(s *segment) (*segment, error) {
	f.mu.Lock()
	name := segmentPrefix + strconv.Itoa(f.next) + segmentSuffix
	f.next++
	f.used[name] = true // until load does so itself
	f.mu.Unlock()
	if err := writeFile(filepath.Join(f.dir, name), s.data); err != nil {
		f.mu.Lock()
		delete(f.used, name)
		f.mu.Unlock()
		return nil, fmt.Errorf("save search segment: %w", err)
	}
	return f.load(name, false)
}

// load maps a segment file.
func (f *files) load(name string, verify bool) (*segment, error) {
	data, unmap, err := mapFile(filepath.Join(f.dir, name))
	if err != nil {
		return nil, fmt.Errorf("open search segment: %w", err)
	}
	s, err := openSegment(data, verify)
	if err != nil {
		unmap()
		return nil, fmt.Errorf("search segment %s: %w", name, err)
	}
	s.file = name
	f.mu.Lock()
	f.used[name] = true
	f.mu.Unlock()
	runtime.AddCleanup(s, func(name string) {
		unmap()
		f.mu.Lock()
		delete(f.used, name)
		f.mu.Unlock()
	}, name)
	return s, nil
}

// writeFile writes a file completely or not at all, even after a power failure.
func writeFile(path string, data []byte) (err error) {
	part, err := os.OpenFile(path+partSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path+partSuffix))
		}
	}()
	if _, err = part.Write(data); err != nil {
		return errors.Join(err, part.Close())
	}
	if err = part.Sync(); err != nil {
		return errors.Join(err, part.Close())
	}
	if err = part.Close(); err != nil {
		return err
	}
	if err = removeFolder(path); err != nil {
		return err
	}
	if err = os.Rename(path+partSuffix, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// removeFolder removes a folder that is in the way of a file, which a rename would not replace.
func removeFolder(path string) error {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil // the rename will report anything else that is wrong
	}
	return os.RemoveAll(path)
}

// removeUnused deletes the files that the manifest does not list and no search still reads.
func (f *files) removeUnused(m manifest) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, one := range m.Segments {
		named[one.File] = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, e := range entries {
		name := e.Name()
		left := strings.HasPrefix(name, segmentPrefix) && !strings.HasSuffix(name, partSuffix)
		if left && !named[name] && !f.used[name] && f.kept[name] == 0 {
			errs = append(errs, os.RemoveAll(filepath.Join(f.dir, name)))
		}
	}
	return errors.Join(errs...)
}

// removePartial deletes the files that a crash left half written.
func removePartial(dir string) error {
	parts, err := filepath.Glob(filepath.Join(dir, "*"+partSuffix))
	if err != nil {
		return err
	}
	for _, p := range parts {
		err = errors.Join(err, os.RemoveAll(p))
	}
	return err
}

// highestNumber returns the highest number of any segment file in the folder.
func highestNumber(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	top := 0
	for _, e := range entries {
		name, _ := strings.CutPrefix(e.Name(), segmentPrefix)
		name, _, _ = strings.Cut(name, ".")
		if n, err := strconv.Atoi(name); err == nil {
			top = max(top, n)
		}
	}
	return top, nil
}
