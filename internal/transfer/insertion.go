package transfer

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// insertion is a statement that inserts a number of jobs.
type insertion struct {
	columns []string
	params  []string // row by row
	query   *dbx.Query
}

// insertions are those of a transaction, by the number of rows.
type insertions map[int]*insertion

// of returns the statement for as many rows.
func (all insertions) of(tx core.App, rows []*row) *insertion {
	found := all[len(rows)]
	if found == nil {
		found = newInsertion(tx, slices.Sorted(maps.Keys(rows[0].values)), len(rows))
		all[len(rows)] = found
	}
	return found
}

func newInsertion(tx core.App, columns []string, rows int) *insertion {
	s := &insertion{columns: columns}
	var text strings.Builder
	text.WriteString("INSERT INTO {{" + collections.Jobs + "}} ([[" + strings.Join(columns, "]], [[") + "]]) VALUES ")
	for n := range rows * len(columns) {
		switch {
		case n == 0:
			text.WriteByte('(')
		case n%len(columns) == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		param := "p" + strconv.Itoa(n)
		s.params = append(s.params, param)
		text.WriteString("{:" + param + "}")
	}
	text.WriteByte(')')
	s.query = tx.NonconcurrentDB().NewQuery(text.String())
	return s
}

func (s *insertion) run(rows []*row) error {
	params := make(dbx.Params, len(s.params))
	for n, r := range rows {
		if len(r.values) != len(s.columns) {
			return errOtherwise // the collection has changed
		}
		for m, column := range s.columns {
			params[s.params[n*len(s.columns)+m]] = r.values[column]
		}
	}
	if _, err := s.query.Bind(params).Execute(); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}
