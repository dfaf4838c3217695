package api

import (
	"database/sql"
	"encoding/json"
	"fmt"

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
	byIDs      *sql.Stmt
}

// publicView gives what everybody sees of a collection, nil if its rules don't say that plainly. It is made anew when the
// collection was changed.
func (d *door) publicView(db *sql.DB, collection *core.Collection) (*publicView, error) {
	if known, ok := d.views.Load(collection.Name); ok {
		if view := known.(*publicView); view.collection == collection && view.db == db {
			if view.byIDs == nil {
				return nil, nil
			}
			return view, nil
		}
	}
	view := &publicView{collection: collection, db: db}
	if view.readRules() {
		if err := view.prepare(); err != nil {
			return nil, err
		}
	}
	d.views.Store(collection.Name, view)
	if view.byIDs == nil {
		return nil, nil
	}
	return view, nil
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
	v.rule = publicIf(*list)
	return v.rule != nil
}

func (v *publicView) prepare() error {
	v.place = map[string]int{}
	query := "SELECT "
	for _, field := range v.collection.Fields {
		if field.GetHidden() {
			continue
		}
		if len(v.columns) > 0 {
			query += ", "
		}
		query += "`" + field.GetName() + "`"
		v.place[field.GetName()] = len(v.columns)
		v.columns = append(v.columns, newPublicColumn(field, len(v.columns) == 0))
	}
	if v.rule != nil {
		if _, shown := v.place[v.rule.field]; !shown {
			return nil
		}
	}
	v.tail = append(appendText([]byte(`,"`+core.FieldNameCollectionId+`":`), v.collection.Id), `,"`+core.FieldNameCollectionName+`":`...)
	v.tail = appendText(v.tail, v.collection.Name)
	var err error
	if v.byIDs, err = v.db.Prepare(query + " FROM `" + v.collection.Name + "` WHERE id IN (SELECT value FROM json_each(?))"); err != nil {
		return fmt.Errorf("prepare to read %s: %w", v.collection.Name, err)
	}
	return nil
}

// read reads the rows that have one of the ids, in any order.
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
	return v.rule == nil || v.text(row, v.rule.field) == v.rule.value
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
