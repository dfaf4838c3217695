package migrations_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/schema"
	_ "jobboard/migrations"
)

// The lock: an empty app after all migrations has exactly the collections that
// the definitions describe.
func TestMigrationsLeadToTheDefinitions(t *testing.T) {
	migrated, err := schema.Migrated()
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := collections.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defined, err := schema.Expected(definitions)
	if err != nil {
		t.Fatal(err)
	}
	diff, err := schema.Diff(migrated, defined)
	if err != nil {
		t.Fatal(err)
	}
	if diff != "" {
		t.Errorf("collections and migrations differ; write the missing step with `go run . schema diff NAME`\n"+
			"(- as the migrations make them, + as they are defined):\n%s", diff)
	}
}

// A step that others may have run never changes again: each file has its
// checksum in a list that only grows.
func TestMigrationsAreFrozen(t *testing.T) {
	raw, err := os.ReadFile(schema.ChecksumsFile)
	if err != nil {
		t.Fatal(err)
	}
	frozen := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		sum, file, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || len(sum) != 2*sha256.Size {
			t.Fatalf("%s has a line that is not a checksum: %q", schema.ChecksumsFile, line)
		}
		if _, twice := frozen[file]; twice {
			t.Errorf("%s lists %s twice", schema.ChecksumsFile, file)
		}
		frozen[file] = sum
	}

	steps, err := filepath.Glob("[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) == 0 {
		t.Fatal("no migrations found")
	}
	for _, file := range steps {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(raw))
		switch frozen[file] {
		case sum:
		case "":
			t.Errorf("%s is not frozen; add this line to %s:\n%s  %s", file, schema.ChecksumsFile, sum, file)
		default:
			t.Errorf("%s was changed after it was frozen; write a new step instead", file)
		}
		delete(frozen, file)
	}
	for file := range frozen {
		t.Errorf("%s is gone; boards that ran it still need it", file)
	}
}

// runStep runs one migration once more.
func runStep(t *testing.T, app core.App, file string) {
	t.Helper()
	for _, step := range core.AppMigrations.Items() {
		if step.File == file {
			if err := step.Up(app); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%s is not registered", file)
}
