package recordjson

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Item is a record of a list, already as JSON, to which members can be added.
type Item struct {
	ID   string
	open []byte                    // the object without its closing brace
	text func(field string) string // the value of a text field

	selection *Selection
}

// NewItem returns a record as an item.
func NewItem(record *core.Record) (Item, error) {
	open, err := appendOpen(make([]byte, 0, recordBytes), record)
	if err != nil {
		return Item{}, fmt.Errorf("encode %s %s: %w", record.Collection().Name, record.Id, err)
	}
	return Item{ID: record.Id, open: open, text: record.GetString}, nil
}

// JSON returns the item as an object. It must not be used afterwards.
func (i *Item) JSON() json.RawMessage { return append(i.open, '}') }

// Text returns the value of one of the record's text fields.
func (i *Item) Text(field string) string { return i.text(field) }

// Selected reports whether the item has only the members that are asked for.
func (i *Item) Selected() bool { return i.selection != nil }

// Has reports whether a member is asked for.
func (i *Item) Has(name string) bool { return i.selection.has(name) }

// Add adds a member to the object where it is asked for.
func (i *Item) Add(name string, value any) (err error) {
	if !i.Has(name) {
		return nil
	}
	i.open, err = appendMember(i.open, name, value)
	return err
}

// Text is a text under a name.
type Text struct{ Name, Value string }

// AddTexts adds a member that is an object of texts, where it is asked for.
func (i *Item) AddTexts(name string, texts ...Text) {
	if !i.Has(name) {
		return
	}
	b := append(appendText(appendComma(i.open), name), ":{"...)
	for _, text := range texts {
		b = append(appendText(appendComma(b), text.Name), ':')
		b = appendText(b, text.Value)
	}
	i.open = append(b, '}')
}

// headBytes is about how many bytes a list takes besides its items; most of them are facets.
const headBytes = 4_000

// SizeOf returns about how many bytes a list of the items takes.
func SizeOf(items []Item) int {
	size := headBytes
	for _, item := range items {
		size += len(item.open) + len("},")
	}
	return size
}

// AppendItems appends the list shape to b: the members of head, which must encode as an object without items, and the items.
func AppendItems(b []byte, head any, items []Item) (json.RawMessage, error) {
	return appendPage(b, head, items, SizeOf(items), func(b []byte, item Item) ([]byte, error) {
		return append(append(b, item.open...), '}'), nil
	})
}
