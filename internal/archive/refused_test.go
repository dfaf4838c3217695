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

// TestRefusedArchives changes an archive in one way at a time. None of them may leave anything on the board.
func TestRefusedArchives(t *testing.T) {
	t.Parallel()
	old := testapp.NewBoard(t, hooks.Bind)
	sam := old.Update(old.Seeker("sam"), map[string]any{"avatar": file(t, "me.png", png)})
	avatar := "files/users/" + sam.Id + "/" + sam.GetString("avatar")
	acme, owner := old.Employer("Acme")
	job := old.Job(acme, "Developer")
	original, _ := export(t, old.TestApp)
	board := testapp.NewBoard(t, hooks.Bind)

	replace := func(entry, from, to string) func(map[string]string) {
		return func(entries map[string]string) {
			if !strings.Contains(entries[entry], from) {
				t.Fatalf("%s has no %s: %s", entry, from, entries[entry])
			}
			entries[entry] = strings.Replace(entries[entry], from, to, 1)
		}
	}
	add := func(entry, content string) func(map[string]string) {
		return func(entries map[string]string) { entries[entry] = content }
	}
	users, jobs := "data/users.jsonl", "data/jobs.jsonl"
	for name, test := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"no manifest":   {func(e map[string]string) { delete(e, "manifest.json") }, "was not made by jobboard export"},
		"other format":  {replace("manifest.json", "jobboard archive", "another"), `the format is "another"`},
		"other version": {replace("manifest.json", `"version": 1`, `"version": 2`), "version 2 of the format, and this program reads version 1"},
		"older board":   {replace("manifest.json", `"step": "17`, `"step": "16`), "was made by another version of the board"},
		"foreign field": {replace("manifest.json", `"salaryMin"`, `"bonus"`), "does not have: jobs.bonus"},
		"foreign collection": {func(e map[string]string) {
			replace("manifest.json", `"name": "jobs"`, `"name": "gigs"`)(e)
			e["data/gigs.jsonl"] = e[jobs]
			delete(e, jobs)
		}, "does not have: the collection gigs"},
		"way out":         {add("../../evil", "x"), `an entry "../../evil", which leads out of it`},
		"way out of root": {add("/etc/evil", "x"), `an entry "/etc/evil", which leads out of it`},
		"way out by \\":   {add(`..\evil`, "x"), "which leads out of it"},
		"unlisted entry":  {add("data/evil.jsonl", "x"), `an entry "data/evil.jsonl", which its manifest does not list`},
		"lost entry":      {func(e map[string]string) { delete(e, jobs) }, `no entry "data/jobs.jsonl"`},
		"lost file":       {func(e map[string]string) { delete(e, avatar) }, "has 0 files, and its manifest lists 1"},
		"other file": {func(e map[string]string) {
			e["files/users/"+sam.Id+"/other.png"] = e[avatar]
			delete(e, avatar)
		}, "the archive does not have the file"},
		"bomb":            {add(avatar, strings.Repeat("\x00", 100<<20)), "which no export makes"},
		"large file":      {add(avatar, png+strings.Repeat("ab", 3<<20)), "more than the 5242880 allowed"},
		"file of no type": {add(avatar, "<script>alert(1)</script>"), "mime type must be one of"},
		"path as name":    {replace(users, sam.GetString("avatar"), "../../evil"), `"../../evil" is no name of a file`},
		"path as id":      {replace(users, sam.Id, "../../evil/evil"), "id: must be small letters and digits"},
		"twice":           {replace(users, owner.Id, sam.Id), "data/users.jsonl line 2: another row has the same users.id"},
		"same address":    {replace(users, owner.Email(), sam.Email()), "another row has the same users.email"},
		"fewer lines":     {add(jobs, ""), "data/jobs.jsonl has not the 1 lines that the manifest lists"},
		"more lines":      {add(jobs, strings.Repeat(original[jobs], 2)), "has not the 1 lines"},
		"no JSON":         {add(jobs, "{\n"), "data/jobs.jsonl line 1: unexpected end of JSON"},
		"unknown field":   {replace(jobs, `"title"`, `"bonus":1,"title"`), "data/jobs.jsonl line 1: bonus is no field of jobs"},
		"lost field":      {replace(jobs, `"title":"Developer",`, ""), "data/jobs.jsonl line 1: it has no title"},
		"empty title":     {replace(jobs, `"title":"Developer"`, `"title":""`), "line 1: title: cannot be blank"},
		"text as number":  {replace(jobs, `"salaryMin":0`, `"salaryMin":"0"`), "salaryMin: must be a number"},
		"unknown status":  {replace(jobs, `"status":"published"`, `"status":"lost"`), "status: Invalid value lost"},
		"no date":         {replace(jobs, `"closedAt":""`, `"closedAt":"soon"`), "closedAt: must be a date"},
		"open password":   {replace(users, `"password":"$2`, `"password":"open`), "password: must be a hash made by bcrypt"},
		"no company":      {replace(jobs, acme.Id, "abcdefghijklmno"), `employer names "abcdefghijklmno", and the archive has no such record of employers`},
		"wrong settings":  {replace("settings.json", `"appName": "`, `"secret": "`), `settings.json: json: unknown field "secret"`},
		"empty name":      {replace("settings.json", `"appName": "Job Board"`, `"appName": ""`), "appName: cannot be blank"},
		"wrong table":     {add("tables/publications.jsonl", `{"seq":[],"job":""}`+"\n"), "tables/publications.jsonl line 1: seq: must be a text"},
	} {
		entries := maps.Clone(original)
		test.change(entries)
		_, err := archive.Import(t.Context(), board.TestApp, zipFile(t, entries), archive.Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		mustBeEmpty(t, name, board)
	}

	whole, err := os.ReadFile(zipFile(t, original))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	middle := slices.IndexFunc(reader.File, func(file *zip.File) bool { return file.Name == avatar })
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
	for _, statement := range dump(t, board.TestApp, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'") {
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
