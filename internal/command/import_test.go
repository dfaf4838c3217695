package command_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/command"
	"jobboard/internal/testapp"
)

const nurseRow = `{"source":"feed","externalId":"1","company":"City Clinic","title":"Nurse","description":"<p>Care.</p>",` +
	`"location":"Lyon, FR","workplace":"on_site","jobType":"full_time","industry":"hospital and health care","skills":["Care"," care "],` +
	`"salaryMin":1000,"salaryMax":2000,"salaryCurrency":"EUR","salaryPeriod":"month"}`

// row is a complete row with a number of its own; extra is more JSON, with a leading comma.
func row(number int, extra string) string {
	return fmt.Sprintf(`{"source":"feed","externalId":"%d","company":"City Clinic","title":"Job %[1]d","description":"<p>Work.</p>",`+
		`"workplace":"remote","jobType":"full_time"%[2]s}`, number, extra)
}

// importFile writes lines to a file and imports it.
func importFile(t *testing.T, app core.App, lines []string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jobs.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return runImport(app, append([]string{path}, args...)...)
}

func runImport(app core.App, args ...string) (string, error) {
	imports := command.NewImportCommand(app, command.ImportOptions{PrivateAddresses: true})
	imports.SetArgs(args)
	var out bytes.Buffer
	imports.SetOut(&out)
	imports.SetErr(&out)
	err := imports.Execute()
	return out.String(), err
}

func mustContain(t *testing.T, out string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
}

func importedJob(t *testing.T, app core.App, externalID string) *core.Record {
	t.Helper()
	job, err := app.FindFirstRecordByFilter(collections.Jobs, "externalId = {:id}", dbx.Params{"id": externalID})
	if err != nil {
		t.Fatalf("find the job %s: %v", externalID, err)
	}
	return job
}

func mustFind(t *testing.T, app core.App, collection, id string) *core.Record {
	t.Helper()
	record, err := app.FindRecordById(collection, id)
	if err != nil {
		t.Fatalf("find %s %s: %v", collection, id, err)
	}
	return record
}

func count(t *testing.T, app core.App, collection string) int64 {
	t.Helper()
	n, err := app.CountRecords(collection)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportMakesJobsLikeAnyOtherDoor(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	out, err := importFile(t, b.TestApp, []string{nurseRow})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "1 rows: 1 created, 0 updated, 0 unchanged, 0 refused", "1 companies created")

	job := importedJob(t, b.TestApp, "1")
	for field, want := range map[string]string{
		"title": "Nurse", "status": "published", "location": "Lyon, FR", "skills": `["care"]`, "source": "feed", "salaryMin": "1000",
	} {
		if got := fmt.Sprint(job.GetString(field)); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if job.GetDateTime("publishedAt").IsZero() {
		t.Error("publishedAt is empty")
	}
	var places []struct {
		City, Country string
		Lat           float64
	}
	err = job.UnmarshalJSONField("locations", &places)
	if err != nil || len(places) != 1 || places[0].City != "Lyon" || places[0].Country != "FR" || places[0].Lat < 45 {
		t.Errorf("locations are %s (%v)", job.GetString("locations"), err)
	}
	industry, err := b.FindRecordById(collections.FieldsOfInterest, job.GetString("industry"))
	if err != nil || industry.GetString("slug") != "hospital-and-health-care" {
		t.Errorf("the industry is %v: %v", industry, err)
	}
}

func TestImportedCompaniesBelongToTheBoard(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	known, _ := b.Employer("Known Works")
	b.Update(known, map[string]any{"verified": true})
	out, err := importFile(t, b.TestApp, []string{nurseRow, row(2, ""), strings.Replace(row(3, ""), "City Clinic", "known  WORKS", 1)})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "3 created", "1 companies created")
	if got := importedJob(t, b.TestApp, "3").GetString("employer"); got != known.Id {
		t.Errorf("the known company's job went to %s", got)
	}
	company := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "1").GetString("employer"))
	if company.GetString("name") != "City Clinic" || importedJob(t, b.TestApp, "2").GetString("employer") != company.Id {
		t.Errorf("the company is %s", company.GetString("name"))
	}
	owner := mustFind(t, b.TestApp, collections.Users, company.GetString("owner"))
	if owner.GetString("role") != collections.RoleEmployer || owner.GetDateTime("deactivatedAt").IsZero() {
		t.Error("the owner of unclaimed companies is not a deactivated employer")
	}
}

func TestImportMakesOneAccountForAllItsCompanies(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	// Somebody has registered the board's address; that person must not get the companies.
	squatter := b.Record(collections.Users, map[string]any{
		"email": "board@jobboard.invalid", "password": "correct horse", "name": "Squatter", "role": collections.RoleEmployer,
	})
	for n, name := range []string{"First", "Second"} {
		if out, err := importFile(t, b.TestApp, []string{strings.Replace(row(n, ""), "City Clinic", name, 1)}); err != nil {
			t.Fatal(err, out)
		}
	}
	first := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "0").GetString("employer"))
	second := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "1").GetString("employer"))
	if owner := first.GetString("owner"); owner == squatter.Id || owner != second.GetString("owner") {
		t.Errorf("the owners are %s and %s, the squatter is %s", owner, second.GetString("owner"), squatter.Id)
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	lines := []string{nurseRow, row(2, `,"locations":["Berlin",{"city":"Paris","country":"fr"}],"fields":["Nurse"],`+
		`"questions":[{"id":"q","label":"Why?","type":"text"}]`)}
	if out, err := importFile(t, b.TestApp, lines); err != nil {
		t.Fatal(err, out)
	}
	before := importedJob(t, b.TestApp, "1")
	out, err := importFile(t, b.TestApp, lines)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "2 rows: 0 created, 0 updated, 2 unchanged, 0 refused")
	if after := importedJob(t, b.TestApp, "1"); after.GetString("updated") != before.GetString("updated") {
		t.Error("an unchanged job was written")
	}
	if n := count(t, b.TestApp, collections.Jobs); n != 2 {
		t.Errorf("%d jobs, want 2", n)
	}
}

func TestImportEndsADeadlineGivenAsADayWithThatDay(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	lines := []string{row(1, `,"locations":["Berlin"],"deadline":"2099-12-24"`)}
	for _, want := range []string{"1 created", "1 unchanged"} {
		out, err := importFile(t, b.TestApp, lines)
		if err != nil {
			t.Fatal(err, out)
		}
		mustContain(t, out, want)
	}
	if got := importedJob(t, b.TestApp, "1").GetString("deadline"); got != "2099-12-24 22:59:59.000Z" {
		t.Errorf("the deadline is %s", got)
	}
}

func TestImportLeadsApplicantsToWhereARowComesFrom(t *testing.T) {
	app := testapp.New(t, hooks.Bind)
	out, err := importFile(t, app, []string{
		row(1, `,"url":"http://acme.example/1"`),
		row(2, `,"url":"https://acme.example/2","applyUrl":"https://apply.example/2"`),
		row(3, `,"applyEmail":"hr@acme.example"`),
		row(4, `,"url":null`),
		row(5, ``),
		row(6, `,"url":"https://acme.example/6","applyMethod":"board"`),
		row(7, `,"url":"ftp://acme.example/7"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, out, "line 7: applyUrl: Must be an address that begins with https://")
	var got []string
	err = app.DB().NewQuery("SELECT applyMethod || ' ' || applyUrl || applyEmail FROM jobs ORDER BY externalId").Column(&got)
	want := []string{"url https://acme.example/1", "url https://apply.example/2", "email hr@acme.example", "board ", "board ",
		"board https://acme.example/6"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("one applies by %q (%v), want %q", got, err, want)
	}
	var published []string
	err = app.DB().NewQuery(`SELECT DISTINCT publicationCount || ' ' ||
		(firstPublishedAt = publishedAt AND postedAt = publishedAt AND publishedAt != '') FROM jobs`).Column(&published)
	if err != nil || !slices.Equal(published, []string{"1 1"}) {
		t.Errorf("noted of the publications: %q (%v)", published, err)
	}
}

func TestImportCorrectsWhenAJobWasPublished(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	on := func(day string) string { return row(1, `,"publishedAt":"`+day+`"`) }
	for n, step := range []struct{ row, counts, published, first string }{
		{on("2026-01-09"), "1 created", "2026-01-09", "2026-01-09"},
		{on("2026-01-05"), "1 updated", "2026-01-05", "2026-01-05"}, // and not published after it was published first
		{on("2026-01-07"), "1 updated", "2026-01-07", "2026-01-05"},
		{row(1, `,"publishedAt":null`), "1 unchanged", "2026-01-07", "2026-01-05"},
	} {
		out, err := importFile(t, b.TestApp, []string{step.row})
		if err != nil || !strings.Contains(out, step.counts) {
			t.Errorf("import %d: %v %s, want %s", n, err, out, step.counts)
		}
		job := importedJob(t, b.TestApp, "1")
		got := fmt.Sprintf("%.10s %.10s %.10s", job.GetString("publishedAt"), job.GetString("firstPublishedAt"), job.GetString("postedAt"))
		if want := fmt.Sprintf("%s %s %s", step.published, step.first, step.first); got != want {
			t.Errorf("import %d: %s, want %s", n, got, want)
		}
	}
	job := importedJob(t, b.TestApp, "1")
	b.Update(job, map[string]any{"status": "closed"})
	again := b.Update(b.Reload(job), map[string]any{"status": "published"}).GetString("publishedAt")
	out, err := importFile(t, b.TestApp, []string{on("2026-01-07")})
	if err != nil || !strings.Contains(out, "1 unchanged") || importedJob(t, b.TestApp, "1").GetString("publishedAt") != again {
		t.Errorf("after it was published again: %v %s", err, out)
	}
}

func TestImportOfAChangedRowUpdatesTheJob(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if out, err := importFile(t, b.TestApp, []string{nurseRow, row(2, "")}); err != nil {
		t.Fatal(err, out)
	}
	job := importedJob(t, b.TestApp, "1")
	b.Update(job, map[string]any{"status": "closed"})
	published := job.GetString("publishedAt")

	changed := strings.NewReplacer(`"Nurse"`, `"Head Nurse"`, `"salaryMax":2000`, `"salaryMax":null`, `"skills":["Care"," care "],`, "",
		"City Clinic", "Renamed Clinic").Replace(nurseRow)
	out, err := importFile(t, b.TestApp, []string{changed, row(2, "")})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "0 created, 1 updated, 1 unchanged")
	after := importedJob(t, b.TestApp, "1")
	if after.GetString("title") != "Head Nurse" {
		t.Errorf("the title is %q", after.GetString("title"))
	}
	if after.GetInt("salaryMax") != 0 || after.GetString("skills") != `["care"]` {
		t.Errorf("null left %d, an absent field %s", after.GetInt("salaryMax"), after.GetString("skills"))
	}
	if after.GetString("status") != "closed" || after.GetString("publishedAt") != published {
		t.Errorf("a job closed meanwhile is %s again", after.GetString("status"))
	}
	if after.GetString("employer") != job.GetString("employer") {
		t.Error("the job went to another company")
	}
}

func TestImportRefusesBadRowsAndGoesOn(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	lines := []string{
		row(1, ""),
		`{"broken`,
		row(3, `,"workplace2":1`),
		strings.Replace(row(4, ""), `"remote"`, `"moon"`, 1),
		strings.Replace(row(5, ""), `"title":"Job 5",`, "", 1),
		row(6, `,"salaryMin":5,"salaryMax":1`),
		row(7, `,"salaryCurrency":"XXXX"`),
		row(8, `,"deadline":"2020-01-01 00:00:00.000Z"`),
		row(1, ""),
		strings.Replace(row(10, ""), `"externalId":"10",`, "", 1),
		strings.Replace(row(11, ""), `"company":"City Clinic",`, "", 1),
		strings.Replace(row(12, ""), `City Clinic`, strings.Repeat("long ", 60), 1),
		row(13, `,"employer":"nobody_has_this"`),
		row(14, `,"locations":[{"city":"Lyon","country":"XX"}]`),
		row(15, `,"status":"closed"`),
		row(16, `,"skills":7`),
		row(17, ""),
	}
	out, err := importFile(t, b.TestApp, lines)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "17 rows: 3 created, 0 updated, 0 unchanged, 14 refused", "workplace2 (1)",
		"line 2: not JSON", "line 4: workplace:", "line 5: title:", "line 6: salaryMin:", "line 7: salaryCurrency:", "line 8: deadline:",
		"line 9: externalId: 1 of feed was in jobs.jsonl line 1 already", "line 10: externalId: missing", "line 11: company: missing",
		"line 12: company:", "line 13: employer:", "line 14: locations:", "line 15: status:", "line 16: skills: must be a list")
	if n := count(t, b.TestApp, collections.Jobs); n != 3 {
		t.Errorf("%d jobs, want 3", n)
	}
	if n := count(t, b.TestApp, collections.Employers); n != 1 {
		t.Errorf("%d companies, want 1: refused rows leave none behind", n)
	}
}

func TestImportOfManyRowsCrossesBatches(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	var lines []string
	for n := range 250 {
		extra := ""
		if n%100 == 50 {
			extra = `,"salaryMin":-1`
		}
		lines = append(lines, row(n, extra))
	}
	out, err := importFile(t, b.TestApp, lines)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "250 rows: 248 created, 0 updated, 0 unchanged, 2 refused", "line 51: salaryMin:", "line 151: salaryMin:")
	if n := count(t, b.TestApp, collections.Jobs); n != 248 {
		t.Errorf("%d jobs, want 248", n)
	}
}

func TestImportDryRunSavesNothing(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	users := count(t, b.TestApp, collections.Users)
	out, err := importFile(t, b.TestApp, []string{nurseRow, row(2, ""), row(3, `,"salaryMin":-1`)}, "--dry-run")
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "nothing is saved", "2 created", "1 refused", "1 companies created", "line 3: salaryMin:")
	if jobs, employers := count(t, b.TestApp, collections.Jobs), count(t, b.TestApp, collections.Employers); jobs+employers != 0 {
		t.Errorf("%d jobs and %d companies were saved", jobs, employers)
	}
	if n := count(t, b.TestApp, collections.Users); n != users {
		t.Errorf("%d users became %d", users, n)
	}
}

func TestImportAsDrafts(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if out, err := importFile(t, b.TestApp, []string{row(1, ""), row(2, `,"status":"published"`)}, "--status", "draft"); err != nil {
		t.Fatal(err, out)
	}
	one, two := importedJob(t, b.TestApp, "1").GetString("status"), importedJob(t, b.TestApp, "2").GetString("status")
	if one != "draft" || two != "published" {
		t.Errorf("the jobs are %s and %s, want draft, and published as its row says", one, two)
	}
}

func TestImportReadsAFolder(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	folder := t.TempDir()
	for name, text := range map[string]string{"a.jsonl": row(1, ""), "b.NDJSON": row(2, "") + "\n" + row(1, ""), "notes.txt": "no jobs"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := runImport(b.TestApp, folder)
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "3 rows: 2 created", "b.NDJSON line 2: externalId: 1 of feed was in a.jsonl line 1 already")
}

func TestImportFailsOnUnreadableFilesAndFormats(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, csv := file("good.jsonl", row(1, "")), filepath.Join(t.TempDir(), "jobs.csv")
	if err := os.WriteFile(csv, []byte("title;company\nNurse;Clinic\nCook;Diner\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"an absent file":           {[]string{filepath.Join(folder, "absent.jsonl")}, "no such file"},
		"an unknown format":        {[]string{good, "--format", "xls"}, "unknown format"},
		"another kind of file":     {[]string{file("picture.jsonl", "\x89PNG\r\n\x1a\n\x00\x00")}, "not in the format jsonl"},
		"a folder without jobs":    {[]string{t.TempDir()}, "holds no file"},
		"a status of no new job":   {[]string{good, "--status", "closed"}, "--status is draft or published"},
		"no file named":            {nil, "accepts 1 arg"},
		"a file of another format": {[]string{csv, "--format", "jsonl"}, "none of its 3 rows can be read (line 1: not JSON"},
		"an unclear format": {[]string{file("jobs.json", `{"weather":"fine"}`)},
			"its format is not clear; name it with --format: jsonl, csv"},
		"a column of no field":      {[]string{csv, "--map", "title=name"}, `"name" is none of the fields title, company`},
		"columns of another format": {[]string{good, "--format", "lever", "--map", "a=title"}, "--map is for csv"},
		"a file and an address":     {[]string{good, "--url", "https://a.example/"}, "not both"},
		"an address of no web":      {[]string{"--url", "file:///etc/passwd"}, "must begin with https://"},
		"a bad file beside a good":  {[]string{folder}, "not in the format jsonl"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := runImport(b.TestApp, test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q\n%s", err, test.want, out)
			}
			if strings.Contains(out, "Refused:") {
				t.Errorf("rows of no known format are listed one by one:\n%s", out)
			}
		})
	}
	if n := count(t, b.TestApp, collections.Jobs); n != 1 {
		t.Errorf("%d jobs, want the one of the good file in the folder", n)
	}
	if out, err := importFile(t, b.TestApp, nil); err != nil || !strings.Contains(out, "0 rows") {
		t.Errorf("an empty file gives %v\n%s", err, out)
	}
}

func TestImportOfRealPostings(t *testing.T) {
	t.Parallel()
	const path = "../../../shared/data/jobs-real.jsonl"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the real postings are not here")
	}
	b := testapp.NewBoard(t, hooks.Bind)
	for _, want := range []string{
		"707 rows: 707 created, 0 updated, 0 unchanged, 0 refused",
		"707 rows: 0 created, 0 updated, 707 unchanged, 0 refused",
	} {
		out, err := runImport(b.TestApp, path)
		if err != nil {
			t.Fatal(err, out)
		}
		mustContain(t, out, want)
	}
	if n := count(t, b.TestApp, collections.Jobs); n != 707 {
		t.Errorf("%d jobs, want 707", n)
	}
}
