package api

import (
	"fmt"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
)

// item is a record of an answer, already as JSON, to which a route may add what it knows of the record.
type item struct {
	id   string
	open []byte                    // the object without its closing brace
	text func(field string) string // what one of the record's text fields holds
}

func itemOf(record *core.Record) (item, error) {
	open, err := appendOpen(make([]byte, 0, recordBytes), record)
	if err != nil {
		return item{}, fmt.Errorf("encode %s %s: %w", record.Collection().Name, record.Id, err)
	}
	return item{id: record.Id, open: open, text: record.GetString}, nil
}

func (i *item) add(name string, value any) (err error) {
	i.open, err = appendMember(i.open, name, value)
	return err
}

// headBytes is about what an answer takes besides its items: facets are the most of it.
const headBytes = 4_000

// sendItems answers with a list of records.
func (c *call) sendItems(head any, items []item) error {
	size := 0
	for _, item := range items {
		size += len(item.open) + len("},")
	}
	raw, err := appendItems(c.buffer(size+headBytes), head, items, size, func(b []byte, one item) ([]byte, error) {
		return append(append(b, one.open...), '}'), nil
	})
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, raw)
}
