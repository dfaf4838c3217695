package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name       string
	path       string // of the file to copy, or ""
	content    []byte
	executable bool
}

func (e entry) read() ([]byte, error) {
	if e.path == "" {
		return e.content, nil
	}
	return os.ReadFile(e.path)
}

// mode is the same whatever the umask of the checkout was.
func (e entry) mode() os.FileMode {
	if e.executable {
		return 0o755
	}
	return 0o644
}

// writeTar writes a .tar.gz. Names and times of owners are left out, so that the same files make the same bytes.
func writeTar(path string, entries []entry, at time.Time) error {
	return writeFile(path, func(file io.Writer) error {
		packed, err := gzip.NewWriterLevel(file, gzip.BestCompression)
		if err != nil {
			return err
		}
		archive := tar.NewWriter(packed)
		for _, e := range entries {
			content, err := e.read()
			if err != nil {
				return err
			}
			header := &tar.Header{Name: e.name, Mode: int64(e.mode()), Size: int64(len(content)), ModTime: at, Format: tar.FormatPAX}
			if err := archive.WriteHeader(header); err != nil {
				return fmt.Errorf("add %s: %w", e.name, err)
			}
			if _, err := archive.Write(content); err != nil {
				return fmt.Errorf("add %s: %w", e.name, err)
			}
		}
		return errors.Join(archive.Close(), packed.Close())
	})
}

// writeZip writes a .zip, the same bytes for the same files.
func writeZip(path string, entries []entry, at time.Time) error {
	return writeFile(path, func(file io.Writer) error {
		archive := zip.NewWriter(file)
		for _, e := range entries {
			content, err := e.read()
			if err != nil {
				return err
			}
			header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
			header.SetMode(e.mode())
			to, err := archive.CreateHeader(header)
			if err != nil {
				return fmt.Errorf("add %s: %w", e.name, err)
			}
			if _, err := to.Write(content); err != nil {
				return fmt.Errorf("add %s: %w", e.name, err)
			}
		}
		return archive.Close()
	})
}

func writeFile(path string, fill func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return fill(file)
}
