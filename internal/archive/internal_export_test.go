package archive

import (
	"context"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// Writes reports what a trigger writes to.
func Writes(ctx context.Context, app core.App, statement string) (derived, archived bool) {
	list, err := archivedCollections(app)
	if err != nil {
		panic(err)
	}
	tables, err := archivedTables(ctx, app, transaction{app.DB()})
	if err != nil {
		panic(err)
	}
	kept, others := map[string]bool{}, map[string]bool{}
	for _, c := range list {
		kept[c.Name] = true
	}
	for _, t := range tables {
		kept[t.Name] = true
	}
	for _, name := range slices.Concat(derivedTables, secretTables) {
		others[name] = true
	}
	return writesTo(statement, others), writesTo(statement, kept)
}
