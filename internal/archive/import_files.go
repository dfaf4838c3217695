package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/core/validators"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// namedFile is a file of the archive, and where it belongs in the storage.
type namedFile struct {
	entry *zip.File
	key   string
	types []string // that the field takes, all if empty
}

// noteFile notes a file that a record names. The storage of the exported board may have lacked it, too.
func (i *importer) noteFile(record *core.Record, field *core.FileField, name string) error {
	entry := fileEntry(record.Collection().Name, record.Id, name)
	file := i.archive.entries[entry]
	if file == nil && slices.Contains(i.archive.manifest.Missing, entry) {
		i.progress.Missing = append(i.progress.Missing, entry)
		return nil
	}
	if file == nil {
		return fmt.Errorf("the archive does not have the file %q", name)
	}
	limit := field.MaxSize
	if limit <= 0 {
		limit = core.DefaultFileFieldMaxSize
	}
	if file.UncompressedSize64 > uint64(limit) {
		return fmt.Errorf("the file %q has %d bytes, more than the %d allowed", name, file.UncompressedSize64, limit)
	}
	i.named = append(i.named, namedFile{file, record.Collection().BaseFilesPath() + "/" + record.Id + "/" + name, field.MimeTypes})
	return nil
}

// mustHaveUsed refuses files that no record names, or that several do.
func (a *archived) mustHaveUsed(named []namedFile) error {
	used := make(map[string]bool, len(named))
	for _, file := range named {
		if used[file.entry.Name] {
			return fmt.Errorf("a record names the file %q twice", file.entry.Name)
		}
		used[file.entry.Name] = true
	}
	if len(used) == a.manifest.Files {
		return nil
	}
	for name := range a.entries {
		if len(name) > len(filesFolder) && name[:len(filesFolder)] == filesFolder && !used[name] {
			return fmt.Errorf("the archive has the file %q, which no record names", name)
		}
	}
	return nil
}

// putFiles copies the files into the board's storage.
func (i *importer) putFiles() (err error) {
	storage, err := i.app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the storage: %w", err)
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	storage.SetContext(i.ctx)
	for _, named := range i.named {
		if cause := context.Cause(i.ctx); cause != nil {
			return cause
		}
		size := int64(named.entry.UncompressedSize64)
		file := &filesystem.File{
			Reader: zipped{named.entry}, Name: named.entry.FileInfo().Name(), OriginalName: named.entry.FileInfo().Name(), Size: size,
		}
		if len(named.types) > 0 {
			if err := validators.UploadedFileMimeType(named.types)(file); err != nil {
				return fmt.Errorf("%s: %w", named.entry.Name, err)
			}
		}
		i.put = append(i.put, named.key)
		if err := storage.UploadFile(file, named.key); err != nil {
			return fmt.Errorf("store %s: %w", named.entry.Name, err)
		}
		i.progress.Files++
		i.progress.FileBytes += size
		i.tell()
	}
	return nil
}

// removeFiles removes the files of an import that failed.
func (i *importer) removeFiles(app core.App) (err error) {
	if len(i.put) == 0 {
		return nil
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the storage: %w", err)
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	for _, key := range i.put {
		if failed := storage.Delete(key); failed != nil && !errors.Is(failed, filesystem.ErrNotFound) {
			err = errors.Join(err, fmt.Errorf("remove %s: %w", key, failed))
		}
	}
	return err
}

// zipped opens an entry of a zip file as PocketBase reads files.
type zipped struct{ entry *zip.File }

// Open opens the entry.
func (z zipped) Open() (io.ReadSeekCloser, error) {
	from, err := openEntry(z.entry, int64(z.entry.UncompressedSize64))
	if err != nil {
		return nil, err
	}
	return &rewindable{z.entry, from}, nil
}

// rewindable is an open entry that can be read again from the start.
type rewindable struct {
	entry *zip.File
	io.ReadCloser
}

// Seek goes back to the start, the one place to which it can go.
func (r *rewindable) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.New("an entry of a zip file can only be read again from the start")
	}
	from, err := openEntry(r.entry, int64(r.entry.UncompressedSize64))
	if err != nil {
		return 0, err
	}
	err = r.Close()
	r.ReadCloser = from
	return 0, err
}
