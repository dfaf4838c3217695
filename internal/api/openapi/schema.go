package openapi

import (
	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
)

// ref refers to a schema in components.schemas.
func ref(name string) *base.SchemaProxy {
	return base.CreateSchemaProxyRef("#/components/schemas/" + name)
}

// inline puts a schema where others are referred to.
func inline(schema *base.Schema) *base.SchemaProxy { return base.CreateSchemaProxy(schema) }

func ofType(kinds ...string) *base.Schema { return &base.Schema{Type: kinds} }

// text is a string with a description, "" for none.
func text(description string) *base.Schema {
	return &base.Schema{Type: []string{"string"}, Description: description}
}

func maxLength(schema *base.Schema, limit int) *base.Schema {
	if limit > 0 {
		length := int64(limit)
		schema.MaxLength = &length
	}
	return schema
}

// choice is one of the values, or empty unless it is required.
func choice(values []string, required bool) *base.Schema {
	schema := text("")
	if !required {
		values = append([]string{""}, values...)
	}
	for _, value := range values {
		schema.Enum = append(schema.Enum, node(value))
	}
	return schema
}

func arrayOf(items *base.SchemaProxy) *base.Schema {
	return &base.Schema{Type: []string{"array"}, Items: &base.DynamicValue[*base.SchemaProxy, bool]{A: items}}
}

func oneOrMany(schema *base.Schema, many bool) *base.Schema {
	if many {
		return arrayOf(inline(schema))
	}
	return schema
}

// mapOf is an object with keys of any name.
func mapOf(values *base.Schema) *base.Schema {
	return &base.Schema{Type: []string{"object"}, AdditionalProperties: &base.DynamicValue[*base.SchemaProxy, bool]{A: inline(values)}}
}

func emptyObject() *base.Schema {
	return &base.Schema{Type: []string{"object"}, Properties: orderedmap.New[string, *base.SchemaProxy]()}
}

// property is one property of an object.
type property struct {
	name   string
	schema *base.SchemaProxy
}

// prop is a property whose schema is given inline.
func prop(name string, schema *base.Schema) property { return property{name, inline(schema)} }

// texts are properties that are strings.
func texts(names ...string) []property {
	list := make([]property, len(names))
	for i, name := range names {
		list[i] = prop(name, text(""))
	}
	return list
}

// shape is an object with those properties, in their order.
func shape(required []string, properties ...property) *base.Schema {
	schema := emptyObject()
	addProperties(schema, required, properties...)
	return schema
}

func addProperties(schema *base.Schema, required []string, properties ...property) {
	for _, p := range properties {
		schema.Properties.Set(p.name, p.schema)
	}
	schema.Required = append(schema.Required, required...)
}

// extended is the named schema with more properties.
func extended(name string, more *base.Schema) *base.Schema {
	return &base.Schema{AllOf: []*base.SchemaProxy{ref(name), inline(more)}}
}

// listOf is a page of a list, with items of the named schema.
func listOf(name string) *base.Schema {
	return shape([]string{"page", "perPage", "totalItems", "totalPages", "items"},
		prop("page", ofType("integer")), prop("perPage", ofType("integer")),
		prop("totalItems", ofType("integer")), prop("totalPages", ofType("integer")),
		prop("items", arrayOf(ref(name))))
}

// formSchema is the form beside a JSON body: the same fields, and files where JSON has their names.
func formSchema(json *base.Schema) *base.Schema {
	form := emptyObject()
	form.Required = json.Required
	binary := &base.Schema{Type: []string{"string"}, ContentMediaType: "application/octet-stream", Description: "A file."}
	for key, schema := range json.Properties.FromOldest() {
		switch key {
		case "avatar", "logo":
			schema = inline(binary)
		case "documents":
			schema = inline(arrayOf(inline(binary)))
		}
		form.Properties.Set(key, schema)
	}
	return form
}
