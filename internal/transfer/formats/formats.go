// Package formats reads jobs from the files of other systems, one file per format. Each format is a stream, so that a file of any size
// takes little memory. What a source says clearly becomes a field of the job; what is not clear is left out, with a note. The package
// knows nothing of the board's database.
package formats

import (
	"encoding/json"
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
	// Item is what reports call the row beside its line, which may be that of many; "" if the line is enough.
	Item string
	// Company is the employer's name; EmployerID its id, which wins if both are given.
	Company, EmployerID string
	// Industry is the name, slug or id of a field of interest of kind industry.
	Industry string
	// Fields are the names, slugs or ids of fields of interest of any kind, for jobs.fields; nil keeps the job's own.
	Fields []string
	// ApplyURL is the address of the job at its source, where people apply.
	ApplyURL string
	// Values holds the values of other fields of the jobs collection, by field. An absent field keeps the job's own value, nil
	// empties it.
	Values map[string]any
	// Defaults are values of required fields about which the source says nothing. They are for new jobs only.
	Defaults map[string]any
	// Notes say which values of the source were left out, and why.
	Notes []Note
	// Skipped says why the job is no job for the board, such as one that is not listed; "" for others.
	Skipped string
	// Closed says why the source has closed the job, whose status is then closed too; "" for others. It is no new job for the board.
	Closed string
	// Ignored lists the row's other keys.
	Ignored []string
}

// Note says why a value of a row was left out or assumed.
type Note struct{ Field, Reason string }

// Refusal says why a row is rejected. It is an error of the row, not of the file.
type Refusal struct {
	Line int
	Item string // as in Job
	// Field is the field that is wrong, "" if it is the row as a whole.
	Field, Reason string
	// Row is what was read of the row, as JSON.
	Row json.RawMessage
	// Unnamed is true if it is not known which job the row is about.
	Unnamed bool
}

func (r *Refusal) Error() string {
	if r.Item != "" {
		return fmt.Sprintf("line %d, %s: %s", r.Line, r.Item, r.Text())
	}
	return fmt.Sprintf("line %d: %s", r.Line, r.Text())
}

// Text returns field and reason.
func (r *Refusal) Text() string {
	if r.Field == "" {
		return r.Reason
	}
	return r.Field + ": " + r.Reason
}

// Options say what a reader can't know from the file alone.
type Options struct {
	// Columns are the columns of a table and the fields they hold, such as "Job Title=title".
	Columns []string
	// ContentType is the media type that a server declares, for its charset.
	ContentType string
	// Page is the address that the file was read from, "" for a local file.
	Page string
	// Show tells people how the file is read, before its first row; it may be nil.
	Show func(text string)
}

// Format reads the jobs of one kind of file.
type Format struct {
	Name string
	// Extensions are the extensions of its files, with the dot.
	Extensions []string
	// OneCompany is true if all jobs of a file are of one company.
	OneCompany bool
	// FollowsNoRedirect is true if a redirect leads to another company or to an error page.
	FollowsNoRedirect bool
	// Read returns the jobs of a file in order; each time, one of the two values is set. A *Refusal concerns its row alone; any
	// other error ends the reading.
	Read func(file io.Reader, options Options) iter.Seq2[*Job, error]
}

var formats = []Format{
	{Name: "jsonl", Extensions: []string{".jsonl", ".ndjson"}, Read: readJSONLines},
	{Name: "csv", Extensions: []string{".csv", ".tsv"}, Read: readCSV},
	{Name: "greenhouse", Extensions: []string{".json"}, OneCompany: true, Read: listReader(convertGreenhouse, "jobs")},
	{Name: "lever", Extensions: []string{".json"}, OneCompany: true, Read: listReader(convertLever, "data", "postings")},
	{Name: "ashby", Extensions: []string{".json"}, OneCompany: true, Read: listReader(convertAshby, "jobs")},
	{Name: "workable", Extensions: []string{".json"}, OneCompany: true, Read: listReader(convertWorkable, "jobs")},
	{Name: "recruitee", Extensions: []string{".json"}, OneCompany: true, Read: listReader(convertRecruitee, "offers")},
	{Name: "personio", Extensions: []string{".xml"}, OneCompany: true, FollowsNoRedirect: true, Read: readPersonio},
	{Name: "indeed", Extensions: []string{".xml"}, Read: readIndeed},
	{Name: "jsonld", Extensions: []string{".html", ".htm", ".json", ".jsonld"}, Read: readJSONLD},
}

// Names returns the names that Find knows.
func Names() []string {
	var names []string
	for _, format := range formats {
		names = append(names, format.Name)
	}
	return names
}

// Find returns the format of a name, whatever its case.
func Find(name string) (Format, error) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == strings.ToLower(name) })
	if i < 0 {
		return Format{}, fmt.Errorf("unknown format %q; known: %s", name, strings.Join(Names(), ", "))
	}
	return formats[i], nil
}
