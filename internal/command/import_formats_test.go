package command_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/command"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

const formatFiles = "../transfer/formats/testdata/"

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// packed compresses a file, whose name then ends with ".gz".
func packed(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	if _, err := zipped.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(zipped.Close(), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path+".gz", out.String())
	cut := filepath.Join(t.TempDir(), "lever.json.gz")
	writeFile(t, cut, out.String()[:out.Len()*2/3])
	if _, err := runImport(testapp.NewBoard(t, hooks.Bind).TestApp, cut, "--company", "Cut"); err == nil {
		t.Error("two thirds of a compressed file are imported without an error")
	}
}

// checkFields compares fields of a job with the values that are wanted.
func checkFields(t *testing.T, job *core.Record, wants map[string]string) {
	t.Helper()
	for field, want := range wants {
		if got := job.GetString(field); got != want {
			t.Errorf("%s of %s is %q, want %q", field, job.GetString("title"), got, want)
		}
	}
}

func TestImportOfAFolderWithAFileOfEachFormat(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	folder := t.TempDir()
	entries, err := os.ReadDir(formatFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(formatFiles, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(folder, entry.Name()), string(raw))
	}
	writeFile(t, filepath.Join(folder, "rows.jsonl"), row(1, ""))

	refused := filepath.Join(folder, "refused.jsonl")
	packed(t, filepath.Join(folder, "lever.json"))

	out, err := runImport(b.TestApp, folder, "--company", "Collected", "--refused", refused)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "31 rows: 22 created, 0 updated, 0 unchanged, 2 refused, 7 skipped", "Stellentitel → title",
		"Skipped: its deadline has passed (3)",
		"greenhouse.json line 46: salary: \"18.5-22 USD\" names no period", "lever.json line 37, c3: title: ")
	for id, wants := range map[string]map[string]string{
		"127817": {"source": "greenhouse", "title": "Vault Designer", "location": "Berlin, Germany; Remote - Portugal", "salaryMax": "75000",
			"applyMethod": "url", "applyUrl": "https://boards.greenhouse.io/vaulttec/jobs/127817"},
		"b2":     {"source": "lever", "jobType": "full_time", "workplace": "on_site", "publishedAt": "2026-01-01 00:00:00.000Z"},
		"nopay":  {"source": "ashby", "jobType": "internship", "workplace": "remote", "salaryMax": "0"},
		"F1B2C3": {"source": "workable", "title": "Head of Music"},
		"1234":   {"source": "recruitee", "salaryPeriod": "month"},
		"24243":  {"source": "personio", "skills": `["vertrieb","b2b"]`},
		"req-1": {"source": "indeed", "location": "Phoenix, Arizona, United States; Tucson, Arizona, United States",
			"deadline": "2100-01-01 06:59:59.000Z"},
		"1234567": {"source": "jsonld", "salaryMin": "40"},
		"K-1":     {"source": "import", "description": "<p>Kochen.</p><ul><li>Suppe</li><li>Braten</li></ul>"},
		"1":       {"source": "feed", "applyMethod": "board"},
	} {
		checkFields(t, importedJob(t, b.TestApp, id), wants)
	}
	industry := mustFind(t, b.TestApp, collections.FieldsOfInterest, importedJob(t, b.TestApp, "K-1").GetString("industry"))
	if industry.GetString("slug") != "restaurants" {
		t.Errorf("Gastronomie is %s", industry.GetString("slug"))
	}
	company := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "b2").GetString("employer"))
	if company.GetString("name") != "Collected" {
		t.Errorf("a job of no company is one of %s", company.GetString("name"))
	}

	out, err = runImport(b.TestApp, folder, "--company", "Collected", "--refused", refused)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "0 created, 0 updated, 22 unchanged")
}

func TestImportOfRefusedRowsThatAreMended(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	folder := t.TempDir()
	file, refused := filepath.Join(folder, "lever.json"), filepath.Join(folder, "refused.jsonl")
	writeFile(t, file, `[{"id":"1","text":"Cook","description":"<p>Cook.</p>"},{"id":"2","text":"","description":"Serve."},`+
		`{"id":"","text":"Nobody","description":"x"}]`)
	args := []string{"--format", "lever", "--company", "Diner", "--refused", refused}
	out, err := runImport(b.TestApp, append([]string{file}, args...)...)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "3 rows: 1 created, 0 updated, 0 unchanged, 2 refused")
	raw, err := os.ReadFile(refused)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	var first struct {
		File, Field, Reason string
		Line                int
		Row                 map[string]any
	}
	if len(lines) != 2 {
		t.Fatalf("%d rows are refused:\n%s", len(lines), raw)
	}
	for _, line := range lines {
		if err := json.Unmarshal([]byte(line), &first); err != nil {
			t.Fatal(err)
		}
		if first.Field == "title" {
			break
		}
	}
	if first.File != "lever.json" || first.Line != 1 || first.Reason == "" || first.Row["externalId"] != "2" ||
		first.Row["source"] != "lever" ||
		first.Row["company"] != "Diner" || first.Row["description"] != "<p>Serve.</p>" {
		t.Errorf("the refused row is %+v", first)
	}
	mended := strings.NewReplacer(`"externalId":"2",`, `"externalId":"2","title":"Waiter",`, `"externalId":""`,
		`"externalId":"3"`).
		Replace(strings.Join(lines, "\n"))
	writeFile(t, refused, mended)
	if out, err = runImport(b.TestApp, append([]string{refused}, args...)...); err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "2 rows: 2 created, 0 updated, 0 unchanged, 0 refused")
	checkFields(t, importedJob(t, b.TestApp, "2"), map[string]string{"title": "Waiter", "source": "lever"})
	if left, err := os.ReadFile(refused); err != nil || len(left) > 0 {
		t.Errorf("the file of refused rows holds %q (%v)", left, err)
	}
}

func TestImportClosesMissingJobs(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	status := func(id string) string { return importedJob(t, b.TestApp, id).GetString("status") }
	imports := func(rows []string, args ...string) string {
		t.Helper()
		out, err := importFile(t, b.TestApp, rows, args...)
		if err != nil && !strings.Contains(err.Error(), "no jobs are closed") {
			t.Fatal(err, out)
		}
		return out + fmt.Sprint(err)
	}
	other := strings.Replace(row(9, ""), `"feed"`, `"other"`, 1)
	imports([]string{row(1, ""), row(2, ""), row(3, ""), other})
	elsewhere := strings.Replace(row(4, ""), "City Clinic", "Town Clinic", 1)
	imports([]string{elsewhere})

	mustContain(t, imports([]string{row(1, "")}, "--close-missing", "--dry-run"), "3 jobs closed that no row names")
	if status("2") != "published" {
		t.Error("a dry run closed a job")
	}
	mustContain(t, imports([]string{row(1, ""), `{"broken`}, "--close-missing"),
		"no jobs are closed: a refused row may be about any of them")
	mustContain(t, imports([]string{""}, "--close-missing"), "no jobs are closed: the import names no job")
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	importer := transfer.NewImporter(b.TestApp)
	jsonl, err := formats.Find("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	err = importer.File(interrupted, "jobs.jsonl", jsonl, strings.NewReader(row(1, "")))
	if closed := importer.CloseMissing(t.Context(), nil); err != nil || !transfer.IsKept(closed) || status("2") != "published" {
		t.Errorf("after an interrupted import (%v) closing ends with %v, and job 2 is %s", err, closed, status("2"))
	}
	// A row that is refused names its job all the same, and --company keeps to that company.
	mustContain(t, imports([]string{row(1, ""), row(3, `,"salaryMin":-1`)}, "--close-missing", "--company", "City Clinic"), "1 jobs closed")
	for id, want := range map[string]string{"1": "published", "2": "closed", "3": "published", "4": "published", "9": "published"} {
		if status(id) != want {
			t.Errorf("job %s is %s, want %s", id, status(id), want)
		}
	}
	mustContain(t, imports([]string{row(1, "")}, "--close-missing"), "2 jobs closed")
	if status("3") != "closed" || status("4") != "closed" || status("9") != "published" {
		t.Errorf("the jobs are %s, %s and %s", status("3"), status("4"), status("9"))
	}
}

func TestImportClosesWhatItsSourceHasClosed(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	file := filepath.Join(t.TempDir(), "jobs.csv")
	for _, step := range []struct{ first, second, want string }{
		{"open", "filled", "1 created, 0 updated, 0 unchanged, 0 refused, 1 skipped"},
		{"filled", "filled", "0 created, 1 updated, 0 unchanged, 0 refused, 1 skipped"},
	} {
		writeFile(t, file, "id,title,company,description,status\n1,Cook,Diner,Cook.,"+step.first+"\n2,Waiter,Diner,Serve.,"+step.second+"\n")
		out, err := runImport(b.TestApp, file)
		if err != nil {
			t.Fatal(err, out)
		}
		mustContain(t, out, step.want, "Skipped: it is filled (1)")
	}
	if got := importedJob(t, b.TestApp, "1").GetString("status"); got != "closed" {
		t.Errorf("the job that was filled is %s", got)
	}
}

func TestImportFromAnAddress(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	answer := `{"jobs":[{"id":1,"internal_job_id":1,"title":"Cook","content":"Cook."},` +
		`{"id":2,"internal_job_id":2,"title":"Waiter","content":"Serve."}]}`
	length := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if length != "" {
			w.Header().Set("Content-Length", length)
		}
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	address := server.URL + "/boards/diner/jobs?content=true"
	args := []string{"--url", address, "--company", "Diner", "--close-missing"}
	if out, err := runImport(b.TestApp, args...); err != nil || !strings.Contains(out, "2 created") {
		t.Fatal(err, out)
	}
	source := strings.TrimPrefix(server.URL, "http://") + "/boards/diner/jobs"
	checkFields(t, importedJob(t, b.TestApp, "1"), map[string]string{"source": source, "title": "Cook"})

	whole := answer
	answer, length = answer[:len(answer)/2], fmt.Sprint(len(answer))
	out, err := runImport(b.TestApp, args...)
	if err == nil || !strings.Contains(err.Error(), "ends too early") {
		t.Errorf("half an answer gives %v\n%s", err, out)
	}
	answer, length = strings.Replace(whole, `,{"id":2,"internal_job_id":2`, `,{"id":2,"internal_job_id":null`, 1), ""
	if out, err := runImport(b.TestApp, args...); err != nil || !strings.Contains(out, "1 skipped; 1 jobs closed") {
		t.Errorf("a job that became a prospect post: %v\n%s", err, out)
	}
	if got := importedJob(t, b.TestApp, "2").GetString("status"); got != "closed" {
		t.Errorf("the missing job is %s", got)
	}

	guarded := command.NewImportCommand(b.TestApp, command.ImportOptions{})
	guarded.SetArgs(args)
	if err := guarded.Execute(); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("an address of this machine gives %v", err)
	}
}

func TestImportOfARealTable(t *testing.T) {
	t.Parallel()
	const path = "../../../shared/data/jobs-real.csv"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the real postings are not here")
	}
	b := testapp.NewBoard(t, hooks.Bind)
	for _, want := range []string{"300 rows: 300 created, 0 updated, 0 unchanged, 0 refused",
		"0 created, 0 updated, 300 unchanged, 0 refused"} {
		out, err := runImport(b.TestApp, path)
		if err != nil {
			t.Fatal(err, out)
		}
		mustContain(t, out, want, "City/State/Country → location", "Remote? → remote", "Ref → externalId")
	}
	paid, err := b.CountRecords(collections.Jobs, dbx.NewExp("salaryMax > 0"))
	if err != nil || paid < 40 {
		t.Errorf("%d jobs have pay (%v)", paid, err)
	}
}
