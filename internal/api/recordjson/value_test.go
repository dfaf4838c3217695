package recordjson

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// Values come out of an array that SQLite has written as they went in, and texts are JSON already.
func TestSplit(t *testing.T) {
	db := testapp.New(t).ConcurrentDB().(*dbx.DB).DB()
	all := []any{"", "plain", `"`, `\`, `\"`, `\\"`, `a","b`, "],[", "null", "1.5", "\x00\x01\b\f\n\r\t\x1f\x7f", "/",
		"<p>ä日本語🙂\u2028</p>", `{"a":[1,"\u0041\n"]}`, nil, int64(0), int64(-7), int64(1) << 62, "the last"}
	var array string
	query := "SELECT json_array(" + strings.Repeat("?, ", len(all)-1) + "?)"
	if err := db.QueryRowContext(t.Context(), query, all...).Scan(&array); err != nil {
		t.Fatal(err)
	}
	values, positions := make(row, len(all)), make([]int, len(all))
	for i := range positions {
		positions[i] = len(all) - 1 - i // in any order
	}
	if err := split(array, values, positions); err != nil {
		t.Fatal(err)
	}
	for i, want := range all {
		v := values[positions[i]]
		got, err := v.stored()
		if err != nil || got != want || v.isFraction() {
			t.Errorf("%#v became %#v, %v", want, got, err)
		}
		if text, is := want.(string); is {
			written, plain := plainText(nil, v)
			var read string
			if err := json.Unmarshal(written, &read); err != nil || !plain || read != text {
				t.Errorf("%q is written as %s, %v", text, written, err)
			}
		}
	}
	for _, broken := range []string{"", "[]", `["a"]`, `["a","b`, `["a","b"`, `["a","b","c"]`, `["a" "b"]`} {
		if err := split(broken, values, []int{0, 1}); err == nil {
			t.Errorf("%s is split in two", broken)
		}
	}
	if err := split(`[1e3,-1.5,null,12,"1.5"]`, values, []int{0, 1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false, false} {
		if values[i].isFraction() != want {
			t.Errorf("%s is a fraction: %v", values[i].json, !want)
		}
	}
}

// What is not asked for is not read.
func TestColumnsThatFieldsLeavesOutAreNotRead(t *testing.T) {
	app := testapp.NewBoard(t, hooks.Bind)
	acme, _ := app.Employer("Acme")
	job := app.Job(acme, "Gopher", map[string]any{"description": "<p>What you will do.</p>"})
	var rows PublicRows
	jobs, err := rows.table(app.TestApp, job.Collection(), nil)
	if err != nil || !jobs.plain {
		t.Fatal(err)
	}
	db := app.ConcurrentDB().(*dbx.DB).DB()
	for fields, want := range map[string]string{
		"title,salaryMin":        "id salaryMin title",
		"expand.employer.name":   "employer id",
		"highlights":             "description id title",
		"title,highlights":       "description id title",
		"description,collection": "description id",
	} {
		selection := Select(fields, "employer")
		selection.ReadFor("highlights", "title", "description")
		query := Query{Relation: "employer", Selection: selection}
		read, ok, err := jobs.read(t.Context(), db, jobs.reading(query.wants), []string{job.Id})
		if err != nil || !ok || len(read) != 1 {
			t.Fatal(fields, len(read), ok, err)
		}
		var got []string
		for i, v := range read[0] {
			if v != (value{}) {
				got = append(got, jobs.columns[i].field.GetName())
			}
		}
		slices.Sort(got)
		if names := strings.Join(got, " "); names != want {
			t.Errorf("fields=%s reads %s; want %s", fields, names, want)
		}
		if text := jobs.text(read[0], "description"); strings.Contains(want, "description") != (text == "<p>What you will do.</p>") {
			t.Errorf("fields=%s reads the description %q", fields, text)
		}
	}
}
