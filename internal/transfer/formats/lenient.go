package formats

import (
	"bytes"
	"encoding/json"
	"strings"

	"jobboard/internal/transfer/values"
)

// text is a JSON string, or a number or truth value as text. Other values are "".
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	*t = ""
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || bytes.Equal(raw, []byte("null")):
		return nil
	case raw[0] == '"':
		return json.Unmarshal(raw, (*string)(t))
	}
	*t = text(raw)
	return nil
}

// amount is a JSON number, or a text that is one. Other values are 0.
type amount float64

func (a *amount) UnmarshalJSON(raw []byte) error {
	*a = 0
	var written text
	if err := written.UnmarshalJSON(raw); err != nil {
		return err
	}
	var number float64
	if json.Unmarshal([]byte(written), &number) == nil {
		*a = amount(number)
	} else if number, ok := values.Number(string(written)); ok {
		*a = amount(number)
	}
	return nil
}

// truth is a JSON truth value, or a text that is one. given is false for null and other values.
type truth struct{ yes, given bool }

func (t *truth) UnmarshalJSON(raw []byte) error {
	yes, known := values.Truth(strings.Trim(string(raw), `"`))
	*t = truth{yes: yes, given: known}
	return nil
}

// many is a JSON list, or one element that stands for a list of it. Elements of other types are left out.
type many[T any] []T

func (m *many[T]) UnmarshalJSON(raw []byte) error {
	*m = nil
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	var elements []json.RawMessage
	if raw[0] != '[' {
		elements = []json.RawMessage{raw}
	} else if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	for _, element := range elements {
		var value T
		if json.Unmarshal(element, &value) == nil {
			*m = append(*m, value)
		}
	}
	return nil
}

// named is an object with a name.
type named struct {
	Name text `json:"name"`
}

// object is an object of one type; other values are the empty one.
type object[T any] struct{ is T }

func (o *object[T]) UnmarshalJSON(raw []byte) error {
	var value T
	if len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &value) == nil {
		o.is = value
	}
	return nil
}
