package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/archive"
	"jobboard/internal/testapp"
)

// export returns the entries of the board's archive by name.
func export(t *testing.T, app core.App) (map[string]string, archive.Progress) {
	t.Helper()
	var out bytes.Buffer
	progress, err := archive.Export(t.Context(), app, &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	return unzip(t, out.Bytes()), progress
}

func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, file := range reader.File {
		from, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		entries[file.Name] = string(content)
	}
	return entries
}

// rows decodes an entry of JSON Lines.
func rows(t *testing.T, entry string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(entry) {
		row := map[string]any{}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, row)
	}
	return list
}

func file(t *testing.T, name, content string) *filesystem.File {
	t.Helper()
	made, err := filesystem.NewFileFromBytes([]byte(content), name)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestExportHoldsTheBoardAndNoSecrets(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	board.Superuser("root")
	sam := board.Seeker("sam")
	acme, _ := board.Employer("Acme & Söhne")
	job := board.Job(acme, "Developer", map[string]any{"skills": []string{"go", "c++"}, "salaryMin": 1234.5, "deadline": "2099-01-31"})
	application := board.Record(collections.Applications, map[string]any{
		"seeker": sam.Id, "job": job.Id, "documents": []any{file(t, "cv.txt", "my CV"), file(t, "letter.txt", "my letter")},
	})
	settings := board.Settings()
	settings.Meta.AppName, settings.SMTP.Password, settings.S3.Secret = "Our Board", "mail-secret", "storage-secret"
	if err := board.Save(settings); err != nil {
		t.Fatal(err)
	}
	sam = board.Reload(sam)

	entries, progress := export(t, board.TestApp)
	var manifest struct {
		Format      string
		Collections []struct {
			Name   string
			Fields []string
			Rows   int
		}
		Files   int
		Missing []string
	}
	if err := json.Unmarshal([]byte(entries["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, c := range manifest.Collections {
		list := rows(t, entries["data/"+c.Name+".jsonl"])
		total += c.Rows
		stored, err := board.CountRecords(c.Name)
		if err != nil || int(stored) != c.Rows || len(list) != c.Rows {
			t.Errorf("%s has %d rows (%v), the archive %d, its manifest says %d", c.Name, stored, err, len(list), c.Rows)
		}
		for _, row := range list {
			if len(row) != len(c.Fields) {
				t.Errorf("%s has the fields %v, a row is %v", c.Name, c.Fields, row)
			}
		}
	}
	if total == 0 || progress.Rows < total || manifest.Files != 2 || progress.Files != 2 || len(manifest.Missing) > 0 {
		t.Errorf("exported %+v, the manifest says %+v", progress, manifest)
	}

	user := rows(t, entries["data/users.jsonl"])[0]
	if user["id"] != sam.Id || user["password"] != sam.GetString("password:hash") || user["verified"] != true || user["deactivatedAt"] != "" ||
		user["created"] != sam.GetString("created") {
		t.Errorf("the user is %v", user)
	}
	exported := rows(t, entries["data/jobs.jsonl"])[0]
	skills, _ := exported["skills"].([]any)
	if exported["salaryMin"] != 1234.5 || !slices.Equal(skills, []any{"go", "c++"}) || exported["applicationCount"] != 1.0 ||
		exported["description"] != job.GetString("description") {
		t.Errorf("the job is %v", exported)
	}
	if !strings.Contains(entries["data/employers.jsonl"], `"Acme & Söhne"`) {
		t.Errorf("the employers are %s", entries["data/employers.jsonl"])
	}
	for i, content := range []string{"my CV", "my letter"} {
		name := "files/applications/" + application.Id + "/" + application.GetStringSlice("documents")[i]
		if entries[name] != content {
			t.Errorf("%s is %q", name, entries[name])
		}
	}
	if !strings.Contains(entries["settings.json"], "Our Board") {
		t.Errorf("the settings are %s", entries["settings.json"])
	}
	for name, content := range entries {
		for _, secret := range []string{"root@example.com", "mail-secret", "storage-secret", sam.TokenKey(), `"tokenKey"`} {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

func TestExportGoesOnWithoutAMissingFile(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	sam := board.Seeker("sam")
	profile, err := board.FindFirstRecordByData(collections.JobSeekers, "user", sam.Id)
	if err != nil {
		t.Fatal(err)
	}
	profile = board.Update(profile, map[string]any{"resumes": []any{file(t, "cv.txt", "my CV")}})
	name := profile.GetStringSlice("resumes")[0]
	storage, err := board.NewFilesystem()
	if err != nil {
		t.Fatal(err)
	}
	defer storage.Close()
	if err := storage.Delete(profile.BaseFilesPath() + "/" + name); err != nil {
		t.Fatal(err)
	}
	entries, progress := export(t, board.TestApp)
	missing := "files/job_seekers/" + profile.Id + "/" + name
	if !slices.Equal(progress.Missing, []string{missing}) || !strings.Contains(entries["manifest.json"], missing) {
		t.Errorf("missing are %v", progress.Missing)
	}
}

// All rows are of one moment, also those that are read after others have written.
func TestExportIsOneMoment(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	sam := board.Seeker("sam")
	acme, _ := board.Employer("Acme")
	job := board.Job(acme, "Developer")
	var out bytes.Buffer
	written := false
	_, err := archive.Export(t.Context(), board.TestApp, &out, func(archive.Progress) {
		if !written {
			written = true
			board.Application(sam, job)
		}
	})
	if err != nil || !written {
		t.Fatal(err)
	}
	entries := unzip(t, out.Bytes())
	exported := rows(t, entries["data/jobs.jsonl"])[0]
	if exported["applicationCount"] != 0.0 || entries["data/applications.jsonl"] != "" {
		t.Errorf("the job has %v applications, the archive %s", exported["applicationCount"], entries["data/applications.jsonl"])
	}
}

func TestExportEndsWithItsContext(t *testing.T) {
	t.Parallel()
	board := testapp.NewBoard(t, hooks.Bind)
	reason := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := archive.Export(ctx, board.TestApp, io.Discard, func(archive.Progress) { cancel(reason) })
	if !errors.Is(err, reason) {
		t.Errorf("the error is %v", err)
	}
}
