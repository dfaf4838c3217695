package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// importedFiles returns the paths of the files to read, sorted by name. Of a folder these are the files of the format, or of any format
// that may be told by their content, but not the one that is written.
func importedFiles(path string, format *formats.Format, written string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		known := formats.Known(entry.Name())
		if format != nil {
			known = slices.Contains(format.Extensions, formats.Extension(entry.Name()))
		}
		file := filepath.Join(path, entry.Name())
		if known && !entry.IsDir() && !sameFile(file, written) {
			files = append(files, file)
		}
	}
	switch {
	case len(files) > 0:
		return files, nil
	case format != nil:
		return nil, fmt.Errorf("%s holds no file of the format %s (%s)", path, format.Name, strings.Join(format.Extensions, ", "))
	}
	return nil, fmt.Errorf("%s holds no file of jobs", path)
}

func sameFile(one, other string) bool {
	x, err := os.Stat(one)
	if err != nil || other == "" {
		return false
	}
	y, err := os.Stat(other)
	return err == nil && os.SameFile(x, y)
}

func importFile(ctx context.Context, importer *transfer.Importer, format *formats.Format, path string, terminal io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // only read from
	info, err := file.Stat()
	if err != nil {
		return err
	}
	progress := newImportProgress(terminal, filepath.Base(path), info.Size(), importer.Report().Rows())
	importer.Progress = progress.rows
	buffered := bufio.NewReaderSize(progress.reader(file), formats.HeadSize)
	return importer.Detect(ctx, filepath.Base(path), format, buffered, transfer.FileSource)
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
