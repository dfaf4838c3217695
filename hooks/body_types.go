package hooks

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/problem"
)

// readBody returns the body as it was sent, before PocketBase cast it to the fields' types.
func readBody(e *core.RecordRequestEvent) (map[string]any, error) {
	body := map[string]any{}
	if err := e.BindBody(&body); err != nil {
		return nil, fmt.Errorf("read the request body: %w", err)
	}
	return body, nil
}

// checkBodyTypes refuses a value of a wrong JSON type, naming the field. PocketBase alone would cast it: "abc" in a number
// field becomes 0, an unreadable date becomes empty.
func checkBodyTypes(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return err
	}
	typed := typedKeys(e)
	for key, value := range body {
		field := e.Collection.Fields.GetByName(fieldOfKey(key))
		if field == nil || value == nil {
			continue
		}
		// PocketBase guesses the types of multipart values, but "12" may be meant as a name.
		if typed != nil && !typed[key] {
			value = asText(value)
			if reason := wrongText(field, value); reason != "" {
				return problem.Field(field.GetName(), problem.WrongType, reason)
			}
			continue
		}
		if reason := wrongType(field, value); reason != "" {
			return problem.Field(field.GetName(), problem.WrongType, reason)
		}
	}
	return nil
}

// typedKeys returns the keys of a multipart request whose JSON types are known, because they came in the JSON part that the
// SDK and batches send along. It is nil for a JSON request, where all types are known.
func typedKeys(e *core.RecordRequestEvent) map[string]bool {
	if !strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/form-data") || e.Request.MultipartForm == nil {
		return nil
	}
	typed := map[string]bool{}
	for _, payload := range e.Request.MultipartForm.Value[router.JSONPayloadKey] {
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(payload), &object) == nil { // an object, or else BindBody would have failed
			for key := range object {
				typed[key] = true
			}
		}
	}
	return typed
}

// asText undoes PocketBase's guess of a multipart value's type.
func asText(value any) any {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return value
}

func wrongText(field core.Field, value any) string {
	text, isText := value.(string)
	if !isText || text == "" {
		return "" // repeated values of select, relation and file fields
	}
	switch field.(type) {
	case *core.NumberField:
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "Must be a number."
		}
	case *core.BoolField:
		if _, err := strconv.ParseBool(text); err != nil {
			return "Must be true or false."
		}
	case *core.DateField:
		return wrongDate(text)
	}
	return ""
}

func wrongType(field core.Field, value any) string {
	switch f := field.(type) {
	case *core.TextField, *core.EditorField, *core.EmailField, *core.URLField, *core.PasswordField:
		if _, ok := value.(string); !ok {
			return "Must be a string."
		}
	case *core.NumberField:
		if _, ok := value.(float64); !ok {
			return "Must be a number."
		}
	case *core.BoolField:
		if _, ok := value.(bool); !ok {
			return "Must be true or false."
		}
	case *core.DateField:
		text, ok := value.(string)
		if !ok {
			return "Must be a date and time as a string, such as 2026-01-31 09:00:00.000Z."
		}
		return wrongDate(text)
	case *core.GeoPointField:
		return wrongPoint(value)
	case *core.SelectField:
		if wrongStrings(value, f.IsMultiple()) != "" {
			return allowedValues(f)
		}
	case *core.RelationField:
		return wrongStrings(value, f.IsMultiple())
	case *core.FileField:
		return wrongStrings(value, f.IsMultiple())
	}
	return ""
}

func wrongDate(text string) string {
	if text == "" {
		return ""
	}
	if date, err := types.ParseDateTime(text); err != nil || date.IsZero() {
		return "Must be a date and time, such as 2026-01-31 09:00:00.000Z."
	}
	return ""
}

func wrongPoint(value any) string {
	const reason = `Must be a point such as {"lon": 4.83, "lat": 45.76}.`
	point, ok := value.(map[string]any)
	if !ok {
		return reason
	}
	for key, limit := range map[string]float64{"lon": 180, "lat": 90} {
		number, ok := point[key].(float64)
		if !ok || number < -limit || number > limit {
			return reason
		}
	}
	return ""
}

func wrongStrings(value any, multiple bool) string {
	list, isList := value.([]any)
	if _, ok := value.(string); ok {
		return ""
	}
	if !multiple {
		return "Must be a string."
	}
	if !isList {
		return "Must be a list of strings."
	}
	for _, item := range list {
		if _, ok := item.(string); !ok {
			return "Must be a list of strings."
		}
	}
	return ""
}
