package archive_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/demo"
	"jobboard/internal/testapp"
)

// TestRoundTripOfTheDemoBoard moves the demo board with the commands of the real board, as an owner would.
func TestRoundTripOfTheDemoBoard(t *testing.T) {
	t.Parallel()
	testapp.Slow(t, "it fills a whole demo board")
	board := testapp.NewBoard(t, hooks.Bind)
	if err := demo.Claim(board.TestApp); err != nil {
		t.Fatal(err)
	}
	board.Settings().Meta.SenderName = "The Demo"
	if err := board.Save(board.Settings()); err != nil {
		t.Fatal(err)
	}
	old, moved := board.Close(), testapp.Folder(t)
	testapp.StartDemo(t, old).Interrupt()

	before := exportBy(t, old)
	path := filepath.Join(t.TempDir(), "board.zip")
	if out, err := testapp.Run(t, old, "export", path); err != nil {
		t.Fatal(err, out)
	}
	if out, err := testapp.Run(t, moved, "import", path); err != nil || !strings.Contains(out, "Imported ") {
		t.Fatal(err, out)
	}
	after := exportBy(t, moved)
	mustBeSame(t, before, after)
	if rows := strings.Count(before["data/jobs.jsonl"], "\n"); len(before) < 60 || rows < 300 {
		t.Errorf("the archive has %d entries and %d jobs", len(before), rows)
	}
	if !strings.Contains(after["settings.json"], `"senderName": "The Demo"`) {
		t.Errorf("the settings are %s", after["settings.json"])
	}
	// What is derived is as on the old board, and all triggers are back.
	oldDB, newDB := openDatabase(t, old), openDatabase(t, moved)
	for _, query := range []string{
		"SELECT * FROM application_timelines ORDER BY application", "SELECT * FROM employer_people ORDER BY user, employer",
		"SELECT * FROM job_counts WHERE n != 0 ORDER BY status, jobType, workplace, experienceLevel, industry",
		"SELECT * FROM seeker_terms ORDER BY term, seeker", "SELECT name, sql FROM sqlite_schema ORDER BY name, sql",
		"SELECT seq FROM sqlite_sequence WHERE name = 'publications'",
	} {
		if was, is := dump(t, oldDB, query), dump(t, newDB, query); len(was) == 0 || !slices.Equal(was, is) {
			t.Errorf("%s: %d rows on the old board, %d on the new", query, len(was), len(is))
		}
	}
	const queued = "SELECT count(*) FROM notifications WHERE mail = 'pending'"
	if was, is := dump(t, oldDB, queued), dump(t, newDB, queued); !slices.Equal(was, is) {
		t.Errorf("%v mails were waiting, and now %v", was, is)
	}
	out, err := testapp.Run(t, moved, "import", path)
	if err == nil || !strings.Contains(out, "the board is not empty: it has users (101), employers (40), jobs (") {
		t.Errorf("a second import: %v %s", err, out)
	}
	mustBeSame(t, after, exportBy(t, moved))
	mustLetIn(t, moved)
}

// exportBy returns what the command exports from a data folder.
func exportBy(t *testing.T, dir string) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "board.zip")
	if out, err := testapp.Run(t, dir, "export", path); err != nil {
		t.Fatal(err, out)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return unzip(t, raw)
}

func openDatabase(t *testing.T, dir string) *dbx.DB {
	t.Helper()
	db, err := dbx.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
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

// mustLetIn logs in to the moved demo board with the old password and gets a protected and a public file.
func mustLetIn(t *testing.T, dir string) {
	t.Helper()
	board := testapp.Start(t, dir)
	login := board.Call(http.MethodPost, "/api/collections/users/auth-with-password", "",
		fmt.Sprintf(`{"identity":%q,"password":%q}`, demo.SeekerEmail, demo.Password))
	token, _ := login.Body["token"].(string)
	if login.Status != http.StatusOK || token == "" {
		t.Fatalf("log in: %d %s", login.Status, login.Raw)
	}
	fileToken, _ := board.Call(http.MethodPost, "/api/files/token", token, "").Body["token"].(string)
	profiles := board.Call(http.MethodGet, testapp.Records("job_seekers"), token, "").Items()
	if len(profiles) != 1 {
		t.Fatalf("the seeker has the profiles %v", profiles)
	}
	resumes, _ := profiles[0]["resumes"].([]any)
	if len(resumes) == 0 {
		t.Fatalf("the seeker has no resume: %v", profiles[0])
	}
	path := fmt.Sprint("/api/files/job_seekers/", profiles[0]["id"], "/", resumes[0])
	if answer := board.Call(http.MethodGet, path, "", ""); answer.Status != http.StatusNotFound {
		t.Errorf("a guest gets a resume: %d", answer.Status)
	}
	if answer := board.Call(http.MethodGet, path+"?token="+fileToken, "", ""); !strings.HasPrefix(answer.Raw, "%PDF") {
		t.Errorf("the resume: %d %.20q", answer.Status, answer.Raw)
	}
	logos := board.Call(http.MethodGet, testapp.Records("employers")+"?perPage=1&filter=logo!%3D''", "", "").Items()
	if len(logos) != 1 {
		t.Fatalf("the logos are %v", logos)
	}
	path = fmt.Sprint("/api/files/employers/", logos[0]["id"], "/", logos[0]["logo"])
	if answer := board.Call(http.MethodGet, path, "", ""); !strings.HasPrefix(answer.Raw, "\x89PNG") {
		t.Errorf("the logo: %d %.20q", answer.Status, answer.Raw)
	}
}
