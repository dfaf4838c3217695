package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"jobboard/internal/search/text"
)

// Saved is the last checkpoint of an index. Its files stay until Release, whatever the index saves meanwhile.
type Saved struct {
	Seq       int64
	Documents int
	Manifest  []byte
	Files     []SavedFile

	files *files
	free  sync.Once
}

// SavedFile is a segment file.
type SavedFile struct {
	Name string `json:"name"` // in the folder
	Sum  string `json:"sum"`  // checksum and length: no two files with other contents have the same
	Size int64  `json:"size"`
}

// Format names the format of an analyzer's index files. Files of another format can't be used.
func Format(a *text.Analyzer) string {
	order := "le"
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		order = "be"
	}
	return fmt.Sprintf("%d-%s-%s", formatVersion, a.Language, order)
}

// Saved returns the last checkpoint of the index.
func (ix *Index) Saved() (*Saved, error) {
	ix.maintainMu.Lock() // no checkpoint meanwhile
	defer ix.maintainMu.Unlock()
	dir := ix.files.folder()
	if dir == "" {
		return nil, errNoIndex
	}
	m, err := readManifest(dir, ix.analyzer.Language)
	if err != nil {
		return nil, err
	}
	s := &Saved{Seq: m.Seq, files: &ix.files}
	if s.Manifest, err = os.ReadFile(filepath.Join(dir, manifestName)); err != nil {
		return nil, err
	}
	for _, one := range m.Segments {
		file, err := savedFile(dir, one.File)
		if err != nil {
			return nil, err
		}
		s.Files = append(s.Files, file)
		s.Documents += one.live()
	}
	ix.files.keep(s.Files, 1)
	return s, nil
}

// live returns the number of documents that are not deleted.
func (one *manifestSegment) live() int {
	deleted := make(bitset, len(one.Deleted)/8)
	for i := range deleted {
		deleted[i] = binary.LittleEndian.Uint64(one.Deleted[8*i:])
	}
	return one.Docs - deleted.count()
}

// Open opens a file for reading.
func (s *Saved) Open(file SavedFile) (*os.File, error) {
	return os.Open(filepath.Join(s.files.folder(), file.Name))
}

// Release lets the index delete the files that it no longer needs, with the next checkpoint.
func (s *Saved) Release() { s.free.Do(func() { s.files.keep(s.Files, -1) }) }

// keep keeps files from being deleted until it has been called as often with -1 as with 1.
func (f *files) keep(list []SavedFile, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range list {
		if f.kept[one.Name] += n; f.kept[one.Name] == 0 {
			delete(f.kept, one.Name)
		}
	}
}

// savedFile reads the head of a segment file.
func savedFile(dir, name string) (s SavedFile, err error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return SavedFile{}, fmt.Errorf("read search segment: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var head [headerBytes]byte
	if _, err := io.ReadFull(file, head[:]); err != nil {
		return SavedFile{}, fmt.Errorf("read search segment %s: %w", name, err)
	}
	return savedFileOf(name, head[:]), nil
}

func savedFileOf(name string, head []byte) SavedFile {
	size := binary.NativeEndian.Uint64(head[16:])
	return SavedFile{Name: name, Sum: fmt.Sprintf("%08x-%x", binary.NativeEndian.Uint32(head[checksumAt:]), size), Size: int64(size)}
}

// HasIndex reports whether a folder holds a saved index, however damaged.
func HasIndex(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, manifestName))
	return err == nil
}

// Receive writes a saved index into a folder without one: the files, which open reads, and in the end the manifest. After an error the
// folder is still without an index.
func Receive(dir string, a *text.Analyzer, manifest []byte, files []SavedFile, open func(SavedFile) (io.ReadCloser, error)) (err error) {
	m, err := parseManifest(manifest, a.Language)
	if err != nil {
		return err
	}
	byName := map[string]SavedFile{}
	for _, file := range files {
		byName[file.Name] = file
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("search folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	var received []string
	defer func() {
		if err != nil {
			for _, path := range received {
				err = errors.Join(err, os.Remove(path))
			}
		}
		err = errors.Join(err, lock.release())
	}()
	for _, one := range m.Segments {
		file, known := byName[one.File]
		if !known || one.File != filepath.Base(one.File) || !strings.HasPrefix(one.File, segmentPrefix) {
			return fmt.Errorf("search manifest: %w: file %q", errBadFile, one.File)
		}
		path := filepath.Join(dir, one.File)
		if err := receiveFile(path, file, open); err != nil {
			return fmt.Errorf("receive search segment %s: %w", file.Sum, err)
		}
		received = append(received, path)
	}
	return writeFile(filepath.Join(dir, manifestName), manifest)
}

// receiveFile writes a segment file if its contents are those that its checksum promises.
func receiveFile(path string, file SavedFile, open func(SavedFile) (io.ReadCloser, error)) (err error) {
	content, err := open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	part, err := os.OpenFile(path+partSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path+partSuffix))
		}
	}()
	_, err = io.Copy(part, io.LimitReader(content, file.Size+1))
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Close()); err != nil {
		return err
	}
	if err := verifyFile(path+partSuffix, file); err != nil {
		return err
	}
	return os.Rename(path+partSuffix, path)
}

func verifyFile(path string, file SavedFile) error {
	data, unmap, err := mapFile(path)
	if err != nil {
		return err
	}
	defer unmap()
	if _, _, err := decode(data, true); err != nil {
		return err
	}
	if got := savedFileOf(file.Name, data); got != file {
		return fmt.Errorf("%w: it is %s", errBadFile, got.Sum)
	}
	return nil
}
