package schema_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/internal/schema"
)

func TestNoStepWhereNothingDiffers(t *testing.T) {
	same := expectedBoard(t)
	step, err := schema.NewStep(same, same)
	if err != nil {
		t.Fatal(err)
	}
	if !step.Empty() {
		t.Errorf("a step between equal snapshots: %+v", step)
	}
}

func TestStepHoldsOnlyWhatChanged(t *testing.T) {
	before := expectedBoard(t)
	after := expected(t, change(t, "jobs", func(c map[string]any) {
		c["fields"] = slices.DeleteFunc(c["fields"].([]any), func(f any) bool {
			return f.(map[string]any)["name"] == "salary"
		})
		c["listRule"] = ""
		c["indexes"] = []any{}
	}))

	step, err := schema.NewStep(before, after)
	if err != nil {
		t.Fatal(err)
	}
	var changed []struct{ Name string }
	if err := json.Unmarshal(step.Changed, &changed); err != nil {
		t.Fatal(err)
	}
	if len(changed) != 1 || changed[0].Name != "jobs" {
		t.Errorf("changed collections: %v, want jobs alone", changed)
	}
	if want := (schema.DroppedField{Collection: "jobs", Field: "salary"}); len(step.DroppedFields) != 1 || step.DroppedFields[0] != want {
		t.Errorf("dropped fields: %v, want %v", step.DroppedFields, want)
	}
	if len(step.DroppedCollections) != 0 {
		t.Errorf("dropped collections: %v, want none", step.DroppedCollections)
	}
}

func TestRenamedFieldIsNotDropped(t *testing.T) {
	before := expectedBoard(t)
	after := expected(t, change(t, "companies", func(c map[string]any) {
		c["fields"].([]any)[0].(map[string]any)["name"] = "legalName"
		c["indexes"] = []any{}
	}))
	step, err := schema.NewStep(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if step.Empty() || len(step.DroppedFields) != 0 {
		t.Errorf("a rename makes the step %+v, want the collection changed and no field dropped", step)
	}
}

func TestFieldOfAnotherTypeIsLeftToPeople(t *testing.T) {
	before := expectedBoard(t)
	after := expected(t, change(t, "jobs", func(c map[string]any) {
		field := c["fields"].([]any)[1].(map[string]any)
		field["type"], field["id"] = "text", "jobssalarytext"
		c["listRule"] = ""
	}))
	_, err := schema.NewStep(before, after)
	if err == nil || !strings.Contains(err.Error(), "jobs.salary") {
		t.Errorf("error is %v, want one that names jobs.salary", err)
	}
}

func TestStepIsRefusedForBadNamesAndFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"", "AddSalary", "add salary", "../add", "add__salary", "1_add"} {
		if paths, err := (schema.Step{}).Write(dir, name, time.Unix(0, 0)); err == nil {
			t.Errorf("the name %q is accepted: %v", name, paths)
		}
	}
	if _, err := (schema.Step{}).Write(filepath.Join(dir, "absent"), "add_salary", time.Unix(0, 0)); err == nil {
		t.Error("an absent folder is accepted")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a refused step left %v behind (error %v)", left, err)
	}
}

// The written steps are compiled and run, as a person who adds a field and
// later removes a field and a collection would have them.
func TestWrittenStepsLeadToTheDefinitions(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: it compiles the written steps into a program")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := schema.Migrated() // no migrations are registered here
	if err != nil {
		t.Fatal(err)
	}
	first := expected(t, without(t, "companies", "jobs", "titles"))
	second := expectedBoard(t)
	third := expected(t, []byte(strings.NewReplacer(
		`{"type": "number", "name": "salary", "id": "jobssalary"},`, "",
		` && salary < 10`, "",
		`,
		"CREATE INDEX idx_jobs_salary ON jobs (salary)"`, "",
		`,
	{"id": "titles000000000", "type": "view", "name": "titles", "viewQuery": "SELECT id, title FROM jobs"}`, "",
	).Replace(board)))

	dir := t.TempDir()
	steps := [][2][]byte{{empty, first}, {first, second}, {second, third}}
	for i, name := range []string{"start", "add_jobs", "drop_salary"} {
		step, err := schema.NewStep(steps[i][0], steps[i][1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := step.Write(dir, name, time.Unix(int64(1000000000+i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	checkSums(t, dir)

	// the files appear to the compiler as packages of this module
	const program = `package main

import (
	"fmt"
	"os"

	"jobboard/internal/schema"
	_ "jobboard/internal/schema/steptest/migrations"
)

func main() {
	migrated, err := schema.Migrated()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(migrated)
}
`
	main := filepath.Join(dir, "main.go.txt")
	if err := os.WriteFile(main, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(root, "internal", "schema", "steptest")
	overlay := map[string]string{filepath.Join(place, "main.go"): main}
	for _, pattern := range []string{"*.go", "*.json"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			overlay[filepath.Join(place, "migrations", filepath.Base(file))] = file
		}
	}
	raw, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(dir, "overlay.json.txt")
	if err := os.WriteFile(overlayFile, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "run", "-gcflags=all=-dwarf=false", "-overlay", overlayFile, "./internal/schema/steptest")
	run.Dir = root
	run.Env = append(os.Environ(), "CGO_ENABLED=0") // as the board is built, so nothing is compiled for this alone
	run.Stderr = os.Stderr
	migrated, err := run.Output()
	if err != nil {
		t.Fatalf("run the written steps: %v", err)
	}
	diff, err := schema.Diff(migrated, third)
	if err != nil {
		t.Fatal(err)
	}
	if diff != "" {
		t.Errorf("the written steps do not lead to the definitions:\n%s", diff)
	}
}

func checkSums(t *testing.T, dir string) {
	t.Helper()
	check := exec.Command("sha256sum", "--check", "--quiet", schema.ChecksumsFile)
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("the checksums are wrong: %v\n%s", err, out)
	}
}
