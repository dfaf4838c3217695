package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// archive is a zip file that is being written.
type archive struct {
	ctx   context.Context
	file  *os.File
	zip   *zip.Writer
	added map[string]bool
}

func newArchive(ctx context.Context, path string) (*archive, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	a := &archive{ctx: ctx, file: file, zip: zip.NewWriter(file), added: map[string]bool{}}
	a.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return a, nil
}

func (a *archive) close() error { return errors.Join(a.zip.Close(), a.file.Close()) }

// addFolder adds all files of a folder that are not in the archive yet, under their paths in it.
func (a *archive) addFolder(root string, exclude []string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return unlessGone(err)
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		switch {
		case entry.IsDir() && excluded(name, exclude):
			return fs.SkipDir
		case entry.IsDir(), excluded(name, exclude), a.added[name]:
			return nil
		}
		return unlessGone(a.addFile(name, path))
	})
}

// unlessGone drops the error of a file that was deleted meanwhile: the row that named it is gone, too, or will be.
func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// addFile adds a file under a name. Sockets and other special files are left out.
func (a *archive) addFile(name, path string) (err error) {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a link to a folder, which backups don't follow", path)
	case !info.Mode().IsRegular():
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, header.Method = name, zip.Deflate
	to, err := a.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		return fmt.Errorf("add %s: %w", path, err)
	}
	a.added[name] = true
	return nil
}
