package api

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// publicView is what everybody sees of a collection: which rows, and which of their columns.
type publicView struct {
	collection *core.Collection
	db         *sql.DB
	columns    []publicColumn
	place      map[string]int  // of a column, by the field's name
	rule       *plainCondition // which rows; nil for all
	tail       []byte          // the members that all records of the collection end with
	query      string
	byIDs      *sql.Stmt // nil if the collection does not say plainly what everybody sees
}

// publicView gives what everybody sees of a collection, nil if it doesn't say that plainly. It is made anew when a collection
// was changed.
func (d *door) publicView(app core.App, db *sql.DB, collection *core.Collection) (*publicView, error) {
	stored, _ := d.views.Load(collection.Name)
	known, _ := stored.(*publicView)
	if known == nil || known.collection != collection || known.db != db {
		view := &publicView{collection: collection, db: db}
		plain := view.readRules()
		if plain {
			var err error
			if plain, err = view.readFields(app); err != nil {
				return nil, err
			}
		}
		switch {
		case plain && known != nil && known.db == db && known.byIDs != nil && known.query == view.query:
			view.byIDs = known.byIDs // it was another collection that was changed
		case plain:
			var err error
			if view.byIDs, err = db.Prepare(view.query); err != nil {
				return nil, fmt.Errorf("prepare to read %s: %w", collection.Name, err)
			}
		}
		d.views.Store(collection.Name, view)
		known = view
	}
	if known.byIDs == nil {
		return nil, nil
	}
	return known, nil
}

// readRules reports whether the collection's rules show rows to everybody, and by what.
func (v *publicView) readRules() bool {
	list, one := v.collection.ListRule, v.collection.ViewRule
	if !v.collection.IsBase() || list == nil || one == nil || *list != *one {
		return false
	}
	if *list == "" {
		return true
	}
	v.rule = publicCondition(*list)
	return v.rule != nil
}

// readFields reports whether all fields that everybody is shown can be read from the rows. Which these are is seen from what
// the hooks leave of an empty record for a guest.
func (v *publicView) readFields(app core.App) (plain bool, err error) {
	empty := &core.RecordEnrichEvent{App: app, RequestInfo: &core.RequestInfo{Context: core.RequestInfoContextDefault}}
	empty.Record = core.NewRecord(v.collection)
	if err := app.OnRecordEnrich().Trigger(empty); err != nil {
		return false, fmt.Errorf("ask what everybody sees of %s: %w", v.collection.Name, err)
	}
	shown := empty.Record.PublicExport()
	v.place = map[string]int{}
	var names []string
	for _, field := range v.collection.Fields {
		name := field.GetName()
		if _, is := shown[name]; !is {
			continue
		}
		column, known := newPublicColumn(field, len(v.columns) == 0)
		if !known {
			return false, nil
		}
		v.place[name] = len(v.columns)
		v.columns = append(v.columns, column)
		names = append(names, "`"+v.collection.Name+"`.`"+name+"`")
	}
	if v.rule != nil {
		if _, is := v.place[v.rule.field]; !is {
			return false, nil
		}
	}
	// A join in this order goes from id to row, where IN first puts all ids in order. No collection has a blank in its name.
	v.query = "SELECT " + strings.Join(names, ", ") + " FROM json_each(?) `the ids` CROSS JOIN `" + v.collection.Name + "` ON `" +
		v.collection.Name + "`.id = `the ids`.value"
	v.tail = append(appendText([]byte(`,"`+core.FieldNameCollectionId+`":`), v.collection.Id), `,"`+core.FieldNameCollectionName+`":`...)
	v.tail = appendText(v.tail, v.collection.Name)
	return true, nil
}

// read reads the rows with these ids, each named once, in any order.
func (v *publicView) read(ids []string) (found [][]any, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := v.byIDs.Query(string(list))
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", v.collection.Name, err)
	}
	defer rows.Close()
	targets := make([]any, len(v.columns))
	for rows.Next() {
		row := make([]any, len(v.columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("read %s by id: %w", v.collection.Name, err)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s by id: %w", v.collection.Name, err)
	}
	return found, nil
}

// shows reports whether everybody sees the row.
func (v *publicView) shows(row []any) bool {
	if v.rule == nil {
		return true
	}
	value, isText := row[v.place[v.rule.field]].(string)
	return isText && value == v.rule.value
}

// text is what a text column of a row holds.
func (v *publicView) text(row []any, field string) string {
	column, shown := v.place[field]
	if !shown {
		return ""
	}
	text, _ := row[column].(string)
	return text
}

// append writes a row as JSON, without the closing brace.
func (v *publicView) append(b []byte, row []any) ([]byte, error) {
	b = append(b, '{')
	for i, column := range v.columns {
		var err error
		if b, err = column.append(append(b, column.name...), row[i]); err != nil {
			return nil, fmt.Errorf("encode %s of %s %s: %w", column.field.GetName(), v.collection.Name, v.text(row, core.FieldNameId), err)
		}
	}
	return append(b, v.tail...), nil
}
