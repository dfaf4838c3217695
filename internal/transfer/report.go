package transfer

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"jobboard/collections"
	"jobboard/internal/transfer/formats"
)

// Report counts what an import has done.
type Report struct {
	Created, Updated, Unchanged int
	// Refused counts rows that are not in the board; Failed counts those of them that failed for reasons other than their content.
	Refused, Failed int
	// Skipped counts, by reason, rows that are no jobs for the board.
	Skipped map[string]int
	// Closed counts jobs that were closed since no row named them.
	Closed int
	// Remaining counts rows that an import did not reach because it ended early; MoreRemaining is set if there are more than counted.
	Remaining     int
	MoreRemaining bool
	// Companies counts employers that were created for unknown names.
	Companies int
	// Namesakes are companies that got no job although a row has their name, since nobody has verified them.
	Namesakes []string
	// UnknownFields counts the texts for which no field of interest was found; they were left out.
	UnknownFields map[string]int
	// Ignored counts, by name, the keys of rows that are no fields of a job.
	Ignored map[string]int
	// Notes say which values of rows were left out or assumed, and how often.
	Notes map[formats.Note]*Occurrence
	// MoreNotes counts the notes that are too many to be listed.
	MoreNotes int
	// Refusals says why rows were rejected, in the order of the files, up to 10 000.
	Refusals []FileRefusal
}

// FileRefusal is a rejected row of a file.
type FileRefusal struct {
	File string
	formats.Refusal
}

// Occurrence says where something came first, and how often in all.
type Occurrence struct {
	File        string
	Line, Count int
}

const (
	// maxNotes bounds how many different notes a report holds.
	maxNotes = 2000
	// maxName and maxReason bound how much of a text that a row may hold is kept, in characters: such a text may have megabytes.
	maxName   = 200
	maxReason = 1000
)

func newReport() *Report {
	return &Report{UnknownFields: map[string]int{}, Ignored: map[string]int{}, Skipped: map[string]int{},
		Notes: map[formats.Note]*Occurrence{}}
}

// Rows returns how many rows were read.
func (r *Report) Rows() int { return r.Created + r.Updated + r.Unchanged + r.Refused + r.skipped() }

func (r *Report) skipped() (n int) {
	for _, count := range r.Skipped {
		n += count
	}
	return n
}

// Progress says how many rows are in the board after an import that ended early.
func (r *Report) Progress() string {
	more := ""
	if r.MoreRemaining {
		more = "more than "
	}
	return fmt.Sprintf("%d of %s%d saved; run again to continue", r.Created+r.Updated+r.Unchanged, more, r.Rows()+r.Remaining)
}

func (r *Report) refuse(file string, refusal *formats.Refusal) {
	r.Refused++
	if len(r.Refusals) < maxRefusals {
		brief := *refusal
		brief.Row = nil // thousands of rows may be large
		brief.Item, brief.Reason = collections.Truncate(brief.Item, maxName), collections.Truncate(brief.Reason, maxReason)
		r.Refusals = append(r.Refusals, FileRefusal{file, brief})
	}
}

// note counts what a row leaves out, and the row itself if it is skipped.
func (r *Report) note(file string, job *formats.Job) {
	if job.Skipped != "" {
		countName(r.Skipped, job.Skipped)
		return
	}
	r.count(file, job.Line, job.Notes)
}

func (r *Report) count(file string, line int, notes []formats.Note) {
	for _, note := range notes {
		if r.Notes[note] == nil {
			if len(r.Notes) >= maxNotes {
				r.MoreNotes++
				continue
			}
			r.Notes[note] = &Occurrence{File: file, Line: line}
		}
		r.Notes[note].Count++
	}
}

func (r *Report) add(file string, results []result) {
	for _, result := range results {
		r.count(file, result.line, result.assumed)
		switch result.action {
		case created:
			r.Created++
		case updated:
			r.Updated++
		case unchanged:
			r.Unchanged++
		case skipped:
			countName(r.Skipped, result.skipped)
		}
		if result.newCompany != "" {
			r.Companies++
		}
		if result.namesake != nil {
			r.Namesakes = append(r.Namesakes, result.namesake.String())
		}
		for _, text := range result.unknownFields {
			countName(r.UnknownFields, text)
		}
	}
}

// others is the name under which the names beyond maxNotes are counted.
const others = "others"

// countName counts a name, of which a file may have any number, of any length.
func countName(counts map[string]int, name string) {
	name = collections.Truncate(name, maxName)
	if counts[name] == 0 && len(counts) >= maxNotes {
		name = others
	}
	counts[name]++
}

func sortByLine(refusals []FileRefusal) {
	slices.SortStableFunc(refusals, func(a, b FileRefusal) int { return a.Line - b.Line })
}

// Write prints the report for people.
func (r *Report) Write(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", r.Summary())
	if r.Companies > 0 {
		fmt.Fprintf(&text, "%d companies created; they belong to the board until claimed\n", r.Companies)
	}
	if len(r.Namesakes) > 0 {
		fmt.Fprintf(&text, "Companies of the same name that got no jobs, since they are not verified (--employer allows one): %s\n",
			listed(r.Namesakes))
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintf(&text, "Skipped: %s\n", countsInWords(r.Skipped))
	}
	if len(r.UnknownFields) > 0 {
		fmt.Fprintf(&text, "Unknown fields of interest, left out: %s\n", countsInWords(r.UnknownFields))
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&text, "Unknown fields, ignored: %s\n", countsInWords(r.Ignored))
	}
	r.writeNotes(&text)
	if r.Refused > 0 {
		text.WriteString("Refused:\n")
		for _, refusal := range r.Refusals {
			fmt.Fprintf(&text, "  %s %s\n", refusal.File, refusal.Error())
		}
		if more := r.Refused - len(r.Refusals); more > 0 {
			fmt.Fprintf(&text, "  and %d more\n", more)
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// Summary returns the counts of the report on one line.
func (r *Report) Summary() string {
	text := fmt.Sprintf("%d rows: %d created, %d updated, %d unchanged, %d refused", r.Rows(), r.Created, r.Updated, r.Unchanged, r.Refused)
	if skipped := r.skipped(); skipped > 0 {
		text += fmt.Sprintf(", %d skipped", skipped)
	}
	if r.Closed > 0 {
		text += fmt.Sprintf("; %d jobs closed that no row names", r.Closed)
	}
	return text
}

// writeNotes lists the most frequent notes.
func (r *Report) writeNotes(text *strings.Builder) {
	if len(r.Notes) == 0 {
		return
	}
	notes := slices.SortedFunc(maps.Keys(r.Notes), func(a, b formats.Note) int {
		x, y := r.Notes[a], r.Notes[b]
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(a.Field, b.Field))
	})
	text.WriteString("Values left out or assumed:\n")
	for n, note := range notes {
		if n == 100 {
			fmt.Fprintf(text, "  and %d more\n", len(notes)-n+r.MoreNotes)
			break
		}
		at := r.Notes[note]
		fmt.Fprintf(text, "  %s line %d: %s: %s", at.File, at.Line, note.Field, note.Reason)
		if at.Count > 1 {
			fmt.Fprintf(text, " (%d rows)", at.Count)
		}
		text.WriteByte('\n')
	}
}

// countsInWords returns names with their counts, the most frequent first.
func countsInWords(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%.60s (%d)", name, counts[name])
	}
	return listed(names)
}

// listed returns at most twenty names, and how many more there are.
func listed(names []string) string {
	more := ""
	if len(names) > 20 {
		more = fmt.Sprintf(" and %d more", len(names)-20)
		names = names[:20]
	}
	return strings.Join(names, ", ") + more
}
