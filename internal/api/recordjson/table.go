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
	columns    []column
	position   map[string]int // of a column, by the field's name
	rule       *condition     // which rows everybody sees; nil means all
	plain      bool           // the collection says in a plain way what everybody sees
	whole      *reading       // of all columns
}

// newTable returns the table of a collection as somebody of a role, or everybody, sees it.
func newTable(app core.App, collection *core.Collection, as *core.Record) (t *table, err error) {
	t = &table{collection: collection}
	if !t.readRules() {
		return t, nil
	}
	if t.plain, err = t.readFields(app, as); err != nil {
		return nil, err
	}
	t.whole = t.reading(func(string) bool { return true })
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
	}
	if t.rule != nil {
		if _, isShown := t.position[t.rule.field]; !isShown {
			return false, nil
		}
	}
	return true, nil
}

// reading is how some of a table's columns are read.
type reading struct {
	query   string
	texts   []int // positions of the columns that come together in one JSON array
	numbers []int // positions of those that come by themselves
}

// reading returns how the wanted columns are read, and the row's id in any case.
//
// All columns but numbers come as one JSON array, written by SQLite: each value that database/sql hands over takes two allocations, and
// most of them only have to be copied into the response. SQLite would write numbers with fewer digits than they have. No collection has
// a blank or a quote in its name.
func (t *table) reading(wanted func(field string) bool) *reading {
	r := &reading{}
	var texts, numbers strings.Builder
	for i, c := range t.columns {
		name := c.field.GetName()
		if name != core.FieldNameId && !wanted(name) {
			continue
		}
		quoted := "`" + t.collection.Name + "`.`" + name + "`"
		if c.isNumber() {
			r.numbers = append(r.numbers, i)
			numbers.WriteString(", " + quoted)
			continue
		}
		if len(r.texts) > 0 {
			texts.WriteString(", ")
		}
		r.texts = append(r.texts, i)
		// A blob is greater than everything else, and JSON has none; PocketBase reads it as a text.
		texts.WriteString("iif(" + quoted + " < x'', " + quoted + ", CAST(" + quoted + " AS TEXT))")
	}
	public := "1"
	if t.rule != nil {
		public = "`" + t.collection.Name + "`.`" + t.rule.field + "` IS '" + strings.ReplaceAll(t.rule.value, "'", "''") + "'"
	}
	// A join in this order looks up each id as it comes; IN would sort all ids first.
	r.query = "SELECT " + public + ", json_array(" + texts.String() + ")" + numbers.String() +
		" FROM json_each(?) `the ids` CROSS JOIN `" + t.collection.Name + "` ON `" + t.collection.Name + "`.id = `the ids`.value"
	return r
}

// row is the values of a row by the positions of their columns. Those of columns that were not read are empty.
type row []value

// read returns the rows with these ids, each of which is given once, in any order. ok is false if not all of them are shown to everybody.
func (t *table) read(ctx context.Context, db *sql.DB, r *reading, ids []string) (found []row, ok bool, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, false, err
	}
	rows, err := db.QueryContext(ctx, r.query, string(list))
	if err != nil {
		return nil, false, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
	}
	defer rows.Close()
	var public bool
	var texts string
	numbers := make([]any, len(r.numbers))
	targets := []any{&public, &texts}
	for i := range numbers {
		targets = append(targets, &numbers[i])
	}
	space := make([]value, len(ids)*len(t.columns))
	found = make([]row, 0, len(ids))
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, false, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
		}
		if !public || len(space) < len(t.columns) {
			return nil, false, nil
		}
		one := row(space[:len(t.columns):len(t.columns)])
		space = space[len(t.columns):]
		if err := split(texts, one, r.texts); err != nil {
			return nil, false, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
		}
		for i, position := range r.numbers {
			one[position].number = numbers[i]
		}
		found = append(found, one)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
	}
	if err := rows.Close(); err != nil {
		return nil, false, fmt.Errorf("read %s by id: %w", t.collection.Name, err)
	}
	return found, true, t.readFractions(ctx, db, r, found)
}

// readFractions reads once more, with all their digits, the fractions in columns that are not for numbers. No door stores any there.
func (t *table) readFractions(ctx context.Context, db *sql.DB, r *reading, found []row) error {
	for _, one := range found {
		for _, position := range r.texts {
			if !one[position].isFraction() {
				continue
			}
			query := "SELECT `" + t.columns[position].field.GetName() + "` FROM `" + t.collection.Name + "` WHERE id = ?"
			if err := db.QueryRowContext(ctx, query, t.text(one, core.FieldNameId)).Scan(&one[position].number); err != nil {
				return fmt.Errorf("read a fraction of %s: %w", t.collection.Name, err)
			}
		}
	}
	return nil
}

// text returns the value of a text column of a row, or "" if it was not read.
func (t *table) text(r row, field string) string {
	position, shown := t.position[field]
	if !shown {
		return ""
	}
	return r[position].string()
}

// append appends the selected members of a row as JSON, without the closing brace.
func (t *table) append(b []byte, r row, selection *Selection) ([]byte, error) {
	b = append(b, '{')
	for i, c := range t.columns {
		if !selection.has(c.field.GetName()) {
			continue
		}
		var err error
		if b, err = c.append(append(appendComma(b), c.name...), r[i]); err != nil {
			id := t.text(r, core.FieldNameId)
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
