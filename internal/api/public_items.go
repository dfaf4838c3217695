package api

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
)

// publicItems reads what itemsByID answers, in any order, for those who see nothing that not everybody sees, as most who
// search: straight from the rows, since PocketBase's records take more time than all the rest of a search. It is false
// where that would not be the same: then PocketBase has to be asked.
func (c *call) publicItems(collection *core.Collection, ids []string, expand string) (items []item, all bool) {
	db, outside := c.app().ConcurrentDB().(*dbx.DB)
	if !outside || !c.seesAsAnybody() {
		return nil, false
	}
	items, all, err := c.readPublicItems(db.DB(), collection, ids, expand)
	if err != nil { // a column that was just renamed, or a value that no field takes
		c.app().Logger().Warn("Public rows are read as records.", "collection", collection.Name, "error", err)
		return nil, false
	}
	return items, all
}

func (c *call) readPublicItems(db *sql.DB, collection *core.Collection, ids []string, expand string) (items []item, all bool, err error) {
	view, err := c.door.publicView(c.app(), db, collection)
	if err != nil || view == nil {
		return nil, false, err
	}
	rows, err := view.read(ids)
	if err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		if !view.shows(row) {
			return nil, false, nil
		}
	}
	related := expansion{}
	if expand != "" {
		if related, all, err = c.publicRelated(db, view, rows, expand); err != nil || !all {
			return nil, false, err
		}
	}
	items = make([]item, len(rows))
	room := c.buffer(len(rows) * recordBytes)
	for i, row := range rows {
		from := i * recordBytes
		open, err := view.append(room[from:from:from+recordBytes], row)
		if err != nil {
			return nil, false, err
		}
		if expand != "" {
			open = related.append(open, row)
		}
		items[i] = item{id: view.text(row, core.FieldNameId), open: open, text: func(field string) string { return view.text(row, field) }}
	}
	return items, true, nil
}

// seesAsAnybody reports whether the caller is shown of a public record what everybody is, and asks for nothing besides.
func (c *call) seesAsAnybody() bool {
	return c.QueryParam("expand") == "" && !hooks.MayManageJobs(c.auth()) &&
		c.event.App.OnRecordEnrich().Length() == hooks.Enrichers // else a hook that we don't know may show more, or less
}

// expansion is what a relation of rows leads to.
type expansion struct {
	name   string
	column int
	byID   map[string][]byte // the related record as JSON
}

// publicRelated reads the records that a relation of rows leads to; false if some of it is not for everybody.
func (c *call) publicRelated(db *sql.DB, view *publicView, rows [][]any, relation string) (related expansion, all bool, err error) {
	field, single := view.collection.Fields.GetByName(relation).(*core.RelationField)
	column, shown := view.place[relation]
	if !single || field.IsMultiple() || !shown {
		return related, false, nil
	}
	collection, err := c.app().FindCachedCollectionByNameOrId(field.CollectionId)
	if err != nil {
		return related, false, fmt.Errorf("find the collection of %s: %w", relation, err)
	}
	other, err := c.door.publicView(c.app(), db, collection)
	if err != nil || other == nil {
		return related, false, err
	}
	related = expansion{name: relation, column: column, byID: make(map[string][]byte, len(rows))}
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		id := view.text(row, relation)
		if strings.Contains(id, "[") { // a list, of which PocketBase takes one
			return related, false, nil
		}
		if _, asked := related.byID[id]; !asked {
			related.byID[id] = nil
			ids = append(ids, id)
		}
	}
	found, err := other.read(ids)
	if err != nil {
		return related, false, err
	}
	for _, row := range found {
		if !other.shows(row) {
			return related, false, nil
		}
		raw, err := other.append(nil, row)
		if err != nil {
			return related, false, err
		}
		related.byID[other.text(row, core.FieldNameId)] = append(raw, '}')
	}
	return related, true, nil
}

// append writes the member expand of a row, as PocketBase does also where there is nothing.
func (e expansion) append(b []byte, row []any) []byte {
	b = append(b, `,"`+core.FieldNameExpand+`":{`...)
	id, _ := row[e.column].(string)
	if raw := e.byID[id]; raw != nil {
		b = append(appendText(b, e.name), ':')
		b = append(b, raw...)
	}
	return append(b, '}')
}
