// Package transfer brings jobs into the board and data out of it in outside formats, one file per format.
package transfer

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Job is one job as a foreign file has it, whatever the format.
type Job struct {
	// Line is where the row starts in its file, from 1.
	Line int
	// Company is the employer's name; EmployerID its id, which wins where both are given.
	Company, EmployerID string
	// Industry is the text, slug or id of a field of interest of kind industry.
	Industry string
	// Fields are the same for jobs.fields, of any kind; nil leaves the job's own.
	Fields []string
	// Values are values of other fields of the jobs collection, by field. An absent field leaves the job's own value, nil
	// empties it.
	Values map[string]any
	// Ignored lists what the row holds beside that.
	Ignored []string
}

// Refusal says why a row is not taken. It is an error of the row, not of the file.
type Refusal struct {
	Line   int
	Reason string
}

func (r *Refusal) Error() string { return fmt.Sprintf("line %d: %s", r.Line, r.Reason) }

func refuse(line int, format string, args ...any) *Refusal {
	return &Refusal{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// Format reads the jobs of one kind of file.
type Format struct {
	Name string
	// Extensions are those of its files in a folder, with the dot.
	Extensions []string
	// Read gives job after job; of the two values one is set. A *Refusal concerns its row alone, any other error ends the
	// reading.
	Read func(file io.Reader) iter.Seq2[*Job, error]
}

var formats = []Format{jsonLines}

// FormatNames lists the names that FindFormat knows.
func FormatNames() []string {
	names := make([]string, len(formats))
	for i, format := range formats {
		names[i] = format.Name
	}
	return names
}

// FindFormat finds a format by its name.
func FindFormat(name string) (Format, error) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == strings.ToLower(name) })
	if i < 0 {
		return Format{}, fmt.Errorf("unknown format %q; known: %s", name, strings.Join(FormatNames(), ", "))
	}
	return formats[i], nil
}
