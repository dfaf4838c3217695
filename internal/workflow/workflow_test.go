package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The moves as the contract has them: from the status at the left to the status above.
//
//	P  employer people, admins and the board itself
//	S  seekers, and the board itself
//	B  the board itself
const (
	applicationTable = `
		                     submitted in_review shortlisted interview_scheduled offered hired rejected withdrawn
		submitted            -         P         P           P                   P       P     P        S
		in_review            -         -         P           P                   P       P     P        S
		shortlisted          -         P         -           P                   P       P     P        S
		interview_scheduled  -         P         P           -                   P       P     P        S
		offered              -         P         P           P                   -       P     P        S
		hired                -         -         -           -                   -       -     -        -
		rejected             -         P         -           -                   -       -     -        -
		withdrawn            -         -         -           -                   -       -     -        -`
	jobTable = `
		           draft published closed expired
		draft      -     P         -      -
		published  -     -         P      B
		closed     -     P         -      -
		expired    -     P         -      -`
)

var parties = map[Party]string{System: "PSB", Admin: "P", EmployerPeople: "P", Seeker: "S"}

func TestApplicationsMoveAsTheContractSays(t *testing.T) {
	checkTable(t, applicationTable, ApplicationStatuses(), NextApplicationStatuses, CanMoveApplication)
}

func TestJobsMoveAsTheContractSays(t *testing.T) {
	checkTable(t, jobTable, JobStatuses(), NextJobStatuses, CanMoveJob)
}

func checkTable(
	t *testing.T, table string, statuses []string,
	next func(string, Party) []string, can func(string, string, Party) bool,
) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(table), "\n")
	targets := strings.Fields(lines[0])
	if !slices.Equal(targets, statuses) || len(lines)-1 != len(statuses) {
		t.Fatalf("the table has %v, there are %v", targets, statuses)
	}
	for i, line := range lines[1:] {
		cells := strings.Fields(line)
		if cells[0] != statuses[i] || len(cells) != len(statuses)+1 {
			t.Fatalf("the line %q is not that of %s", line, statuses[i])
		}
		for party, letters := range parties {
			var want []string
			for k, to := range targets {
				may := strings.Contains(letters, cells[k+1])
				if may {
					want = append(want, to)
				}
				if can(cells[0], to, party) != may {
					t.Errorf("party %d moves from %s to %s: %v, want %v", party, cells[0], to, !may, may)
				}
			}
			got := next(cells[0], party)
			slices.Sort(got)
			slices.Sort(want)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("party %d moves from %s to %v, want %v", party, cells[0], got, want)
			}
		}
	}
	for party := range parties {
		if got := next("nowhere", party); len(got) > 0 {
			t.Errorf("party %d moves from an unknown status to %v", party, got)
		}
	}
}

func TestStagesAndDecisions(t *testing.T) {
	stages := []string{Submitted, InReview, Shortlisted, InterviewScheduled, Offered}
	decided := []string{Hired, Rejected}
	for _, status := range append(ApplicationStatuses(), "", "nowhere") {
		if IsStage(status) != slices.Contains(stages, status) || IsDecided(status) != slices.Contains(decided, status) {
			t.Errorf("%q is a stage: %v, decided: %v", status, IsStage(status), IsDecided(status))
		}
	}
	if got := InitialJobStatuses(); !slices.Equal(got, []string{Draft, Published}) {
		t.Errorf("a job begins as %v", got)
	}
}

func TestStatusIsReadLeniently(t *testing.T) {
	for text, want := range map[string]string{
		"In Review": InReview, "in-review": InReview, "in_review": InReview, " INTERVIEW  scheduled ": InterviewScheduled,
		"hired": Hired, "": "", "_": "",
	} {
		if got := Parse(text); got != want {
			t.Errorf("Parse(%q) = %q, want %q", text, got, want)
		}
	}
}
