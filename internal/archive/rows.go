package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// lines calls take with each line of an entry, and compares their number with the manifest's.
func (i *importer) lines(name string, count int, take func(line []byte) error) error {
	from, err := i.archive.open(name, math.MaxInt64)
	if err != nil {
		return err
	}
	defer from.Close()
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	read := 0
	for scanner.Scan() {
		read++
		if read > count {
			break
		}
		if err := take(scanner.Bytes()); err != nil {
			return fmt.Errorf("%s line %d: %w", name, read, plainly(err))
		}
		if err := i.row(); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("%s after line %d: %w", name, read, err)
	}
	if read != count {
		return fmt.Errorf("%s has not the %d lines that the manifest lists", name, count)
	}
	return nil
}

// plainly says which values two rows have in common, where SQLite refused the second.
func plainly(err error) error {
	if _, columns, found := strings.Cut(err.Error(), "UNIQUE constraint failed: "); found {
		columns, _, _ = strings.Cut(columns, " (")
		return fmt.Errorf("another row has the same %s", columns)
	}
	return err
}

// collection writes the records of a collection.
func (i *importer) collection(c *core.Collection) (err error) {
	rows := 0
	for _, entry := range i.archive.manifest.Collections {
		if entry.Name == c.Name {
			rows = entry.Rows
		}
	}
	table := i.insertion(c.Name, c.Fields.FieldNames())
	defer table.close(&err)
	return i.lines(dataEntry(c.Name), rows, func(line []byte) error {
		record, err := i.decode(c, line)
		if err != nil {
			return err
		}
		values, err := record.DBExport(i.app)
		if err != nil {
			return err
		}
		return table.insert(values)
	})
}

// insertion is a prepared statement that inserts a row into a table.
type insertion struct {
	query   *dbx.Query
	columns []string
}

func (i *importer) insertion(table string, columns []string) insertion {
	values := make([]string, len(columns))
	for n := range columns {
		values[n] = fmt.Sprintf("{:p%d}", n)
	}
	// A row that fails ends the import, so SQLite need not keep what it would take to undo the row alone.
	query := "INSERT OR FAIL INTO " + quoted(table) + " (" + quotedList(columns) + ") VALUES (" + strings.Join(values, ", ") + ")"
	return insertion{i.db.NewQuery(query).WithContext(i.ctx).Prepare(), columns}
}

func (n insertion) insert(row map[string]any) error {
	params := dbx.Params{}
	for at, column := range n.columns {
		params["p"+strconv.Itoa(at)] = row[column]
	}
	_, err := n.query.Bind(params).Execute()
	return err
}

func (n insertion) close(err *error) { *err = errors.Join(*err, n.query.Close()) }

// table writes the rows of a table in place of those that it has.
func (i *importer) table(name string) error {
	var content tableContent
	for _, t := range i.archive.manifest.Tables {
		if t.Name == name {
			content = t
		}
	}
	if err := i.exec("empty the table "+name, "DELETE FROM "+quoted(name)); err != nil {
		return err
	}
	if err := i.tableRows(name, content); err != nil || content.Sequence == 0 {
		return err
	}
	if err := i.exec("reset the sequence of "+name, "DELETE FROM sqlite_sequence WHERE name = ?", name); err != nil {
		return err
	}
	return i.exec("set the sequence of "+name, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", name, content.Sequence)
}

func (i *importer) tableRows(name string, content tableContent) (err error) {
	table := i.insertion(name, content.Columns)
	defer table.close(&err)
	return i.lines(tableEntry(name), content.Rows, func(line []byte) error {
		row := map[string]any{}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		if len(row) != len(content.Columns) {
			return fmt.Errorf("it has %d values, not %d", len(row), len(content.Columns))
		}
		for _, column := range content.Columns {
			value, ok := row[column]
			if !ok {
				return fmt.Errorf("it has no %s", column)
			}
			var err error
			if row[column], err = stored(value); err != nil {
				return fmt.Errorf("%s: %w", column, err)
			}
		}
		return table.insert(row)
	})
}

// stored returns a JSON value as SQLite stores it.
func stored(value any) (any, error) {
	switch value := value.(type) {
	case nil, string:
		return value, nil
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole, nil
		}
		return value.Float64()
	}
	return nil, errors.New("must be a text, a number or null")
}

// checkRelations refuses records that name records that do not exist.
func (i *importer) checkRelations(list []*core.Collection) error {
	for _, c := range list {
		if c.Name == core.CollectionNameExternalAuths {
			err := i.checkRelation(c.Name, "recordRef", "SELECT id, recordRef FROM "+quoted(c.Name)+" WHERE recordRef", collections.Users)
			if err != nil {
				return err
			}
		}
		for _, field := range c.Fields {
			relation, ok := field.(*core.RelationField)
			if !ok {
				continue
			}
			target, err := i.app.FindCachedCollectionByNameOrId(relation.CollectionId)
			if err != nil {
				return fmt.Errorf("find the collection that %s.%s points to: %w", c.Name, relation.Name, err)
			}
			table, name := quoted(c.Name), quoted(relation.Name)
			query := "SELECT id, " + name + " FROM " + table + " WHERE " + name + " != '' AND " + name
			if relation.IsMultiple() {
				query = "SELECT r.id, v.value FROM " + table + " r, json_each(r." + name + ") v WHERE v.value"
			}
			if err := i.checkRelation(c.Name, relation.Name, query, target.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkRelation refuses a relation to records that target does not have. query selects record and value, and ends with the value.
func (i *importer) checkRelation(collection, field, query, target string) error {
	rows, err := i.db.QueryContext(i.ctx, query+" NOT IN (SELECT id FROM "+quoted(target)+") LIMIT 1")
	if err != nil {
		return fmt.Errorf("check %s.%s: %w", collection, field, err)
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var id, value string
	if err := rows.Scan(&id, &value); err != nil {
		return fmt.Errorf("check %s.%s: %w", collection, field, err)
	}
	return fmt.Errorf("%s %s: %s names %q, and the archive has no such record of %s", collection, id, field, value, target)
}
