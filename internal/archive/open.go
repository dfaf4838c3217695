package archive

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

const (
	maxManifest = 64 << 20 // it may name many missing files
	maxSettings = 1 << 20
	maxLine     = 16 << 20
	// maxRatio is how many times larger than the archive its content may be. JSON Lines shrink to a tenth or less, a zip bomb to a
	// thousandth.
	maxRatio   = 100
	freelyMade = 64 << 20 // bytes that an archive may hold in any case
)

// archived is an archive that is being read.
type archived struct {
	manifest manifest
	entries  map[string]*zip.File
}

// open reads the manifest and checks the names and sizes of the entries.
func open(reader *zip.Reader) (*archived, error) {
	a := &archived{entries: map[string]*zip.File{}}
	var packed, unpacked uint64
	for _, file := range reader.File {
		if a.entries[file.Name] != nil {
			return nil, fmt.Errorf("the archive has two entries %q", file.Name)
		}
		if !filepath.IsLocal(file.Name) || strings.ContainsAny(file.Name, `\:`) {
			return nil, fmt.Errorf("the archive has an entry %q, which leads out of it", file.Name)
		}
		a.entries[file.Name] = file
		packed += file.CompressedSize64
		unpacked += file.UncompressedSize64
	}
	if unpacked > freelyMade && unpacked/maxRatio > packed {
		return nil, fmt.Errorf("the archive claims to hold %d MB in %d MB, which no export makes", unpacked>>20, packed>>20)
	}
	if a.entries[manifestEntry] == nil {
		return nil, fmt.Errorf("the zip file has no %s: it was not made by jobboard export", manifestEntry)
	}
	if err := a.readManifest(); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestEntry, err)
	}
	return a, a.checkEntries()
}

func (a *archived) readManifest() error {
	from, err := a.open(manifestEntry, maxManifest)
	if err != nil {
		return err
	}
	defer from.Close()
	raw, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	// A later version may have more members, but these it has.
	if err := json.Unmarshal(raw, &a.manifest); err != nil {
		return err
	}
	if a.manifest.Format != formatName {
		return fmt.Errorf("the format is %q, not %q", a.manifest.Format, formatName)
	}
	if a.manifest.Version != formatVersion {
		return fmt.Errorf("the archive has version %d of the format, and this program reads version %d", a.manifest.Version, formatVersion)
	}
	return nil
}

// checkEntries compares the entries with the manifest.
func (a *archived) checkEntries() error {
	expected := map[string]bool{manifestEntry: true, settingsEntry: true}
	for _, c := range a.manifest.Collections {
		expected[dataEntry(c.Name)] = true
	}
	for _, t := range a.manifest.Tables {
		expected[tableEntry(t.Name)] = true
	}
	files := 0
	for name := range a.entries {
		switch {
		case strings.HasPrefix(name, filesFolder):
			files++
		case !expected[name]:
			return fmt.Errorf("the archive has an entry %q, which its manifest does not list", name)
		}
		delete(expected, name)
	}
	for name := range expected {
		return fmt.Errorf("the archive has no entry %q, which its manifest lists", name)
	}
	if files != a.manifest.Files {
		return fmt.Errorf("the archive has %d files, and its manifest lists %d", files, a.manifest.Files)
	}
	return nil
}

// open returns an entry's content, of which at most limit bytes can be read.
func (a *archived) open(name string, limit int64) (io.ReadCloser, error) {
	return openEntry(a.entries[name], limit)
}

func openEntry(file *zip.File, limit int64) (io.ReadCloser, error) {
	from, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	return &limited{from, min(limit, int64(min(file.UncompressedSize64, 1<<62)))}, nil
}

// limited fails when there is more to read than an entry may or claims to hold.
type limited struct {
	from io.ReadCloser
	left int64
}

// Read reads on.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errors.New("it is too large")
	}
	return n, err
}

// Close closes the entry.
func (l *limited) Close() error { return l.from.Close() }

// mustFit refuses an archive of a board with another schema.
func (a *archived) mustFit(list []*core.Collection, tables []tableContent, step string) error {
	theirs, ours := map[string][]string{}, map[string][]string{}
	for _, c := range a.manifest.Collections {
		theirs["collection "+c.Name] = c.Fields
	}
	for _, t := range a.manifest.Tables {
		theirs["table "+t.Name] = t.Columns
	}
	for _, c := range list {
		ours["collection "+c.Name] = fieldNames(c)
	}
	for _, t := range tables {
		ours["table "+t.Name] = t.Columns
	}
	if unknown := missingNames(ours, theirs); len(unknown) > 0 {
		return fmt.Errorf("the archive has what this board does not have: %s. It was made by a newer version, or by a board with "+
			"collections of its own", strings.Join(unknown, ", "))
	}
	lacking := missingNames(theirs, ours)
	if len(lacking) > 0 || a.manifest.Step != step {
		reason := ""
		if len(lacking) > 0 {
			reason = " It lacks: " + strings.Join(lacking, ", ") + "."
		}
		return fmt.Errorf("the archive was made by another version of the board (its last migration is %s, this board's %s).%s "+
			"Let this version make the archive: it brings the old data folder up to date", a.manifest.Step, step, reason)
	}
	return nil
}

// missingNames returns the names of all groups and members that other has, and that has lacks.
func missingNames(has, other map[string][]string) []string {
	var missing []string
	for group, members := range other {
		known, ok := has[group]
		if !ok {
			missing = append(missing, "the "+group)
			continue
		}
		_, name, _ := strings.Cut(group, " ")
		for _, member := range members {
			if !slices.Contains(known, member) {
				missing = append(missing, name+"."+member)
			}
		}
	}
	slices.Sort(missing)
	return missing
}
