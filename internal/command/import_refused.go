package command

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"jobboard/internal/transfer"
)

// refusedFile holds refused rows as JSON Lines: file, line, field, reason and the row, which may be mended and imported again. It gets
// its name at the end, since it may replace the file that is imported. A nil one drops them.
type refusedFile struct {
	path    string
	file    *os.File
	out     *bufio.Writer
	encoder *json.Encoder
	err     error
}

type refusedRow struct {
	File   string          `json:"file"`
	Line   int             `json:"line"`
	Field  string          `json:"field"`
	Reason string          `json:"reason"`
	Row    json.RawMessage `json:"row"`
}

func newRefusedFile(path string) (*refusedFile, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".refused-*")
	if err != nil {
		return nil, fmt.Errorf("write refused rows: %w", err)
	}
	r := &refusedFile{path: path, file: file, out: bufio.NewWriter(file)}
	r.encoder = json.NewEncoder(r.out)
	r.encoder.SetEscapeHTML(false)
	return r, nil
}

func (r *refusedFile) add(refusal transfer.FileRefusal) {
	if r == nil || r.err != nil {
		return
	}
	r.err = r.encoder.Encode(refusedRow{File: refusal.File, Line: refusal.Line, Field: refusal.Field, Reason: refusal.Reason,
		Row: refusal.Row})
}

// keep gives the file its name.
func (r *refusedFile) keep() error {
	if r == nil {
		return nil
	}
	err := errors.Join(r.err, r.out.Flush(), r.file.Close())
	if err == nil {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return fmt.Errorf("write refused rows to %s: %w", r.path, err)
	}
	return nil
}

// discard deletes the file unless it has its name.
func (r *refusedFile) discard() {
	if r != nil {
		_ = r.file.Close()           // it may be closed already
		_ = os.Remove(r.file.Name()) // it may have got its name
	}
}
