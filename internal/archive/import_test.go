package archive_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/archive"
	"jobboard/internal/demo"
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
func dump(t *testing.T, app core.App, query string) []string {
	t.Helper()
	rows, err := app.DB().NewQuery(query).Rows()
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

func TestRoundTripOfTheDemoBoard(t *testing.T) {
	t.Parallel()
	testapp.Slow(t, "it fills a whole demo board")
	old := testapp.NewBoard(t, hooks.Bind)
	if _, err := demo.Seed(old.TestApp, time.Now(), demo.Password); err != nil {
		t.Fatal(err)
	}
	old.Settings().Meta.SenderName = "The Demo"
	if err := old.Save(old.Settings()); err != nil {
		t.Fatal(err)
	}
	path := exportFile(t, old.TestApp)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := unzip(t, raw)

	board := testapp.NewBoard(t, hooks.Bind)
	sent := board.TestMailer.TotalSend()
	progress, err := archive.Import(t.Context(), board.TestApp, path, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	after, _ := export(t, board.TestApp)
	mustBeSame(t, before, after)
	if len(before) < 60 || progress.Files < 60 || progress.Rows < 3000 {
		t.Errorf("imported %+v, the archive has %d entries", progress, len(before))
	}
	if now := board.TestMailer.TotalSend(); now != sent {
		t.Errorf("the import sent %d mails", now-sent)
	}
	if name := board.Settings().Meta.SenderName; name != "The Demo" {
		t.Errorf("the sender is %q", name)
	}
	// What is derived is as on the old board, and all triggers are back.
	for _, query := range []string{
		"SELECT * FROM application_timelines ORDER BY application", "SELECT * FROM employer_people ORDER BY user, employer",
		"SELECT * FROM job_counts WHERE n != 0 ORDER BY status, jobType, workplace, experienceLevel, industry",
		"SELECT * FROM seeker_terms ORDER BY term, seeker", "SELECT name, sql FROM sqlite_schema ORDER BY name, sql",
		"SELECT seq FROM sqlite_sequence WHERE name = 'publications'",
	} {
		if was, is := dump(t, old.TestApp, query), dump(t, board.TestApp, query); len(was) == 0 || !slices.Equal(was, is) {
			t.Errorf("%s: %d rows on the old board, %d on the new", query, len(was), len(is))
		}
	}
	mustLetIn(t, board)

	_, err = archive.Import(t.Context(), board.TestApp, path, archive.Options{})
	if err == nil || !strings.Contains(err.Error(), "the board is not empty: it has users (101), employers (40), jobs (") {
		t.Errorf("a second import: %v", err)
	}
	again, _ := export(t, board.TestApp)
	mustBeSame(t, after, again)
}

// mustBeSame compares two archives but for their manifests, which say when they were made.
func mustBeSame(t *testing.T, before, after map[string]string) {
	t.Helper()
	if was, is := slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)); !slices.Equal(was, is) {
		t.Errorf("the archives have the entries %v and %v", was, is)
	}
	for name, content := range before {
		if name != "manifest.json" && after[name] != content {
			t.Errorf("%s differs:\n%.300s\n%.300s", name, content, after[name])
		}
	}
}

// mustLetIn logs in to the demo board with the old password and gets a protected and a public file.
func mustLetIn(t *testing.T, board *testapp.Board) {
	t.Helper()
	login := board.Call(nil, http.MethodPost, "/api/collections/users/auth-with-password",
		map[string]any{"identity": demo.SeekerEmail, "password": demo.Password})
	token, _ := login.Body["token"].(string)
	if login.Status != http.StatusOK || token == "" {
		t.Fatalf("log in: %d %s", login.Status, login.Raw)
	}
	fileToken, _ := board.CallWithToken(token, http.MethodPost, "/api/files/token", nil).Body["token"].(string)
	profile, err := board.FindFirstRecordByFilter(collections.JobSeekers, "user.email = '"+demo.SeekerEmail+"'")
	if err != nil || len(profile.GetStringSlice("resumes")) == 0 {
		t.Fatalf("the seeker has no resume: %v", err)
	}
	path := "/api/files/job_seekers/" + profile.Id + "/" + profile.GetStringSlice("resumes")[0]
	if answer := board.Call(nil, http.MethodGet, path, nil); answer.Status != http.StatusNotFound {
		t.Errorf("a guest gets a resume: %d", answer.Status)
	}
	if answer := board.Call(nil, http.MethodGet, path+"?token="+fileToken, nil); !strings.HasPrefix(answer.Raw, "%PDF") {
		t.Errorf("the resume: %d %.20q", answer.Status, answer.Raw)
	}
	employer, err := board.FindFirstRecordByFilter(collections.Employers, "logo != ''")
	if err != nil {
		t.Fatal(err)
	}
	path = "/api/files/employers/" + employer.Id + "/" + employer.GetString("logo")
	if answer := board.Call(nil, http.MethodGet, path, nil); !strings.HasPrefix(answer.Raw, "\x89PNG") {
		t.Errorf("the logo: %d %.20q", answer.Status, answer.Raw)
	}
}

// What was still to be done when the archive was made is done by the new board, and what was done is not done again.
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
		"SELECT * FROM fanouts", "SELECT * FROM deadline_reminders", "SELECT * FROM digest_positions", "SELECT * FROM job_days",
		"SELECT user, kind, mail, mailAt, dedupe FROM notifications ORDER BY id", "SELECT seq FROM sqlite_sequence WHERE name = 'publications'",
	} {
		if was, is := dump(t, old.TestApp, query), dump(t, board.TestApp, query); len(was) == 0 || !slices.Equal(was, is) {
			t.Errorf("%s: %v on the old board, %v on the new", query, was, is)
		}
	}
	if rows := dump(t, board.TestApp, "SELECT hash FROM job_visitors"); len(rows) > 0 {
		t.Errorf("the visitors of the day moved too: %v", rows)
	}
	if rows := dump(t, board.TestApp, "SELECT * FROM publications"); len(rows) > 0 {
		t.Errorf("the import published %v", rows)
	}
	board.Job(board.Reload(acme), "Another")
	if rows := dump(t, board.TestApp, "SELECT seq FROM publications"); !slices.Equal(rows, []string{"[2]"}) {
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
		if rows := dump(t, board.TestApp, query); len(rows) > 0 {
			t.Errorf("%s: %s has %d rows", name, query, len(rows))
		}
	}
	if fields := dump(t, board.TestApp, "SELECT id FROM fields_of_interest"); len(fields) < 300 {
		t.Errorf("%s: %d fields of interest are left", name, len(fields))
	}
	left, err := filepath.Glob(filepath.Join(board.DataDir(), "storage", "*", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%s: the storage holds %v (%v)", name, left, err)
	}
}
