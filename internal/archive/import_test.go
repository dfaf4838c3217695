package archive_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/archive"
	"jobboard/internal/testapp"
)

// exportFile writes the board's archive to a file.
func exportFile(t *testing.T, app core.App) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "board.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := archive.Export(t.Context(), app, file, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// dump returns the rows of a query as texts.
func dump(t *testing.T, db dbx.Builder, query string) []string {
	t.Helper()
	rows, err := db.NewQuery(query).Rows()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprint(values))
	}
	return list
}

func TestImportKeepsWhatIsDue(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	sam := old.Seeker("sam")
	acme, owner := old.Employer("Acme")
	job := old.Job(acme, "Developer", map[string]any{"source": "feed", "externalId": "1"})
	old.Record(collections.SavedSearches, map[string]any{
		"seeker": sam.Id, "name": "Mine", "query": map[string]any{"q": "nurse"}, "frequency": "daily",
	})
	old.Application(sam, job)
	old.Record(collections.APIKeys, map[string]any{"employer": acme.Id, "name": "ATS", "scopes": []string{"jobs:read"}})
	for _, query := range []string{
		"INSERT INTO deadline_reminders (job, audience, deadline) VALUES ('" + job.Id + "', 'savers', '2099-01-01 00:00:00.000Z')",
		"INSERT INTO job_visitors (hash) VALUES (7)",
		"DELETE FROM publications", // the sequence goes on where it was
		"UPDATE notifications SET mail = 'sent', mailAt = '2026-01-02 03:04:05.678Z', dedupe = 'once' WHERE user = '" + owner.Id + "'",
	} {
		if _, err := old.DB().NewQuery(query).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	board := testapp.NewBoard(t, hooks.Bind)
	if _, err := archive.Import(t.Context(), board.TestApp, exportFile(t, old.TestApp), archive.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"SELECT * FROM fanouts", "SELECT id, hash FROM api_keys", "SELECT * FROM employer_people", "SELECT * FROM deadline_reminders",
		"SELECT * FROM digest_positions", "SELECT * FROM job_days",
		"SELECT user, kind, mail, mailAt, dedupe FROM notifications ORDER BY id", "SELECT seq FROM sqlite_sequence WHERE name = 'publications'",
	} {
		if was, is := dump(t, old.DB(), query), dump(t, board.DB(), query); len(was) == 0 || !slices.Equal(was, is) {
			t.Errorf("%s: %v on the old board, %v on the new", query, was, is)
		}
	}
	if rows := dump(t, board.DB(), "SELECT hash FROM job_visitors"); len(rows) > 0 {
		t.Errorf("the visitors of the day moved too: %v", rows)
	}
	if rows := dump(t, board.DB(), "SELECT * FROM publications"); len(rows) > 0 {
		t.Errorf("the import published %v", rows)
	}
	board.Job(board.Reload(acme), "Another")
	if rows := dump(t, board.DB(), "SELECT seq FROM publications"); !slices.Equal(rows, []string{"[2]"}) {
		t.Errorf("the next publications are %v", rows)
	}
}

func TestInterruptedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	for _, name := range []string{"ann", "ben"} {
		old.Update(old.Seeker(name), map[string]any{"avatar": file(t, "me.png", png)})
	}
	path := exportFile(t, old.TestApp)
	board := testapp.NewBoard(t, hooks.Bind)
	reason := errors.New("interrupted")
	for name, when := range map[string]func(archive.Progress) bool{
		"at a row":   func(p archive.Progress) bool { return p.Rows == 5 },
		"at a file":  func(p archive.Progress) bool { return p.Files == 1 },
		"in dry run": func(p archive.Progress) bool { return p.Rows == 5 },
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := archive.Import(ctx, board.TestApp, path, archive.Options{DryRun: name == "in dry run", Report: func(p archive.Progress) {
			if when(p) {
				cancel(reason)
			}
		}})
		if !errors.Is(err, reason) {
			t.Errorf("%s: %v", name, err)
		}
		mustBeEmpty(t, name, board)
	}
}

// png is a picture of one pixel.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa3\x9a\x8b\x9d\x00\x00\x00\x00IEND\xaeB`\x82"

// mustBeEmpty fails the test unless the board is as it was when it was made.
func mustBeEmpty(t *testing.T, name string, board *testapp.Board) {
	t.Helper()
	for _, query := range []string{
		"SELECT id FROM users", "SELECT id FROM jobs", "SELECT seq FROM publications", "SELECT user FROM employer_people",
	} {
		if rows := dump(t, board.DB(), query); len(rows) > 0 {
			t.Errorf("%s: %s has %d rows", name, query, len(rows))
		}
	}
	if fields := dump(t, board.DB(), "SELECT id FROM fields_of_interest"); len(fields) < 300 {
		t.Errorf("%s: %d fields of interest are left", name, len(fields))
	}
	left, err := filepath.Glob(filepath.Join(board.DataDir(), "storage", "*", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%s: the storage holds %v (%v)", name, left, err)
	}
}
