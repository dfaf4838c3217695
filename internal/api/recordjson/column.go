package recordjson

import (
	"database/sql"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// column appends what a column of a table holds, as PocketBase shows the field.
type column struct {
	field core.Field
	name  []byte // the member's name as JSON, with the colon after it
	// plain appends a value that only has to be copied, as nearly all have. It returns false for any other, which is left to the field.
	plain func(b []byte, v value) ([]byte, bool)
}

// isNumber reports whether the column's values are read as numbers.
func (c column) isNumber() bool {
	_, is := c.field.(*core.NumberField)
	return is
}

// newColumn returns the column of a field. known is false for fields of a type that may show something else than what is stored, as a
// password's does.
func newColumn(field core.Field) (c column, known bool) {
	c = column{field: field, name: append(appendText(nil, field.GetName()), ':')}
	switch field := field.(type) {
	case *core.TextField, *core.EditorField, *core.URLField, *core.EmailField:
		c.plain = plainText
	case *core.SelectField:
		c.plain = plainChoice(field.IsMultiple())
	case *core.RelationField:
		c.plain = plainChoice(field.IsMultiple())
	case *core.FileField:
		c.plain = plainChoice(field.IsMultiple())
	case *core.NumberField:
		c.plain = plainNumber
	case *core.BoolField:
		c.plain = plainBool
	case *core.DateField, *core.AutodateField:
		c.plain = plainDate
	case *core.JSONField:
		c.plain = plainJSON
	case *core.GeoPointField:
		c.plain = plainNowhere
	default:
		return c, false
	}
	return c, true
}

func (c column) append(b []byte, v value) ([]byte, error) {
	from := len(b)
	b, plain := c.plain(b, v)
	if plain {
		return b, nil
	}
	held, err := v.stored()
	if err != nil {
		return nil, err
	}
	var stored sql.NullString // as PocketBase reads every column
	if err := stored.Scan(held); err != nil {
		return nil, err
	}
	var raw any
	if stored.Valid {
		raw = stored.String
	}
	shown, err := c.field.PrepareValue(nil, raw)
	if err != nil {
		return nil, err
	}
	return appendValue(b[:from], shown)
}

// plainNowhere is for points: it appends the one that PocketBase stores where none is set.
func plainNowhere(b []byte, v value) ([]byte, bool) {
	const nowhere = `{"lon":0,"lat":0}`
	return append(b, nowhere...), v.json == `"{\"lon\":0,\"lat\":0}"`
}

// plainText copies the text as SQLite has escaped it.
func plainText(b []byte, v value) ([]byte, bool) {
	if !isText(v.json) || !utf8.ValidString(v.json) {
		return b, false
	}
	return append(b, v.json...), true
}

// plainChoice is for fields with one text, which is stored as it is, or several, which are stored as a JSON array.
func plainChoice(multiple bool) func(b []byte, v value) ([]byte, bool) {
	return func(b []byte, v value) ([]byte, bool) {
		switch {
		case multiple && v.json == `"[]"`:
			return append(b, "[]"...), true
		case !multiple && !strings.Contains(v.json, "["):
			return plainText(b, v)
		}
		return b, false
	}
}

func plainNumber(b []byte, v value) ([]byte, bool) {
	switch v := v.number.(type) {
	case int64:
		if -1e15 < v && v < 1e15 { // larger ones are rounded
			return strconv.AppendInt(b, v, 10), true
		}
	case float64:
		if -1e15 < v && v < 1e15 && v == math.Trunc(v) {
			return strconv.AppendInt(b, int64(v), 10), true
		}
	}
	return b, false
}

func plainBool(b []byte, v value) ([]byte, bool) {
	switch v.json {
	case "0":
		return append(b, "false"...), true
	case "1":
		return append(b, "true"...), true
	}
	return b, false
}

func plainDate(b []byte, v value) ([]byte, bool) {
	if !isText(v.json) {
		return b, false
	}
	if s := v.json[1 : len(v.json)-1]; s != "" && !isPlainDate(s) {
		at, err := time.Parse(types.DefaultDateLayout, s)
		if err != nil || at.IsZero() || at.Format(types.DefaultDateLayout) != s { // types.DateTime also reads other forms
			return b, false
		}
	}
	return append(b, v.json...), true
}

// isPlainDate reports whether a text is a time in types.DefaultDateLayout, without parsing it. It misses some, such as the last days of
// a month.
func isPlainDate(s string) bool {
	const like = "0000-00-00 00:00:00.000Z"
	if len(s) != len(like) {
		return false
	}
	for i := range like {
		if isDigit := '0' <= s[i] && s[i] <= '9'; like[i] == '0' && !isDigit || like[i] != '0' && s[i] != like[i] {
			return false
		}
	}
	month, day := s[5:7], s[8:10] // not all months have the days from 29 on
	return s[:4] > "0001" && "01" <= month && month <= "12" && "01" <= day && day <= "28" &&
		s[11:13] <= "23" && s[14:16] <= "59" && s[17:19] <= "59"
}

func plainJSON(b []byte, v value) ([]byte, bool) {
	if !isText(v.json) {
		return b, false
	}
	from := len(b)
	b = appendUnescaped(b, v.json[1:len(v.json)-1])
	text := b[from:]
	if len(text) == 0 || !strings.ContainsRune(`[{"`, rune(text[0])) || !json.Valid(text) {
		return b[:from], false
	}
	return b, true
}
