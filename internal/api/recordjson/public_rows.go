package recordjson

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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
	// Also are fields whose texts are asked for besides.
	Also []string
	// As is the caller if fields are shown to the whole role that are hidden from everybody else, and nil otherwise.
	As *core.Record
	// Buffer allocates memory of a capacity in bytes, which the items keep in use.
	Buffer func(capacity int) []byte
}

// expands reports whether the relation's records are asked for.
func (q *Query) expands() bool { return q.Relation != "" && q.Selection.has(core.FieldNameExpand) }

// wants reports whether a field has to be read, where there is a selection.
func (q *Query) wants(field string) bool {
	return q.Selection.has(field) || field == q.Relation && q.expands() || slices.Contains(q.Also, field) ||
		slices.Contains(q.Selection.also, field)
}

// Read returns the records in any order. ok is false where everybody does not see the same: then PocketBase's records must be read. The
// queries end with ctx.
func (p *PublicRows) Read(ctx context.Context, app core.App, db *sql.DB, query Query) (items []Item, ok bool, err error) {
	selection := query.Selection
	t, err := p.table(app, query.Collection, query.As)
	if err != nil || !t.plain {
		return nil, false, err
	}
	reading := t.whole
	if selection != nil {
		reading = t.reading(query.wants)
	}
	rows, ok, err := t.read(ctx, db, reading, query.IDs)
	if err != nil || !ok {
		return nil, false, err
	}
	var expanded expansion
	if query.expands() {
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
		if query.expands() {
			open = expanded.append(open, row)
		}
		items[i] = Item{ID: t.text(row, core.FieldNameId), open: open, selection: selection,
			text: func(field string) string { return t.text(row, field) }}
	}
	return items, true, nil
}

// table returns the table of a collection, and makes it anew when a collection was changed.
func (p *PublicRows) table(app core.App, collection *core.Collection, as *core.Record) (*table, error) {
	key := tableKey{collection: collection.Name}
	if as != nil {
		key.role = as.GetString("role")
	}
	stored, _ := p.tables.Load(key)
	if known, _ := stored.(*table); known != nil && known.collection == collection {
		return known, nil
	}
	made, err := newTable(app, collection, as)
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
	ctx context.Context, app core.App, db *sql.DB, t *table, rows []row, query Query,
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
	other, err := p.table(app, collection, query.As)
	if err != nil || !other.plain {
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
	reading := other.whole
	if selection != nil {
		reading = other.reading(selection.has)
	}
	found, ok, err := other.read(ctx, db, reading, ids)
	if err != nil || !ok {
		return expanded, false, err
	}
	for _, row := range found {
		raw, err := other.append(nil, row, selection)
		if err != nil {
			return expanded, false, err
		}
		expanded.byID[other.text(row, core.FieldNameId)] = append(raw, '}')
	}
	return expanded, true, nil
}

// append appends the member expand of a row, which is there, as in PocketBase, even if nothing is expanded.
func (e expansion) append(b []byte, r row) []byte {
	b = append(appendComma(b), `"`+core.FieldNameExpand+`":{`...)
	if raw := e.byID[r[e.position].string()]; raw != nil {
		b = append(appendText(b, e.name), ':')
		b = append(b, raw...)
	}
	return append(b, '}')
}
