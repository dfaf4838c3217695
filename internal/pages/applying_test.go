package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/jobstats"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/testapp"
)

func TestPagesLeadToWhereOneApplies(t *testing.T) {
	board := newBoard(t, "en", testapp.With(jobstats.Bind, jobstats.Options{}))
	employer, _ := board.Employer("Acme Works")
	const elsewhere, address = "https://acme.example/apply?id=1&x=2", "hr@acme.example"
	byURL := board.Job(employer, "Apply", map[string]any{"applyMethod": "url", "applyUrl": elsewhere})
	byMail := board.Job(employer, "Cook", map[string]any{"applyMethod": "email", "applyEmail": address})
	onBoard := board.Job(employer, "Gardener")

	to := pageurl.ApplyElsewhere(byURL.Id)
	if got := get(board, to); got.Status != 303 || got.Header.Get("Location") != elsewhere ||
		got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("X-Robots-Tag") == "" {
		t.Errorf("%s: %d %v", to, got.Status, got.Header)
	}
	// A title must not make a job's page this address.
	if page := get(board, pageurl.Job(byURL.Id, "Apply")); page.Status != 200 || !strings.Contains(page.Raw, `href="`+to+`"`) ||
		!strings.Contains(page.Raw, "acme.example") {
		t.Errorf("the page of a job elsewhere: %d %s", page.Status, page.Raw)
	}
	if page := get(board, pageurl.Job(byMail.Id, "Cook")); page.Status != 200 || strings.Contains(page.Raw, address) {
		t.Errorf("the page of a job by e-mail: %d", page.Status)
	}
	for _, job := range []string{byMail.Id, onBoard.Id} {
		got := get(board, pageurl.ApplyElsewhere(job))
		if to := got.Header.Get("Location"); got.Status != 303 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
			strings.Contains(to, address) {
			t.Errorf("applying to %s leads to %d %q", job, got.Status, to)
		}
	}

	for _, path := range []string{pageurl.Job(onBoard.Id, "Gardener"), pageurl.Job(onBoard.Id, "Gardener"), "/jobs/" + onBoard.Id,
		pageurl.Picture(onBoard.Id), pageurl.Jobs, pageurl.Feed, "/companies/acme-works"} {
		get(board, path)
	}
	today := time.Now().UTC()
	for id, want := range map[string]jobstats.Figures{
		onBoard.Id: {Views: 2, Visitors: 1}, byURL.Id: {Views: 1, Visitors: 1, ApplyClicks: 1}, byMail.Id: {Views: 1, Visitors: 1},
	} {
		if stats, err := jobstats.Read(board.TestApp, id, today, today); err != nil || stats.Totals != want {
			t.Errorf("counted %+v (%v), want %+v", stats.Totals, err, want)
		}
	}

	past := dbx.Params{"deadline": time.Now().Add(-time.Second).UTC().Format("2006-01-02 15:04:05.000Z")}
	if _, err := board.DB().Update("jobs", past, dbx.HashExp{"id": byURL.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	if got := get(board, to); got.Header.Get("Location") != pageurl.Job(byURL.Id, "Apply") {
		t.Errorf("past its deadline: %d %q", got.Status, got.Header.Get("Location"))
	}
	board.Update(byURL, map[string]any{"status": "closed"})
	if got := get(board, to); got.Status != 301 || got.Header.Get("Location") != pageurl.Job(byURL.Id, "Apply") {
		t.Errorf("closed: %d %q", got.Status, got.Header.Get("Location"))
	}
	draft := board.Job(employer, "Draft", map[string]any{"status": "draft", "applyMethod": "url", "applyUrl": elsewhere})
	for _, id := range []string{draft.Id, "nosuchjob000000"} {
		if got := get(board, pageurl.ApplyElsewhere(id)); got.Status != 404 {
			t.Errorf("%s: %d", id, got.Status)
		}
	}
}
