// Package transfer imports jobs from outside formats, one file per format.
package transfer

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Job is one job as read from a file of any format.
type Job struct {
	// Line is the line in the file where the row starts, from 1.
	Line int
	// Company is the employer's name; EmployerID its id, which wins if both are given.
	Company, EmployerID string
	// Industry is the name, slug or id of a field of interest of kind industry.
	Industry string
	// Fields are the names, slugs or ids of fields of interest of any kind, for jobs.fields; nil keeps the job's own.
	Fields []string
	// Values holds the values of other fields of the jobs collection, by field. An absent field keeps the job's own value, nil
	// empties it.
	Values map[string]any
	// Ignored lists the row's other keys.
	Ignored []string
}

// Refusal says why a row is rejected. It is an error of the row, not of the file.
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
	// Extensions are the extensions of its files in a folder, with the dot.
	Extensions []string
	// Read returns the jobs of a file in order; each time, one of the two values is set. A *Refusal concerns its row alone; any
	// other error ends the reading.
	Read func(file io.Reader) iter.Seq2[*Job, error]
}

var formats = []Format{jsonLines}

// FormatNames returns the names that FindFormat knows.
func FormatNames() []string {
	names := make([]string, len(formats))
	for i, format := range formats {
		names[i] = format.Name
	}
	return names
}

// FindFormat returns the format of a name, whatever its case.
func FindFormat(name string) (Format, error) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == strings.ToLower(name) })
	if i < 0 {
		return Format{}, fmt.Errorf("unknown format %q; known: %s", name, strings.Join(FormatNames(), ", "))
	}
	return formats[i], nil
}
