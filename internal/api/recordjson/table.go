package recordjson

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// table is what everybody, or a role, sees of a collection: which rows, and which of their columns.
type table struct {
	collection *core.Collection
	db         *sql.DB
	columns    []column
	position   map[string]int // of a column, by the field's name
	rule       *condition     // which rows everybody sees; nil means all
	query      string
	byIDs      *sql.Stmt // nil if the collection does not say in a plain way what everybody sees
}

// newTable returns the table of a collection as somebody of a role, or everybody, sees it. previous, which may be nil, is the one made
// before the collection was changed.
func newTable(app core.App, db *sql.DB, collection *core.Collection, as *core.Record, previous *table) (*table, error) {
	t := &table{collection: collection, db: db}
	if !t.readRules() {
		return t, nil
	}
	if plain, err := t.readFields(app, as); err != nil || !plain {
		return t, err
	}
	if previous != nil && previous.db == db && previous.byIDs != nil && previous.query == t.query {
		t.byIDs = previous.byIDs // it was another collection that was changed
		return t, nil
	}
	var err error
	if t.byIDs, err = db.Prepare(t.query); err != nil {
		return nil, fmt.Errorf("prepare to read %s: %w", collection.Name, err)
	}
	return t, nil
}

// readRules reports whether the collection's rules show rows to everybody, and notes which.
func (t *table) readRules() bool {
	list, view := t.collection.ListRule, t.collection.ViewRule
	if !t.collection.IsBase() || list == nil || view == nil || *list != *view {
		return false
	}
	if *list == "" {
		return true
	}
	t.rule = publicCondition(*list)
	return t.rule != nil
}

// readFields reports whether all fields that are shown can be read from the rows, and notes which they are: those that the hooks leave
// of an empty record for a guest, or for as.
func (t *table) readFields(app core.App, as *core.Record) (plain bool, err error) {
	enrich := &core.RecordEnrichEvent{App: app, RequestInfo: &core.RequestInfo{Context: core.RequestInfoContextDefault, Auth: as}}
	enrich.Record = core.NewRecord(t.collection)
	if err := app.OnRecordEnrich().Trigger(enrich); err != nil {
		return false, fmt.Errorf("find out what is shown of %s: %w", t.collection.Name, err)
	}
	shown := enrich.Record.PublicExport()
	t.position = map[string]int{}
	var names []string
	for _, field := range t.collection.Fields {
		name := field.GetName()
		if _, isShown := shown[name]; !isShown {
			continue
		}
		c, known := newColumn(field)
		if !known {
			return false, nil
		}
		t.position[name] = len(t.columns)
		t.columns = append(t.columns, c)
		names = append(names, "`"+t.collection.Name+"`.`"+name+"`")
	}
	if t.rule != nil {
		if _, isShown := t.position[t.rule.field]; !isShown {
			return false, nil
		}
	}
	// A join in this order looks up each id as it comes; IN would sort all ids first. No collection has a blank in its name.
	t.query = "SELECT " + strings.Join(names, ", ") + " FROM json_each(?) `the ids` CROSS JOIN `" + t.collection.Name + "` ON `" +
		t.collection.Name + "`.id = `the ids`.value"
	return true, nil
}

// read returns the rows with these ids, each of which is given once, in any order.
func (t *table) read(ctx context.Context, ids []string) (found [][]any, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := t.byIDs.QueryContext(ctx, string(list))
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
	}
	defer rows.Close()
	targets := make([]any, len(t.columns))
	for rows.Next() {
		row := make([]any, len(t.columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
	}
	return found, nil
}

// shows reports whether everybody sees the row.
func (t *table) shows(row []any) bool {
	if t.rule == nil {
		return true
	}
	value, isText := row[t.position[t.rule.field]].(string)
	return isText && value == t.rule.value
}

// text returns the value of a text column of a row.
func (t *table) text(row []any, field string) string {
	position, shown := t.position[field]
	if !shown {
		return ""
	}
	text, _ := row[position].(string)
	return text
}

// append appends the selected members of a row as JSON, without the closing brace.
func (t *table) append(b []byte, row []any, selection *Selection) ([]byte, error) {
	b = append(b, '{')
	for i, c := range t.columns {
		if !selection.has(c.field.GetName()) {
			continue
		}
		var err error
		if b, err = c.append(append(appendComma(b), c.name...), row[i]); err != nil {
			id := t.text(row, core.FieldNameId)
			return nil, fmt.Errorf("encode %s of %s %s: %w", c.field.GetName(), t.collection.Name, id, err)
		}
	}
	for _, tail := range [...][2]string{
		{core.FieldNameCollectionId, t.collection.Id}, {core.FieldNameCollectionName, t.collection.Name},
	} {
		if selection.has(tail[0]) {
			b = appendText(append(appendText(appendComma(b), tail[0]), ':'), tail[1])
		}
	}
	return b, nil
}
