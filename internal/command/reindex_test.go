package command_test

import (
	"bytes"
	"strings"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/command"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

func TestReindexTellsWhatItDid(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	board.Job(acme, "Baker")
	board.Seeker("sam")
	var out bytes.Buffer
	reindex := command.NewReindexCommand(board.TestApp)
	reindex.SetArgs(nil)
	reindex.SetOut(&out)
	if err := reindex.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.Contains(got, "jobs: 1 documents, ") || !strings.Contains(got, "job_seekers: ") || strings.Contains(got, "running") {
		t.Errorf("it says %q", got)
	}
}
