// Package recordjson writes records as JSON, exactly as PocketBase shows them but faster: in one pass, and for records that everybody
// sees alike straight from their rows.
package recordjson

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// recordBytes is about how many bytes of JSON a record takes, so that a list is rarely moved while it grows.
const recordBytes = 3_000

// List returns the list shape: the members of head, which must encode as an object without items, and the records as its items.
//
// Records are written in one pass. encoding/json writes each of them, then checks and copies it once for itself and once more for
// every record that expands it, which takes more time than reading them from the database.
func List(head any, records []*core.Record) (json.RawMessage, error) {
	return appendPage(nil, head, records, len(records)*recordBytes, appendRecord)
}

// appendPage appends the list shape of items, which appendOne writes and which take about size bytes.
func appendPage[T any](b []byte, head any, items []T, size int, appendOne func([]byte, T) ([]byte, error)) (json.RawMessage, error) {
	raw, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("encode the head of a list: %w", err)
	}
	b = append(slices.Grow(b, len(raw)+len(`,"items":[]`)+size), raw[:len(raw)-1]...)
	b = append(b, `,"items":`...)
	if b, err = appendList(b, items, appendOne); err != nil {
		return nil, fmt.Errorf("encode the items of a list: %w", err)
	}
	return append(b, '}'), nil
}

func appendRecords(b []byte, records []*core.Record) ([]byte, error) {
	return appendList(b, records, appendRecord)
}

// appendRecord appends the record's fields in the order of the collection, then what the record carries besides.
func appendRecord(b []byte, record *core.Record) ([]byte, error) {
	b, err := appendOpen(b, record)
	return append(b, '}'), err
}

// appendOpen appends a record without its closing brace.
func appendOpen(b []byte, record *core.Record) ([]byte, error) {
	export := record.PublicExport()
	b = append(b, '{')
	var err error
	left := len(export)
	member := func(name string) {
		if value, shown := export[name]; shown && err == nil {
			b, err = appendMember(b, name, value)
			left--
		}
	}
	for _, field := range record.Collection().Fields {
		member(field.GetName())
	}
	member(core.FieldNameCollectionId)
	member(core.FieldNameCollectionName)
	member(core.FieldNameExpand)
	if left > 0 { // CustomData copies the record, so it is called only where there is some
		for _, name := range slices.Sorted(maps.Keys(record.CustomData())) {
			member(name)
		}
	}
	return b, err
}

func appendList[T any](b []byte, list []T, appendOne func([]byte, T) ([]byte, error)) ([]byte, error) {
	b = append(b, '[')
	for i, one := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendOne(b, one); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, object map[string]any) ([]byte, error) {
	b = append(b, '{')
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var err error
		if b, err = appendMember(b, name, object[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendMember(b []byte, name string, value any) ([]byte, error) {
	b, err := appendValue(append(appendText(appendComma(b), name), ':'), value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// appendComma appends what stands before the next member of an object.
func appendComma(b []byte) []byte {
	if b[len(b)-1] == '{' {
		return b
	}
	return append(b, ',')
}

// appendValue appends a value of a type that records hold. Any other is left to encoding/json.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case float64:
		if size := math.Abs(v); 1e-6 <= size && size < 1e21 { // encoding/json writes the others with an exponent
			return strconv.AppendFloat(b, v, 'f', -1, 64), nil
		}
	case types.JSONRaw:
		if json.Valid(v) {
			return append(b, v...), nil
		}
	case json.RawMessage: // of this package
		if v != nil {
			return append(b, v...), nil
		}
	case types.DateTime:
		return appendText(b, v.String()), nil
	case []string:
		if v != nil {
			return appendList(b, v, func(b []byte, s string) ([]byte, error) { return appendText(b, s), nil })
		}
	case map[string]any:
		if v != nil {
			return appendObject(b, v)
		}
	case *core.Record:
		if v != nil {
			return appendRecord(b, v)
		}
	case []*core.Record:
		if v != nil {
			return appendRecords(b, v)
		}
	}
	raw, err := json.Marshal(value)
	return append(b, raw...), err
}

// appendText appends a JSON string. Unlike encoding/json by default it does not escape <, > and &: the answer is never part of an
// HTML page.
func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // invalid bytes become U+FFFD
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		if s[i] >= ' ' && s[i] != '"' && s[i] != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch s[i] {
		case '"', '\\':
			b = append(b, '\\', s[i])
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			const digits = "0123456789abcdef"
			b = append(b, `\u00`...)
			b = append(b, digits[s[i]>>4], digits[s[i]&0xf])
		}
	}
	return append(append(b, s[from:]...), '"')
}
