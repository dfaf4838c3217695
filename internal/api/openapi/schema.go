package openapi

import "slices"

// ref refers to a schema in components.schemas.
func ref(name string) *schemaObject {
	return &schemaObject{Ref: "#/components/schemas/" + name}
}

func ofType(kinds ...string) *schemaObject { return &schemaObject{Type: kinds} }

// text is a string with a description, "" for none.
func text(description string) *schemaObject {
	return &schemaObject{Type: types{"string"}, Description: description}
}

func maxLength(schema *schemaObject, limit int) *schemaObject {
	schema.MaxLength = limit
	return schema
}

// choice is one of the values, or empty unless it is required.
func choice(values []string, required bool) *schemaObject {
	schema := text("")
	if !required {
		values = append([]string{""}, values...)
	}
	schema.Enum = values
	return schema
}

func arrayOf(items *schemaObject) *schemaObject {
	return &schemaObject{Type: types{"array"}, Items: items}
}

func oneOrMany(schema *schemaObject, many bool) *schemaObject {
	if many {
		return arrayOf(schema)
	}
	return schema
}

// mapOf is an object with keys of any name.
func mapOf(values *schemaObject) *schemaObject {
	return &schemaObject{Type: types{"object"}, AdditionalProperties: values}
}

// property is one property of an object.
type property = member[*schemaObject]

// prop is a property, for lists of them.
func prop(name string, schema *schemaObject) property { return property{name, schema} }

// texts are properties that are strings.
func texts(names ...string) []property {
	list := make([]property, len(names))
	for i, name := range names {
		list[i] = prop(name, text(""))
	}
	return list
}

// shape is an object with those properties, in their order.
func shape(required []string, properties ...property) *schemaObject {
	schema := ofType("object")
	addProperties(schema, required, properties...)
	return schema
}

func addProperties(schema *schemaObject, required []string, properties ...property) {
	for _, p := range properties {
		schema.Properties.set(p.name, p.value)
	}
	schema.Required = append(schema.Required, required...)
}

// extended is the named schema with more properties.
func extended(name string, more *schemaObject) *schemaObject {
	return &schemaObject{AllOf: []*schemaObject{ref(name), more}}
}

// listOf is a page of a list, with items of the named schema.
func listOf(name string) *schemaObject {
	return shape([]string{"page", "perPage", "totalItems", "totalPages", "items"},
		prop("page", ofType("integer")), prop("perPage", ofType("integer")),
		prop("totalItems", ofType("integer")), prop("totalPages", ofType("integer")),
		prop("items", arrayOf(ref(name))))
}

// formSchema is the form beside a JSON body: the same fields, and files, also where JSON has their names.
func formSchema(json *schemaObject) *schemaObject {
	form := ofType("object")
	form.Required = json.Required
	binary := &schemaObject{Type: types{"string"}, ContentMediaType: "application/octet-stream", Description: "A file."}
	for _, p := range slices.Concat(json.Properties, json.files) {
		switch p.name {
		case "avatar", "logo":
			p.value = binary
		case "documents":
			p.value = arrayOf(binary)
		}
		form.Properties.set(p.name, p.value)
	}
	return form
}
