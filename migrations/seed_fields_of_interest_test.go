package migrations_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

const seedStep = "1764000300_seed_fields_of_interest.go"

func seedMigration(t *testing.T) *core.Migration {
	t.Helper()
	for _, step := range core.AppMigrations.Items() {
		if step.File == seedStep {
			return step
		}
	}
	t.Fatalf("%s is not registered", seedStep)
	return nil
}

func fieldsByKind(t *testing.T, app core.App) map[string][]*core.Record {
	t.Helper()
	all, err := app.FindAllRecords(collections.FieldsOfInterest)
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string][]*core.Record{}
	for _, field := range all {
		byKind[field.GetString("kind")] = append(byKind[field.GetString("kind")], field)
	}
	return byKind
}

func TestBoardStartsWithATaxonomy(t *testing.T) {
	app := testapp.New(t)
	byKind := fieldsByKind(t, app)
	for kind, atLeast := range map[string]int{collections.KindIndustry: 45, collections.KindRole: 70, collections.KindSkill: 100} {
		if len(byKind[kind]) < atLeast {
			t.Errorf("%d fields of kind %s, want %d", len(byKind[kind]), kind, atLeast)
		}
	}
	id := regexp.MustCompile(`^[a-z0-9]{15}$`)
	for kind, fields := range byKind {
		names := map[string]bool{}
		for _, field := range fields {
			// Saving again passes the collection's own checks, which the seed goes past.
			if err := app.Save(field); err != nil {
				t.Errorf("%s %s: %v", kind, field.GetString("slug"), err)
			}
			if !id.MatchString(field.Id) {
				t.Errorf("the id %q is not of PocketBase's form", field.Id)
			}
			if name := strings.ToLower(field.GetString("name")); names[name] {
				t.Errorf("%s %s is there twice", kind, name)
			} else {
				names[name] = true
			}
		}
	}
	// Front ends and exports may rely on the ids.
	software, err := app.FindRecordById(collections.FieldsOfInterest, "cenfy4pemjlznjr")
	if err != nil || software.GetString("slug") != "computer-software" {
		t.Errorf("computer-software has another id: %v", err)
	}
}

func TestTaxonomyNamesTheIndustriesOfRealPostings(t *testing.T) {
	file, err := os.Open("../../shared/data/jobs-real.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the real postings are not here")
	} else if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	known := map[string]bool{}
	for _, field := range fieldsByKind(t, testapp.New(t))[collections.KindIndustry] {
		known[field.GetString("name")] = true
	}
	var written, found int
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var job struct{ Industry string }
		if err := json.Unmarshal(lines.Bytes(), &job); err != nil {
			t.Fatal(err)
		}
		if job.Industry != "" {
			written++
			if known[job.Industry] {
				found++
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d industries known", found, written)
	if found*100 < written*99 {
		t.Errorf("only %d of %d industries known", found, written)
	}
}

func TestSeedingAgainChangesNothing(t *testing.T) {
	app := testapp.New(t)
	before, err := app.CountRecords(collections.FieldsOfInterest)
	if err != nil {
		t.Fatal(err)
	}
	renamed, err := app.FindFirstRecordByData(collections.FieldsOfInterest, "slug", "nurse")
	if err != nil {
		t.Fatal(err)
	}
	renamed.Set("name", "Registered Nurse")
	if err := app.Save(renamed); err != nil {
		t.Fatal(err)
	}
	if err := seedMigration(t).Up(app); err != nil {
		t.Fatal(err)
	}
	after, err := app.CountRecords(collections.FieldsOfInterest)
	if err != nil {
		t.Fatal(err)
	}
	if after != before {
		t.Errorf("%d fields became %d", before, after)
	}
	again, err := app.FindRecordById(collections.FieldsOfInterest, renamed.Id)
	if err != nil || again.GetString("name") != "Registered Nurse" {
		t.Errorf("the board's own name is gone: %v", err)
	}
}

func TestRevertingTheSeedKeepsWhatIsUsed(t *testing.T) {
	app := testapp.New(t)
	bySlug := func(slug string) *core.Record {
		field, err := app.FindFirstRecordByData(collections.FieldsOfInterest, "slug", slug)
		if err != nil {
			t.Fatal(slug, err)
		}
		return field
	}
	create := func(collection string, values map[string]any) *core.Record {
		c, err := app.FindCollectionByNameOrId(collection)
		if err != nil {
			t.Fatal(err)
		}
		record := core.NewRecord(c)
		record.Load(values)
		if err := app.Save(record); err != nil {
			t.Fatal(collection, err)
		}
		return record
	}
	own := create(collections.FieldsOfInterest, map[string]any{"name": "Beekeeping", "slug": "beekeeping", "kind": collections.KindSkill})
	owner := create(collections.Users, map[string]any{"email": "owner@example.com", "password": "long enough", "name": "Owner",
		"role": collections.RoleEmployer})
	create(collections.Employers, map[string]any{
		"owner": owner.Id, "name": "Farm", "slug": "farm",
		"industry": bySlug("farming").Id, "fields": []string{bySlug("welding").Id, bySlug("driver").Id},
	})

	if err := seedMigration(t).Down(app); err != nil {
		t.Fatal(err)
	}
	left, err := app.FindAllRecords(collections.FieldsOfInterest)
	if err != nil {
		t.Fatal(err)
	}
	slugs := map[string]bool{}
	for _, field := range left {
		slugs[field.GetString("slug")] = true
	}
	if len(slugs) != 4 || !slugs[own.GetString("slug")] || !slugs["farming"] || !slugs["welding"] || !slugs["driver"] {
		t.Errorf("left are %v, want the used ones and the board's own", slugs)
	}
}
