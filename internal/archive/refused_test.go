package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/archive"
	"jobboard/internal/testapp"
)

// zipFile writes entries to a zip file, the manifest last.
func zipFile(t *testing.T, entries map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "changed.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	writer := zip.NewWriter(file)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		to, err := writer.Create(name)
		if err == nil {
			_, err = to.Write([]byte(entries[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// refusal is a change of an archive's entries, and the error with which it is refused.
type refusal struct {
	change func(entries map[string]string)
	want   string
}

// replace returns a change that replaces a text of an entry, once.
func replace(t *testing.T, entry, from, to string) func(map[string]string) {
	return func(entries map[string]string) {
		if !strings.Contains(entries[entry], from) {
			t.Fatalf("%s has no %s: %s", entry, from, entries[entry])
		}
		entries[entry] = strings.Replace(entries[entry], from, to, 1)
	}
}

// put returns a change that adds or replaces an entry.
func put(entry, content string) func(map[string]string) {
	return func(entries map[string]string) { entries[entry] = content }
}

// wrongEntries returns changes of the manifest, of the names of entries and of files. user has an avatar.
func wrongEntries(t *testing.T, user *core.Record) map[string]refusal {
	avatar := "files/users/" + user.Id + "/" + user.GetString("avatar")
	return map[string]refusal{
		"no manifest":   {func(e map[string]string) { delete(e, "manifest.json") }, "was not made by jobboard export"},
		"other format":  {replace(t, "manifest.json", "jobboard archive", "another"), `the format is "another"`},
		"other version": {replace(t, "manifest.json", `"version": 1`, `"version": 2`), "version 2 of the format"},
		"older board":   {replace(t, "manifest.json", `"step": "17`, `"step": "16`), "was made by another version of the board"},
		"foreign field": {replace(t, "manifest.json", `"salaryMin"`, `"bonus"`), "does not have: jobs.bonus"},
		"foreign collection": {func(e map[string]string) {
			replace(t, "manifest.json", `"name": "jobs"`, `"name": "gigs"`)(e)
			e["data/gigs.jsonl"] = e[jobs]
			delete(e, jobs)
		}, "does not have: the collection gigs"},
		"way out":         {put("../../evil", "x"), `an entry "../../evil", which leads out of it`},
		"way out of root": {put("/etc/evil", "x"), `an entry "/etc/evil", which leads out of it`},
		"way out by \\":   {put(`..\evil`, "x"), "which leads out of it"},
		"unlisted entry":  {put("data/evil.jsonl", "x"), `an entry "data/evil.jsonl", which its manifest does not list`},
		"lost entry":      {func(e map[string]string) { delete(e, jobs) }, `no entry "data/jobs.jsonl"`},
		"lost file":       {func(e map[string]string) { delete(e, avatar) }, "has 0 files, and its manifest lists 1"},
		"other file": {func(e map[string]string) {
			e["files/users/"+user.Id+"/other.png"] = e[avatar]
			delete(e, avatar)
		}, "the archive does not have the file"},
		"bomb":            {put(avatar, strings.Repeat("\x00", 100<<20)), "which no export makes"},
		"large file":      {put(avatar, png+strings.Repeat("ab", 3<<20)), "more than the 5242880 allowed"},
		"file of no type": {put(avatar, "<script>alert(1)</script>"), "mime type must be one of"},
		"path as name":    {replace(t, users, user.GetString("avatar"), "../../evil"), `"../../evil" is no name of a file`},
		"path as id":      {replace(t, users, user.Id, "../../evil/evil"), "id: must be small letters and digits"},
	}
}

// wrongRows returns changes of rows and settings.
func wrongRows(t *testing.T, original map[string]string, user, owner, employer *core.Record) map[string]refusal {
	return map[string]refusal{
		"twice":          {replace(t, users, owner.Id, user.Id), "data/users.jsonl line 2: another row has the same users.id"},
		"same address":   {replace(t, users, owner.Email(), user.Email()), "another row has the same users.email"},
		"fewer lines":    {put(jobs, ""), "data/jobs.jsonl has not the 1 lines that the manifest lists"},
		"more lines":     {put(jobs, strings.Repeat(original[jobs], 2)), "has not the 1 lines"},
		"no JSON":        {put(jobs, "{\n"), "data/jobs.jsonl line 1: unexpected end of JSON"},
		"unknown field":  {replace(t, jobs, `"title"`, `"bonus":1,"title"`), "data/jobs.jsonl line 1: bonus is no field of jobs"},
		"lost field":     {replace(t, jobs, `"title":"Developer",`, ""), "data/jobs.jsonl line 1: it has no title"},
		"empty title":    {replace(t, jobs, `"title":"Developer"`, `"title":""`), "line 1: title: cannot be blank"},
		"text as number": {replace(t, jobs, `"salaryMin":0`, `"salaryMin":"0"`), "salaryMin: must be a number"},
		"unknown status": {replace(t, jobs, `"status":"published"`, `"status":"lost"`), "status: Invalid value lost"},
		"no date":        {replace(t, jobs, `"closedAt":""`, `"closedAt":"soon"`), "closedAt: must be a date"},
		"open password":  {replace(t, users, `"password":"$2`, `"password":"open`), "password: must be a hash made by bcrypt"},
		"no company": {replace(t, jobs, employer.Id, "abcdefghijklmno"),
			`employer names "abcdefghijklmno", and the archive has no such record of employers`},
		"wrong settings": {replace(t, "settings.json", `"appName": "`, `"secret": "`), `settings.json: json: unknown field "secret"`},
		"empty name":     {replace(t, "settings.json", `"appName": "Job Board"`, `"appName": ""`), "appName: cannot be blank"},
		"wrong table": {put("tables/publications.jsonl", `{"seq":[],"job":""}`+"\n"),
			"tables/publications.jsonl line 1: seq: must be a text"},
	}
}

const users, jobs = "data/users.jsonl", "data/jobs.jsonl"

// TestRefusedArchives changes an archive in one way at a time. None of them may leave anything on the board.
func TestRefusedArchives(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	sam := old.Update(old.Seeker("sam"), map[string]any{"avatar": file(t, "me.png", png)})
	acme, owner := old.Employer("Acme")
	job := old.Job(acme, "Developer")
	original, _ := export(t, old.TestApp)
	board := testapp.NewBoard(t, hooks.Bind)
	for _, refusals := range []map[string]refusal{wrongEntries(t, sam), wrongRows(t, original, sam, owner, acme)} {
		for name, test := range refusals {
			entries := maps.Clone(original)
			test.change(entries)
			_, err := archive.Import(t.Context(), board.TestApp, zipFile(t, entries), archive.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %s", name, err, test.want)
			}
			mustBeEmpty(t, name, board)
		}
	}
	mustRefuseDamaged(t, board, original, "files/users/"+sam.Id+"/"+sam.GetString("avatar"))

	// Only the changes were wrong.
	if _, err := archive.Import(t.Context(), board.TestApp, zipFile(t, original), archive.Options{DryRun: true}); err != nil {
		t.Error(err)
	}
	mustBeEmpty(t, "dry run", board)
	if _, err := archive.Import(t.Context(), board.TestApp, zipFile(t, original), archive.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := board.Reload(job); got.GetString("title") != "Developer" || got.GetString("created") != job.GetString("created") {
		t.Errorf("the job is %v", got)
	}
	// New accounts get keys of their own: nobody has the keys of an account because of an archive.
	if key := board.Reload(sam).TokenKey(); key == "" || key == sam.TokenKey() {
		t.Error("the import kept the key of an account")
	}
}

// mustRefuseDamaged changes bytes of the archive itself, and of one entry's content.
func mustRefuseDamaged(t *testing.T, board *testapp.Board, original map[string]string, entry string) {
	t.Helper()
	whole, err := os.ReadFile(zipFile(t, original))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	middle := slices.IndexFunc(reader.File, func(file *zip.File) bool { return file.Name == entry })
	offset, err := reader.File[middle].DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	offset += int64(reader.File[middle].CompressedSize64) - 10
	for name, content := range map[string][]byte{
		"half": whole[:len(whole)/2], "empty": nil, "no zip": []byte(strings.Repeat("no zip file\n", 1000)),
		"damaged": slices.Concat(whole[:offset], []byte("xx"), whole[offset+2:]),
	} {
		path := filepath.Join(t.TempDir(), "broken.zip")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Import(t.Context(), board.TestApp, path, archive.Options{}); err == nil {
			t.Errorf("%s: imported", name)
		}
		mustBeEmpty(t, name, board)
	}
}

// A file that the old board had lost is no reason to refuse all the others.
func TestImportAcceptsWhatWasMissing(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	sam := old.Update(old.Seeker("sam"), map[string]any{"avatar": file(t, "me.png", png)})
	if err := os.Remove(filepath.Join(old.DataDir(), "storage", sam.BaseFilesPath(), sam.GetString("avatar"))); err != nil {
		t.Fatal(err)
	}
	board := testapp.NewBoard(t, hooks.Bind)
	progress, err := archive.Import(t.Context(), board.TestApp, exportFile(t, old.TestApp), archive.Options{})
	if err != nil || len(progress.Missing) != 1 || board.Reload(sam).GetString("avatar") != sam.GetString("avatar") {
		t.Errorf("missing are %v (%v)", progress.Missing, err)
	}
}

// Triggers that fill derived tables run during an import, and those that write what the archive has do not; one that does both could do
// neither.
func TestNoTriggerWritesBothDerivedAndArchived(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t)
	for _, statement := range dump(t, board.DB(), "SELECT sql FROM sqlite_schema WHERE type = 'trigger'") {
		if derived, archived := archive.Writes(t.Context(), board.TestApp, statement); derived == archived {
			t.Errorf("writes to derived tables: %v, to archived ones: %v\n%s", derived, archived, statement)
		}
	}
}

// The manifest is for people, too.
func TestManifestNamesTheCollectionsInOrder(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t)
	entries, _ := export(t, board.TestApp)
	var manifest struct{ Collections []struct{ Name string } }
	if err := json.Unmarshal([]byte(entries["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for n, c := range manifest.Collections {
		at[c.Name] = n + 1
	}
	for _, pair := range [][2]string{
		{collections.Users, collections.Employers}, {collections.FieldsOfInterest, collections.Employers},
		{collections.Employers, collections.Jobs}, {collections.Jobs, collections.Applications},
		{collections.Applications, collections.ApplicationEvents}, {collections.Applications, collections.UserReviews},
	} {
		if at[pair[0]] == 0 || at[pair[0]] > at[pair[1]] {
			t.Errorf("%s comes after %s", pair[0], pair[1])
		}
	}
	for _, left := range []string{collections.RevokedSessions, collections.Dashboards, "_superusers", collections.SearchIndex} {
		if at[left] != 0 {
			t.Errorf("%s is in the archive", left)
		}
	}
}
