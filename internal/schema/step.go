package schema

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"text/template"
	"time"
)

// ChecksumsFile is the name of the list that freezes merged migrations, in the format of sha256sum.
const ChecksumsFile = "CHECKSUMS"

// Step is the difference that leads from the migrated collections to the defined ones.
type Step struct {
	// Changed is the JSON array of the new and changed collections, each complete.
	Changed []byte
	// DroppedFields are the fields that are dropped with their data.
	DroppedFields []DroppedField
	// DroppedCollections are the names of the collections that are dropped with their records.
	DroppedCollections []string

	changed int
}

// DroppedField names a field, and its collection, which stays.
type DroppedField struct{ Collection, Field string }

// Empty reports whether the definitions and the migrations agree.
func (s Step) Empty() bool {
	return s.changed == 0 && len(s.DroppedCollections) == 0
}

// NewStep returns the difference between two normalised snapshots. Collections and fields are the same if their ids are, whatever their
// names. A field that keeps its name but not its id (usually because its type changed) is an error: people must write what becomes of
// its data.
func NewStep(migrated, defined []byte) (Step, error) {
	before, err := byID(migrated)
	if err != nil {
		return Step{}, fmt.Errorf("read the migrated collections: %w", err)
	}
	after, err := byID(defined)
	if err != nil {
		return Step{}, fmt.Errorf("read the defined collections: %w", err)
	}

	step := Step{}
	changed := []collection{}
	for _, c := range after.list {
		old, existed := before.byID[c.id()]
		if existed && reflect.DeepEqual(old, c) {
			continue
		}
		changed = append(changed, c)
		if !existed || c.isView() {
			continue
		}
		dropped, err := droppedFields(old, c)
		if err != nil {
			return Step{}, err
		}
		step.DroppedFields = append(step.DroppedFields, dropped...)
	}
	for _, c := range before.list {
		if _, stays := after.byID[c.id()]; !stays {
			step.DroppedCollections = append(step.DroppedCollections, c.name())
		}
	}

	step.changed = len(changed)
	step.Changed, err = encode(changed)
	return step, err
}

func droppedFields(before, after collection) ([]DroppedField, error) {
	ids, names := map[string]bool{}, map[string]bool{}
	for _, field := range after.fields() {
		ids[text(field["id"])] = true
		names[text(field["name"])] = true
	}
	var dropped []DroppedField
	for _, field := range before.fields() {
		name := text(field["name"])
		switch {
		case ids[text(field["id"])]:
		case names[name]:
			return nil, fmt.Errorf("%s.%s is another field now (its id changed, most likely with its type): write that step by hand",
				after.name(), name)
		default:
			dropped = append(dropped, DroppedField{after.name(), name})
		}
	}
	return dropped, nil
}

type snapshot struct {
	list []collection
	byID map[string]collection
}

func byID(raw []byte) (snapshot, error) {
	s := snapshot{byID: map[string]collection{}}
	if err := decode(raw, &s.list); err != nil {
		return s, err
	}
	for _, c := range s.list {
		s.byID[c.id()] = c
	}
	return s, nil
}

var (
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

	//go:embed step.go.tmpl
	stepTemplate string
	stepSource   = template.Must(template.New("step").Parse(stepTemplate))
)

// CheckName returns an error for the name of a step that is not in snake_case.
func CheckName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%q is not a name in snake_case, such as add_job_salary", name)
	}
	return nil
}

// Write writes the step to dir as <unix>_<name>.go and .json, adds both to the checksums that freeze them, and returns their paths. name
// says in snake_case what the step does, as in "add_job_salary".
func (s Step) Write(dir, name string, at time.Time) ([]string, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder: run this in the folder of the project, or name the folder of the migrations", dir)
	}

	base := fmt.Sprintf("%d_%s", at.Unix(), name)
	var source bytes.Buffer
	if err := stepSource.Execute(&source, map[string]any{
		"Step":     s,
		"File":     base,
		"Variable": lowerCamel(name),
		"Imports":  s.changed > 0,
	}); err != nil {
		return nil, fmt.Errorf("write the migration: %w", err)
	}
	formatted, err := format.Source(source.Bytes())
	if err != nil {
		return nil, fmt.Errorf("format the migration: %w", err)
	}

	files := []string{base + ".go"}
	contents := [][]byte{formatted}
	if s.changed > 0 {
		files, contents = append(files, base+".json"), append(contents, s.Changed)
	}
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = filepath.Join(dir, file)
		if err := os.WriteFile(paths[i], contents[i], 0o644); err != nil {
			return nil, fmt.Errorf("write the migration: %w", err)
		}
	}
	return paths, freeze(dir, files)
}

// freeze appends the checksums of files in dir.
func freeze(dir string, files []string) error {
	list, err := os.OpenFile(filepath.Join(dir, ChecksumsFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the checksums: %w", err)
	}
	defer list.Close()
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		if _, err := fmt.Fprintf(list, "%x  %s\n", sha256.Sum256(raw), file); err != nil {
			return fmt.Errorf("write the checksums: %w", err)
		}
	}
	return nil
}

// lowerCamel turns add_job_salary into addJobSalary.
func lowerCamel(snake string) string {
	words := strings.Split(snake, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
