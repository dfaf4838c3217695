package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pocketbase/pocketbase/core"
)

// encoder writes rows as JSON objects, one per line, with their values as JSON's own types.
type encoder struct {
	line  bytes.Buffer
	texts *json.Encoder // to line
}

func newEncoder() *encoder {
	e := &encoder{}
	e.texts = json.NewEncoder(&e.line)
	e.texts.SetEscapeHTML(false)
	return e
}

// record returns the line of a record, valid until the next call.
func (e *encoder) record(fields []core.Field, values []any) ([]byte, error) {
	return e.object(len(fields), func(i int) error {
		if err := e.text(fields[i].GetName()); err != nil {
			return err
		}
		e.line.WriteByte(':')
		if err := e.value(fields[i], values[i]); err != nil {
			return fmt.Errorf("%s: %w", fields[i].GetName(), err)
		}
		return nil
	})
}

// row returns the line of a table's row, valid until the next call.
func (e *encoder) row(columns []string, values []any) ([]byte, error) {
	return e.object(len(columns), func(i int) error {
		if err := e.text(columns[i]); err != nil {
			return err
		}
		e.line.WriteByte(':')
		return e.plain(values[i])
	})
}

func (e *encoder) object(size int, member func(i int) error) ([]byte, error) {
	e.line.Reset()
	e.line.WriteByte('{')
	for i := range size {
		if i > 0 {
			e.line.WriteByte(',')
		}
		if err := member(i); err != nil {
			return nil, err
		}
	}
	e.line.WriteString("}\n")
	return e.line.Bytes(), nil
}

// value writes a column's value as the field's JSON type.
func (e *encoder) value(field core.Field, value any) error {
	switch field.(type) {
	case *core.JSONField:
		return e.json(value, "null")
	case *core.GeoPointField:
		return e.json(value, `{"lon":0,"lat":0}`)
	case *core.BoolField:
		if number, ok := value.(int64); ok {
			value = number != 0
		}
		if value == nil {
			value = false
		}
		return e.plain(value)
	case *core.NumberField:
		if value == nil {
			value = int64(0)
		}
		return e.plain(value)
	}
	if several, ok := field.(core.MultiValuer); ok && several.IsMultiple() {
		return e.json(value, "[]")
	}
	if value == nil {
		value = ""
	}
	return e.plain(value)
}

// json writes a value that is stored as JSON, or empty if none is.
func (e *encoder) json(value any, empty string) error {
	stored, ok := value.(string)
	if raw, isBytes := value.([]byte); isBytes {
		stored, ok = string(raw), true
	}
	switch {
	case value == nil, ok && stored == "":
		e.line.WriteString(empty)
		return nil
	case ok && json.Valid([]byte(stored)):
		return json.Compact(&e.line, []byte(stored))
	}
	return e.plain(value) // SQLite keeps a JSON number as a number
}

func (e *encoder) plain(value any) error {
	switch value := value.(type) {
	case nil:
		e.line.WriteString("null")
	case bool:
		e.line.WriteString(strconv.FormatBool(value))
	case int64:
		e.line.WriteString(strconv.FormatInt(value, 10))
	case float64:
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		e.line.Write(raw)
	case string:
		return e.text(value)
	case []byte:
		return e.text(string(value))
	default:
		return fmt.Errorf("a value of the type %T can't be archived", value)
	}
	return nil
}

func (e *encoder) text(value string) error {
	if err := e.texts.Encode(value); err != nil {
		return err
	}
	e.line.Truncate(e.line.Len() - 1) // the line break that Encode adds
	return nil
}
