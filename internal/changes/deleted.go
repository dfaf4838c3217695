package changes

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Deleted returns the record that a deletion has deleted.
func (c Change) Deleted(collection *core.Collection) (*core.Record, error) {
	values := map[string]any{}
	if err := json.Unmarshal([]byte(c.Data), &values); err != nil {
		return nil, fmt.Errorf("read the deleted record %s: %w", c.Record, err)
	}
	record := core.NewRecord(collection)
	for _, field := range collection.Fields {
		value, err := field.PrepareValue(record, values[field.GetName()])
		if err != nil {
			return nil, fmt.Errorf("read the field %s of the deleted record %s: %w", field.GetName(), c.Record, err)
		}
		record.SetRaw(field.GetName(), value)
	}
	return record, record.PostScan()
}
