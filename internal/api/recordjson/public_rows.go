package recordjson

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// PublicRows reads records that everybody sees alike straight from their rows. The zero value is ready to use.
type PublicRows struct{ tables sync.Map } // by tableKey: *table

type tableKey struct{ collection, role string }

// Query asks for the records of a collection that have one of the ids.
type Query struct {
	Collection *core.Collection
	IDs        []string
	Relation   string     // each record comes with the one that it leads to; "" is none
	Selection  *Selection // of members
	// As is the caller if fields are shown to the whole role that are hidden from everybody else, and nil otherwise.
	As *core.Record
	// Buffer allocates memory of a capacity in bytes, which the items keep in use.
	Buffer func(capacity int) []byte
}

// Read returns the records in any order. ok is false where everybody does not see the same: then PocketBase's records must be read. The
// queries end with ctx.
func (p *PublicRows) Read(ctx context.Context, app core.App, db *sql.DB, query Query) (items []Item, ok bool, err error) {
	ids, relation, selection := query.IDs, query.Relation, query.Selection
	t, err := p.table(app, db, query.Collection, query.As)
	if err != nil || t.byIDs == nil {
		return nil, false, err
	}
	rows, err := t.read(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		if !t.shows(row) {
			return nil, false, nil
		}
	}
	var expanded expansion
	if relation != "" {
		if expanded, ok, err = p.expand(ctx, app, db, t, rows, query); err != nil || !ok {
			return nil, false, err
		}
	}
	items = make([]Item, len(rows))
	space := query.Buffer(len(rows) * recordBytes)
	for i, row := range rows {
		from := i * recordBytes
		open, err := t.append(space[from:from:from+recordBytes], row, selection)
		if err != nil {
			return nil, false, err
		}
		if relation != "" && selection.has(core.FieldNameExpand) {
			open = expanded.append(open, row)
		}
		items[i] = Item{ID: t.text(row, core.FieldNameId), open: open, selection: selection,
			text: func(field string) string { return t.text(row, field) }}
	}
	return items, true, nil
}

// table returns the table of a collection, and makes it anew when a collection was changed.
func (p *PublicRows) table(app core.App, db *sql.DB, collection *core.Collection, as *core.Record) (*table, error) {
	key := tableKey{collection: collection.Name}
	if as != nil {
		key.role = as.GetString("role")
	}
	stored, _ := p.tables.Load(key)
	known, _ := stored.(*table)
	if known != nil && known.collection == collection && known.db == db {
		return known, nil
	}
	made, err := newTable(app, db, collection, as, known)
	if err != nil {
		return nil, err
	}
	p.tables.Store(key, made)
	return made, nil
}

// expansion is what a relation of rows leads to.
type expansion struct {
	name     string
	position int               // of the relation's column
	byID     map[string][]byte // the related records as JSON
}

// expand reads the records that a relation of rows leads to. ok is false where everybody does not see the same of them.
func (p *PublicRows) expand(
	ctx context.Context, app core.App, db *sql.DB, t *table, rows [][]any, query Query,
) (expanded expansion, ok bool, err error) {
	relation, selection := query.Relation, query.Selection.ofRelated()
	field, isRelation := t.collection.Fields.GetByName(relation).(*core.RelationField)
	position, shown := t.position[relation]
	if !isRelation || field.IsMultiple() || !shown {
		return expanded, false, nil
	}
	collection, err := app.FindCachedCollectionByNameOrId(field.CollectionId)
	if err != nil {
		return expanded, false, fmt.Errorf("find the collection of %s: %w", relation, err)
	}
	other, err := p.table(app, db, collection, query.As)
	if err != nil || other.byIDs == nil {
		return expanded, false, err
	}
	expanded = expansion{name: relation, position: position, byID: make(map[string][]byte, len(rows))}
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		id := t.text(row, relation)
		if strings.Contains(id, "[") { // a list, of which PocketBase takes one
			return expanded, false, nil
		}
		if _, seen := expanded.byID[id]; !seen {
			expanded.byID[id] = nil
			ids = append(ids, id)
		}
	}
	found, err := other.read(ctx, ids)
	if err != nil {
		return expanded, false, err
	}
	for _, row := range found {
		if !other.shows(row) {
			return expanded, false, nil
		}
		raw, err := other.append(nil, row, selection)
		if err != nil {
			return expanded, false, err
		}
		expanded.byID[other.text(row, core.FieldNameId)] = append(raw, '}')
	}
	return expanded, true, nil
}

// append appends the member expand of a row, which is there, as in PocketBase, even if nothing is expanded.
func (e expansion) append(b []byte, row []any) []byte {
	b = append(appendComma(b), `"`+core.FieldNameExpand+`":{`...)
	id, _ := row[e.position].(string)
	if raw := e.byID[id]; raw != nil {
		b = append(appendText(b, e.name), ':')
		b = append(b, raw...)
	}
	return append(b, '}')
}
