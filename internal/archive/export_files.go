package archive

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// fileName says where a file is in the storage and in the archive.
type fileName struct{ Key, Entry string }

// noteFiles notes the files that a record names.
func (e *exporter) noteFiles(c *core.Collection, fields []core.Field, values []any) error {
	var id string
	for i, field := range fields {
		if field.GetName() == core.FieldNameId {
			id, _ = values[i].(string)
		}
	}
	for i, field := range fields {
		file, ok := field.(*core.FileField)
		stored, _ := values[i].(string)
		if !ok || stored == "" {
			continue
		}
		names := []string{stored}
		if file.IsMultiple() {
			if err := json.Unmarshal([]byte(stored), &names); err != nil {
				return fmt.Errorf("read the names of the files of %s %s: %w", c.Name, id, err)
			}
		}
		for _, name := range names {
			line, err := json.Marshal(fileName{Key: c.BaseFilesPath() + "/" + id + "/" + name, Entry: fileEntry(c.Name, id, name)})
			if err != nil {
				return err
			}
			if _, err := e.nameWriter.Write(append(line, '\n')); err != nil {
				return fmt.Errorf("note the name of a file: %w", err)
			}
			e.progress.TotalFiles++
		}
	}
	return nil
}

// files copies the files that were noted from the board's storage to the archive.
func (e *exporter) files() (err error) {
	if err := e.nameWriter.Flush(); err != nil {
		return fmt.Errorf("note the names of files: %w", err)
	}
	if _, err := e.names.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the names of files: %w", err)
	}
	storage, err := e.app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the storage: %w", err)
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	storage.SetContext(e.ctx)
	noted := json.NewDecoder(bufio.NewReader(e.names))
	for {
		var name fileName
		if err := noted.Decode(&name); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the names of files: %w", err)
		}
		if err := e.file(storage, name); err != nil {
			return err
		}
		e.tell()
	}
}

func (e *exporter) file(storage *filesystem.System, name fileName) (err error) {
	if cause := context.Cause(e.ctx); cause != nil {
		return cause
	}
	from, err := storage.GetReader(name.Key)
	if errors.Is(err, filesystem.ErrNotFound) {
		e.manifest.Missing = append(e.manifest.Missing, name.Entry)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the file %s: %w", name.Key, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := e.zip.CreateHeader(&zip.FileHeader{Name: name.Entry, Method: zip.Deflate, Modified: from.ModTime()})
	if err != nil {
		return err
	}
	size, err := io.Copy(to, from)
	if cause := context.Cause(e.ctx); cause != nil {
		return cause
	}
	if err != nil {
		return fmt.Errorf("archive the file %s: %w", name.Key, err)
	}
	e.manifest.Files++
	e.manifest.FileBytes += size
	e.progress.Files++
	e.progress.FileBytes += size
	return nil
}
