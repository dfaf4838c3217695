package openapi

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The types below are the part of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html) that the document uses, under the
// specification's names. See docs/decisions/0038-openapi-types.md for why they are ours.
type (
	documentObject struct {
		OpenAPI    string                   `json:"openapi"`
		Info       infoObject               `json:"info"`
		Servers    []serverObject           `json:"servers"`
		Paths      members[*pathItemObject] `json:"paths"`
		Components componentsObject         `json:"components"`
		Tags       []tagObject              `json:"tags"`
	}
	infoObject struct {
		Title       string        `json:"title"`
		Description string        `json:"description"`
		License     licenseObject `json:"license"`
		Version     string        `json:"version"`
	}
	licenseObject struct {
		Name       string `json:"name"`
		Identifier string `json:"identifier"`
	}
	serverObject struct {
		URL         string `json:"url"`
		Description string `json:"description"`
	}
	tagObject struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	componentsObject struct {
		Schemas         map[string]*schemaObject  `json:"schemas"`
		Responses       members[*responseObject]  `json:"responses"`
		SecuritySchemes map[string]securityScheme `json:"securitySchemes"`
	}
	securityScheme struct {
		Type        string `json:"type"`
		Description string `json:"description"`
		Scheme      string `json:"scheme"`
	}
	pathItemObject struct {
		Get    *operationObject `json:"get,omitempty"`
		Put    *operationObject `json:"put,omitempty"`
		Post   *operationObject `json:"post,omitempty"`
		Delete *operationObject `json:"delete,omitempty"`
		Patch  *operationObject `json:"patch,omitempty"`
	}
	operationObject struct {
		Tags        []string                 `json:"tags"`
		Summary     string                   `json:"summary"`
		Description string                   `json:"description"`
		OperationID string                   `json:"operationId"`
		Parameters  []parameterObject        `json:"parameters,omitempty"`
		RequestBody *requestBodyObject       `json:"requestBody,omitempty"`
		Responses   members[*responseObject] `json:"responses"`
		Security    []securityRequirement    `json:"security"`
	}
	// securityRequirement names the security schemes that are needed together; none means that no login is needed.
	securityRequirement map[string][]string
	parameterObject     struct {
		Name        string        `json:"name"`
		In          string        `json:"in"`
		Description string        `json:"description,omitempty"`
		Required    bool          `json:"required,omitempty"`
		Style       string        `json:"style,omitempty"`
		Explode     bool          `json:"explode,omitempty"`
		Schema      *schemaObject `json:"schema"`
	}
	requestBodyObject struct {
		Content  members[mediaTypeObject] `json:"content"`
		Required bool                     `json:"required,omitempty"`
	}
	responseObject struct {
		Ref         string                   `json:"$ref,omitempty"`
		Description string                   `json:"description,omitempty"`
		Headers     members[headerObject]    `json:"headers,omitempty"`
		Content     members[mediaTypeObject] `json:"content,omitempty"`
	}
	headerObject struct {
		Description string        `json:"description"`
		Schema      *schemaObject `json:"schema"`
	}
	mediaTypeObject struct {
		Schema  *schemaObject `json:"schema"`
		Example any           `json:"example,omitempty"`
	}
)

// schemaObject is a JSON Schema, or with Ref a reference to one.
type schemaObject struct {
	Ref                  string                 `json:"$ref,omitempty"`
	Type                 types                  `json:"type,omitempty"`
	Description          string                 `json:"description,omitempty"`
	Const                any                    `json:"const,omitempty"`
	Enum                 []string               `json:"enum,omitempty"`
	Examples             []any                  `json:"examples,omitempty"`
	MaxLength            int                    `json:"maxLength,omitempty"`
	ContentMediaType     string                 `json:"contentMediaType,omitempty"`
	Items                *schemaObject          `json:"items,omitempty"`
	AllOf                []*schemaObject        `json:"allOf,omitempty"`
	AnyOf                []*schemaObject        `json:"anyOf,omitempty"`
	Required             []string               `json:"required,omitempty"`
	Properties           members[*schemaObject] `json:"properties,omitempty"`
	AdditionalProperties *schemaObject          `json:"additionalProperties,omitempty"`

	// files are properties that only a form can have.
	files members[*schemaObject]
}

// types are the JSON types that a value may have.
type types []string

// MarshalJSON writes one type as a string and several as an array.
func (t types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// members are those of a JSON object, in the order in which they are written.
type members[V any] []member[V]

type member[V any] struct {
	name  string
	value V
}

// get returns the member's value, and whether there is one.
func (m members[V]) get(name string) (V, bool) {
	for _, one := range m {
		if one.name == name {
			return one.value, true
		}
	}
	var none V
	return none, false
}

// set gives the member a value; a new one goes to the end.
func (m *members[V]) set(name string, value V) {
	for i := range *m {
		if (*m)[i].name == name {
			(*m)[i].value = value
			return
		}
	}
	*m = append(*m, member[V]{name, value})
}

// remove removes the member, if there is one.
func (m *members[V]) remove(name string) {
	*m = slices.DeleteFunc(*m, func(one member[V]) bool { return one.name == name })
}

// MarshalJSON writes an object.
func (m members[V]) MarshalJSON() ([]byte, error) {
	b := &bytes.Buffer{}
	for i, one := range m {
		b.WriteByte("{,"[min(i, 1)])
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	if len(m) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
