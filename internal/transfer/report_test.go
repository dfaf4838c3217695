package transfer

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"jobboard/internal/transfer/formats"
)

func TestAReportKeepsLittleOfWhatRowsHold(t *testing.T) {
	report := newReport()
	for n := range maxNotes + 100 {
		long := fmt.Sprint(n, strings.Repeat(" ä", 2000))
		report.note("jobs.json", &formats.Job{Skipped: "it is " + long})
		report.add("jobs.json", []result{{action: skipped, skipped: "it is " + long, unknownFields: []string{long}}})
		report.refuse("jobs.json", &formats.Refusal{Item: long, Reason: long})
	}
	if all := report.skipped(); all != 2*(maxNotes+100) || report.Skipped[others] != 200 {
		t.Errorf("%d rows are skipped, %d of them for other reasons; want %d and 200", all, report.Skipped[others], 2*(maxNotes+100))
	}
	for _, counts := range []map[string]int{report.Skipped, report.UnknownFields} {
		if len(counts) > maxNotes+1 {
			t.Errorf("%d names are kept, want at most %d", len(counts), maxNotes+1)
		}
		for name := range counts {
			if length := utf8.RuneCountInString(name); length > maxName {
				t.Fatalf("a name of %d characters is kept", length)
			}
		}
	}
	last := report.Refusals[len(report.Refusals)-1]
	if item, reason := utf8.RuneCountInString(last.Item), utf8.RuneCountInString(last.Reason); item != maxName || reason != maxReason {
		t.Errorf("%d characters of an id and %d of a reason are kept, want %d and %d", item, reason, maxName, maxReason)
	}
}
