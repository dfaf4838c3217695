package pages

import (
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// fieldBook knows the names of the fields of interest, which are public, few, and seldom change.
type fieldBook struct {
	mu     sync.Mutex
	read   time.Time
	bySlug map[string]fieldOfInterest
	byID   map[string]fieldOfInterest
}

type fieldOfInterest struct{ ID, Name, Slug, Kind string }

// param is the parameter of a search that finds the field's jobs.
func (f fieldOfInterest) param() string {
	if f.Kind == "industry" {
		return "industry"
	}
	return "field"
}

const fieldsFresh = time.Minute

// look reads the fields where they are not fresh.
func (b *fieldBook) look(app core.App) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bySlug != nil && time.Since(b.read) < fieldsFresh {
		return nil
	}
	var rows []fieldOfInterest
	if err := app.DB().Select("id", "name", "slug", "kind").From(collections.FieldsOfInterest).All(&rows); err != nil {
		return fmt.Errorf("read the fields of interest: %w", err)
	}
	b.bySlug, b.byID = make(map[string]fieldOfInterest, len(rows)), make(map[string]fieldOfInterest, len(rows))
	for _, row := range rows {
		b.bySlug[row.Slug], b.byID[row.ID] = row, row
	}
	b.read = time.Now()
	return nil
}

// find finds a field by its slug or id.
func (b *fieldBook) find(app core.App, key string) (fieldOfInterest, bool) {
	if b.look(app) != nil {
		return fieldOfInterest{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if field, is := b.bySlug[key]; is {
		return field, true
	}
	field, is := b.byID[key]
	return field, is
}

// name is what a field is called; the key itself where it is none.
func (b *fieldBook) name(app core.App, key string) string {
	if field, is := b.find(app, key); is {
		return field.Name
	}
	return key
}
