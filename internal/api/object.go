package api

import (
	"encoding/json"
	"fmt"
)

// object is a record as the caller sees it, with its fields still encoded.
type object struct{ fields map[string]json.RawMessage }

func parseObject(raw []byte) (*object, error) {
	o := &object{}
	if err := json.Unmarshal(raw, &o.fields); err != nil {
		return nil, fmt.Errorf("read a record: %w", err)
	}
	return o, nil
}

// MarshalJSON returns the record as JSON.
func (o *object) MarshalJSON() ([]byte, error) { return json.Marshal(o.fields) }

// text returns the value of a text field, or "" if it is something else.
func (o *object) text(name string) string {
	var text string
	if json.Unmarshal(o.fields[name], &text) != nil {
		return ""
	}
	return text
}

// read decodes a field into dst. If the field is absent, dst stays as it is.
func (o *object) read(name string, dst any) error {
	raw, ok := o.fields[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, dst); err != nil {
		return fmt.Errorf("read the field %s: %w", name, err)
	}
	return nil
}

func (o *object) set(name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the field %s: %w", name, err)
	}
	o.fields[name] = raw
	return nil
}

// expanded returns the record's expand, which is empty if there is none.
func (o *object) expanded() (map[string]json.RawMessage, error) {
	expand := map[string]json.RawMessage{}
	if err := o.read("expand", &expand); err != nil {
		return nil, err
	}
	return expand, nil
}
