package api_test

import (
	"testing"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/testapp"
)

func newBoard(t testing.TB) *testapp.Board {
	t.Helper()
	return testapp.NewBoard(t, hooks.Bind, api.Bind)
}

func TestBothSlashFormsAnswerAlike(t *testing.T) {
	board := newBoard(t)
	employer, owner := board.Employer("Acme")
	job := board.Job(employer, "Gopher")
	for _, path := range []string{"/api/jobs/" + job.Id, "/api/jobs/" + job.Id + "/"} {
		got := board.Call(owner, "GET", path, nil)
		if got.Status != 200 || got.Body["title"] != "Gopher" {
			t.Errorf("GET %s: %d %s", path, got.Status, got.Raw)
		}
	}
}
