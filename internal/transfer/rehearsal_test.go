package transfer_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/database"
	"jobboard/internal/testapp"
	"jobboard/internal/transfer"
	"jobboard/internal/transfer/formats"
)

// variedRows are rows of every kind: 1 to 7 are fine, 8 to 10 are not.
var variedRows = []string{
	`{"externalId":"1","company":"City Clinic","title":"  Head   nurse ","description":"<p onclick=x>Care.</p><script>x</script>",
		"location":"Lyon, FR","workplace":"on_site","jobType":"full_time","industry":"hospital and health care","skills":["Care"," care "],
		"salaryMin":1000.5,"salaryMax":2000,"salaryCurrency":"EUR","salaryPeriod":"month","publishedAt":"2026-11-01 09:00:00Z"}`,
	`{"externalId":"2","company":"city  clinic","title":"Cook","description":"Plain & simple","workplace":"remote","jobType":"part_time",
		"status":"draft","applicantCountries":["fr","DE","fr"],"fields":["no such field","nursing"],"experienceLevel":"senior"}`,
	`{"externalId":"3","company":"Acme","title":"Driver","description":"<ul><li>Drive</li></ul>","workplace":"hybrid","jobType":"contract",
		"locations":["Berlin",{"city":"Paris","country":"fr"},{"name":"HQ","lat":1.5,"lon":2}],"deadline":"2099-01-31"}`,
	`{"externalId":"4","company":"Acme","title":"Clerk \u0000 é 𝄞","description":"<a href='https://example.com'>Here</a>","workplace":"remote",
		"jobType":"full_time","questions":[{"label":"Why?","type":"text"},{"label":"Which?","type":"choice","options":["a","b","a"]}]}`,
	`{"externalId":"5","company":"Other","title":"Tester","description":"<p>Test</p>","workplace":"remote","jobType":"full_time",
		"salaryMax":70000,"deadline":"2099-01-31 12:30:00.000Z","status":null}`,
	`{"externalId":"6","company":"Other","title":"Lead","description":"<p>Lead</p>","workplace":"remote","jobType":"temporary",
		"location":"Nowhere in particular","skills":[]}`,
	`{"externalId":"7","company":"Third","title":"Guard","description":"<p>Guard</p>","workplace":"on_site","jobType":"volunteer"}`,
	`{"externalId":"8","company":"Third","title":"No kind","description":"<p>x</p>","workplace":"on_site","jobType":"nonsense"}`,
	`{"externalId":"9","company":"Refused","title":"No text","description":"","workplace":"on_site","jobType":"full_time"}`,
	`{"externalId":"10","company":"Third","title":"Late","description":"<p>x</p>","workplace":"on_site","jobType":"full_time",
		"deadline":"2001-01-31","salaryMin":5,"salaryMax":3}`,
}

func importRows(t *testing.T, app core.App, rows []string) *transfer.Importer {
	t.Helper()
	importer := transfer.NewImporter(app)
	jsonl, err := formats.Find("jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.Join(strings.Fields(strings.ReplaceAll(row, "  Head   nurse ", `  Head\u0020\u0020nurse `)), " ")
	}
	if err := importer.File(t.Context(), "jobs.jsonl", jsonl, strings.NewReader(strings.Join(lines, "\n"))); err != nil {
		t.Fatal(err)
	}
	return importer
}

// table returns the rows of a query, each as a text.
func table(t *testing.T, app core.App, query string) (rows []string) {
	t.Helper()
	var found []dbx.NullStringMap
	if err := app.DB().NewQuery(query).All(&found); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, each := range found {
		row := map[string]string{}
		for column, value := range each {
			row[column] = value.String
		}
		rows = append(rows, fmt.Sprint(row))
	}
	return rows
}

// What the import inserts after a rehearsal is the same as what a save of each row would have stored.
func TestRehearsedJobsAreStoredLikeSavedOnes(t *testing.T) {
	t.Parallel()
	stored := map[bool][][]string{}
	for _, alone := range []bool{false, true} {
		b := testapp.NewBoard(t, hooks.Bind, database.Bind)
		if alone {
			b.OnRecordCreate(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
				if _, err := e.App.DB().NewQuery("SELECT 1").Execute(); err != nil { // may write, as far as the import can see
					return err
				}
				return e.Next()
			})
		}
		importer := importRows(t, b.TestApp, variedRows)
		report := importer.Report()
		if report.Created != 7 || report.Refused != 3 || report.Companies != 4 {
			t.Errorf("%d created, %d refused, %d companies: %v", report.Created, report.Refused, report.Companies, report.Refusals)
		}
		if want := map[bool]int{false: 7, true: 0}[alone]; importer.Rehearsed() != want {
			t.Errorf("%d rows were inserted after a rehearsal, want %d", importer.Rehearsed(), want)
		}
		var tables [][]string
		for _, query := range []string{
			`SELECT e.name AS company, f.slug AS field, j.title, j.description, j.locations, j.location, j.workplace, j.applicantCountries,
				j.jobType, j.experienceLevel, j.skills, typeof(j.salaryMin) AS type, j.salaryMin, j.salaryMax, j.salaryCurrency,
				j.salaryPeriod, j.status, j.deadline, iif(j.externalId = '1', j.publishedAt, length(j.publishedAt)) AS published,
				j.closedAt, j.applicationCount, j.questions, j.externalId, j.source, length(j.id) AS id, json_array_length(j.fields) AS n,
				length(j.created) AS created, length(j.updated) AS updated
				FROM jobs j JOIN employers e ON e.id = j.employer LEFT JOIN fields_of_interest f ON f.id = j.industry ORDER BY j.externalId`,
			`SELECT j.externalId, f.batch, f.stage FROM fanouts f JOIN jobs j ON j.id = f.job ORDER BY 1`,
			`SELECT j.externalId FROM publications p JOIN jobs j ON j.id = p.job ORDER BY p.seq`,
			`SELECT j.externalId FROM search_log l JOIN jobs j ON j.id = l.record ORDER BY l.seq`,
			`SELECT status, jobType, workplace, experienceLevel, n FROM job_counts ORDER BY 1, 2, 3, 4, industry`,
			`SELECT name, slug FROM employers ORDER BY name`,
		} {
			rows := table(t, b.TestApp, query)
			if len(rows) == 0 {
				t.Errorf("no rows: %s", query)
			}
			tables = append(tables, rows)
		}
		refusals := []string{}
		for _, refusal := range report.Refusals {
			refusals = append(refusals, refusal.Error())
		}
		stored[alone] = append(tables, refusals)

		again := importRows(t, b.TestApp, variedRows[:7])
		if report := again.Report(); report.Unchanged != 7 || again.Rehearsed() != 7 {
			t.Errorf("again: %d rows unchanged, %d without a save", report.Unchanged, again.Rehearsed())
		}
	}
	for i, want := range stored[true] {
		if got := stored[false][i]; !reflect.DeepEqual(got, want) {
			t.Errorf("inserted after a rehearsal:\n%s\nsaved:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestHooksOfOthersRunOnceWithEachImportedJob(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind, database.Bind)
	employer, _ := b.Employer("Witness")
	var before, after, validated int
	b.OnRecordCreate(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
		before++
		e.Record.Set("title", "Changed "+e.Record.GetString("title"))
		return e.Next()
	})
	b.OnRecordAfterCreateSuccess(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
		if after++; e.App.IsTransactional() || e.Record.IsNew() {
			t.Errorf("in a transaction: %v; new: %v", e.App.IsTransactional(), e.Record.IsNew())
		}
		if _, err := e.App.FindRecordById(collections.Jobs, e.Record.Id); err != nil {
			t.Errorf("the job is not stored: %v", err)
		}
		return e.Next()
	})
	if importer := importRows(t, b.TestApp, variedRows[:3]); importer.Rehearsed() != 3 || before != 3 || after != 3 {
		t.Errorf("%d inserted; %d hooks ran before, %d after", importer.Rehearsed(), before, after)
	}
	if got := testapp.Count(t, b.TestApp, "SELECT count(*) FROM jobs WHERE title LIKE 'Changed %'"); got != 3 {
		t.Errorf("%d titles are changed", got)
	}

	b.OnRecordValidate(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
		if validated++; e.Record.GetString("externalId") == "4" {
			return errors.New("no fours")
		}
		return e.Next()
	})
	b.OnRecordCreate(collections.Jobs).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("externalId") != "6" {
			return e.Next()
		}
		employer.Set("about", "<p>There is a lead.</p>") // written in the transaction of the job
		if err := e.App.Save(employer); err != nil {
			return err
		}
		return e.Next()
	})
	importer := importRows(t, b.TestApp, variedRows[3:7])
	if report := importer.Report(); report.Created != 3 || report.Failed != 1 || importer.Rehearsed() != 0 || validated < 4 {
		t.Errorf("%d created, %d failed, %d inserted, %d validated", report.Created, report.Failed, importer.Rehearsed(), validated)
	}
	if got := b.Reload(employer).GetString("about"); !strings.Contains(got, "lead") {
		t.Errorf("the hook wrote %q", got)
	}
}

// Between the rehearsal and the insertion others may delete what a job refers to, or make the same job.
func TestImportOfWhatHasChangedSinceItWasPrepared(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind, database.Bind)
	b.OnRecordCreate(collections.Jobs).Bind(&hook.Handler[*core.RecordEvent]{Id: "once", Func: func(e *core.RecordEvent) error {
		b.OnRecordCreate(collections.Jobs).Unbind("once")
		for _, change := range []string{"DELETE FROM fields_of_interest", `INSERT INTO jobs (id, source, externalId, employer, title, description,
			workplace, jobType, status) VALUES ('somebodyelses00', 'import', '3', (SELECT id FROM employers), 'Theirs', 'x', 'remote',
			'full_time', 'draft')`} {
			if _, err := b.NonconcurrentDB().NewQuery(change).Execute(); err != nil {
				return err
			}
		}
		return e.Next()
	}})
	acme, _ := b.Employer("Acme")
	b.Update(acme, map[string]any{"verified": true})
	importer := importRows(t, b.TestApp, []string{variedRows[0], variedRows[2], variedRows[6]})
	report := importer.Report()
	if report.Created != 1 || report.Updated != 1 || report.Refused != 1 || importer.Rehearsed() != 0 {
		t.Errorf("%d created, %d updated, %d inserted, refused %v", report.Created, report.Updated, importer.Rehearsed(), report.Refusals)
	}
	if len(report.Refusals) != 1 || report.Refusals[0].Field != "industry" {
		t.Errorf("refused %v", report.Refusals)
	}
}
