package command_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/command"
	_ "jobboard/migrations"
)

func TestSchemaDiffHasNothingToDoWhenMigrationsAreUpToDate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	out, err := schemaDiff(t, collections.Snapshot, folder, "change_nothing")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "Nothing to do") {
		t.Errorf("says %q, want it to say that there is nothing to do", out)
	}
	if files := filesIn(t, folder); len(files) != 0 {
		t.Errorf("wrote %v", files)
	}
}

func TestSchemaDiffWritesTheStep(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	definitions := func() ([]byte, error) {
		raw, err := collections.Snapshot()
		if err != nil {
			return nil, err
		}
		var list []map[string]any
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
		for _, c := range list {
			if c["name"] == collections.SavedJobs {
				c["fields"] = append(c["fields"].([]any), map[string]any{"type": "text", "name": "remark"})
			}
		}
		return json.Marshal(list)
	}

	out, err := schemaDiff(t, definitions, folder, "add_saved_job_remark")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, `"remark"`) {
		t.Errorf("does not show the difference:\n%s", out)
	}
	files := filesIn(t, folder)
	if len(files) != 3 || files[2] != "CHECKSUMS" ||
		!strings.HasSuffix(files[0], "_add_saved_job_remark.go") || !strings.HasSuffix(files[1], "_add_saved_job_remark.json") {
		t.Fatalf("wrote %v, want a .go, a .json and CHECKSUMS", files)
	}
	raw, err := os.ReadFile(filepath.Join(folder, files[1]))
	if err != nil {
		t.Fatal(err)
	}
	var changed []struct{ Name string }
	if err := json.Unmarshal(raw, &changed); err != nil {
		t.Fatal(err)
	}
	if len(changed) != 1 || changed[0].Name != collections.SavedJobs {
		t.Errorf("the step holds %v, want saved_jobs alone", changed)
	}
	source, err := os.ReadFile(filepath.Join(folder, files[0]))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(source), `"jobboard/`) {
		t.Errorf("the step imports the project's own code:\n%s", source)
	}
}

func TestSchemaDiffRefusesABadName(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	nothing := func() ([]byte, error) { return []byte(`[{"type": "base", "name": "things", "fields": []}]`), nil }
	if _, err := schemaDiff(t, nothing, folder, "Add Things"); err == nil {
		t.Error("a name with spaces is accepted")
	}
	if files := filesIn(t, folder); len(files) != 0 {
		t.Errorf("wrote %v", files)
	}
}

func schemaDiff(t *testing.T, definitions func() ([]byte, error), folder, name string) (string, error) {
	t.Helper()
	schema := command.NewSchemaCommand(definitions)
	schema.SetArgs([]string{"diff", name, "--migrations", folder})
	var out bytes.Buffer
	schema.SetOut(&out)
	schema.SetErr(&out)
	err := schema.Execute()
	return out.String(), err
}

func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	// upper case sorts first; the steps read better in front
	if len(names) > 0 && names[0] == "CHECKSUMS" {
		names = append(names[1:], names[0])
	}
	return names
}
