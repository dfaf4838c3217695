// Package schema compares the collections that the definitions describe with those that the migrations make, and writes the step
// between them.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	// the system migrations, which every app starts from
	_ "github.com/pocketbase/pocketbase/migrations"
)

// current returns the app's collections, sorted by name, as a normalised JSON array. It leaves out the system collections and what
// differs between two databases of the same schema (created and updated, the order of indexes, the field ids of views). Secrets are
// never part of it.
func current(app core.App) ([]byte, error) {
	var found []*core.Collection
	if err := app.CollectionQuery().AndWhere(dbx.HashExp{"system": false}).OrderBy("name ASC").All(&found); err != nil {
		return nil, fmt.Errorf("read the collections: %w", err)
	}

	list := make([]collection, 0, len(found))
	for _, c := range found {
		raw, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("encode collection %s: %w", c.Name, err)
		}
		var normal collection
		if err := decode(raw, &normal); err != nil {
			return nil, fmt.Errorf("decode collection %s: %w", c.Name, err)
		}
		normal.normalise()
		list = append(list, normal)
	}
	return encode(list)
}

// Expected returns the collections of a new, empty app that has imported snapshot, the JSON array of all definitions. They are
// normalised as by Migrated.
func Expected(snapshot []byte) ([]byte, error) {
	return inTemporaryApp(func(app core.App) error {
		// The definitions are complete: fields of PocketBase's default users collection that they lack must go.
		if err := app.ImportCollectionsByMarshaledJSON(snapshot, true); err != nil {
			return fmt.Errorf("import the definitions: %w", err)
		}
		return nil
	})
}

// Migrated returns the collections of a new, empty app after all registered migrations, as a normalised JSON array. The caller imports
// the package that registers the migrations.
func Migrated() ([]byte, error) {
	return inTemporaryApp(func(app core.App) error {
		if err := app.RunAllMigrations(); err != nil {
			return fmt.Errorf("run the migrations: %w", err)
		}
		return nil
	})
}

// inTemporaryApp calls shape with an empty app, which has only PocketBase's system migrations, and returns its collections. Nothing else
// of the app is kept.
func inTemporaryApp(shape func(app core.App) error) (collections []byte, err error) {
	dir, err := os.MkdirTemp("", "jobboard-schema-")
	if err != nil {
		return nil, fmt.Errorf("create a temporary data folder: %w", err)
	}
	defer os.RemoveAll(dir)

	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return nil, fmt.Errorf("start a temporary app: %w", err)
	}
	defer func() {
		if closeErr := app.ResetBootstrapState(); closeErr != nil && err == nil {
			err = fmt.Errorf("stop the temporary app: %w", closeErr)
		}
	}()

	if err := shape(app); err != nil {
		return nil, err
	}
	return current(app)
}

// collection is one collection as plain JSON, so that properties added by a later version of PocketBase are compared, too.
type collection map[string]any

func (c collection) id() string   { return text(c["id"]) }
func (c collection) name() string { return text(c["name"]) }
func (c collection) isView() bool { return c["type"] == core.CollectionTypeView }

func (c collection) fields() []map[string]any {
	list, _ := c["fields"].([]any)
	fields := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if field, ok := item.(map[string]any); ok {
			fields = append(fields, field)
		}
	}
	return fields
}

func (c collection) normalise() {
	delete(c, "created")
	delete(c, "updated")
	if indexes, ok := c["indexes"].([]any); ok {
		slices.SortFunc(indexes, func(a, b any) int {
			return strings.Compare(text(a), text(b))
		})
	}
	if c.isView() {
		// PocketBase gives the fields of a view a new random id at each save
		for _, field := range c.fields() {
			delete(field, "id")
		}
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// decode decodes JSON and keeps numbers as written.
func decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// encode returns JSON for people to read: indented, with < and & unescaped.
func encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
