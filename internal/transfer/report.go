package transfer

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Report counts what an import has done.
type Report struct {
	Created, Updated, Unchanged int
	// Refused counts rows that are not in the board; Failed counts those of them that failed for reasons other than their content.
	Refused, Failed int
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
	// Refusals says why rows were rejected, in the order of the files, up to 10 000.
	Refusals []FileRefusal
}

// FileRefusal is a rejected row of a file.
type FileRefusal struct {
	File string
	Refusal
}

func newReport() *Report {
	return &Report{UnknownFields: map[string]int{}, Ignored: map[string]int{}}
}

// Rows returns how many rows were read.
func (r *Report) Rows() int { return r.Created + r.Updated + r.Unchanged + r.Refused }

// Progress says how many rows are in the board after an import that ended early.
func (r *Report) Progress() string {
	more := ""
	if r.MoreRemaining {
		more = "more than "
	}
	return fmt.Sprintf("%d of %s%d saved; run again to continue", r.Created+r.Updated+r.Unchanged, more, r.Rows()+r.Remaining)
}

func (r *Report) refuse(file string, refusal *Refusal) {
	r.Refused++
	if len(r.Refusals) < maxRefusals {
		r.Refusals = append(r.Refusals, FileRefusal{file, *refusal})
	}
}

func (r *Report) add(results []result) {
	for _, result := range results {
		switch result.action {
		case created:
			r.Created++
		case updated:
			r.Updated++
		case unchanged:
			r.Unchanged++
		}
		if result.newCompany != "" {
			r.Companies++
		}
		if result.namesake != nil {
			r.Namesakes = append(r.Namesakes, result.namesake.String())
		}
		for _, text := range result.unknownFields {
			r.UnknownFields[text]++
		}
	}
}

func sortByLine(refusals []FileRefusal) {
	slices.SortStableFunc(refusals, func(a, b FileRefusal) int { return a.Line - b.Line })
}

// Write prints the report for people.
func (r *Report) Write(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%d rows: %d created, %d updated, %d unchanged, %d refused\n", r.Rows(), r.Created, r.Updated,
		r.Unchanged, r.Refused)
	if r.Companies > 0 {
		fmt.Fprintf(&text, "%d companies created; they belong to the board until claimed\n", r.Companies)
	}
	if len(r.Namesakes) > 0 {
		fmt.Fprintf(&text, "Companies of the same name that got no jobs, since they are not verified (--employer allows one): %s\n",
			listed(r.Namesakes))
	}
	if len(r.UnknownFields) > 0 {
		fmt.Fprintf(&text, "Unknown fields of interest, left out: %s\n", countsInWords(r.UnknownFields))
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&text, "Unknown fields, ignored: %s\n", countsInWords(r.Ignored))
	}
	if r.Refused > 0 {
		text.WriteString("Refused:\n")
		for _, refusal := range r.Refusals {
			fmt.Fprintf(&text, "  %s line %d: %s\n", refusal.File, refusal.Line, refusal.Reason)
		}
		if more := r.Refused - len(r.Refusals); more > 0 {
			fmt.Fprintf(&text, "  and %d more\n", more)
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
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
