package api

import (
	"fmt"
	"slices"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// recordSchemaNames are the names of the record schemas, by collection.
var recordSchemaNames = map[string]string{
	collections.Users: "User", collections.JobSeekers: "JobSeeker", collections.FieldsOfInterest: "FieldOfInterest",
	collections.JobSeekerInterests: "JobSeekerInterest", collections.Employers: "Employer", collections.Jobs: "Job",
	collections.Applications: "Application", collections.ApplicationEvents: "ApplicationEvent",
	collections.Notifications: "Notification", collections.JobReviews: "JobReview", collections.UserReviews: "UserReview",
	collections.SavedJobs: "SavedJob", collections.SavedSearches: "SavedSearch", collections.Reports: "Report",
}

// recordSchemas adds, for every collection that clients see, the record as it is answered (Job), as it is made (NewJob),
// as PUT replaces it (JobReplacement) and as PATCH changes it (JobChange), all from the collection's definition.
func recordSchemas(schemas map[string]*base.Schema) error {
	byCollection := emptyObject()
	byCollection.Description = "The records of PocketBase's own API by collection, for typed clients of it."
	schemas["Collections"] = byCollection
	for _, collection := range collections.Definitions() {
		name, ok := recordSchemaNames[collection.Name]
		if !ok {
			continue
		}
		record, input, replacement, change := emptyObject(), emptyObject(), emptyObject(), emptyObject()
		for _, field := range collection.Fields {
			key := field.GetName()
			schema, err := fieldSchema(collection.Name, field)
			if err != nil {
				return err
			}
			if schema == nil {
				continue
			}
			if key != core.FieldNamePassword && key != core.FieldNameTokenKey && (!field.GetHidden() || shownHidden[collection.Name+"."+key]) {
				record.Properties.Set(key, base.CreateSchemaProxy(schema))
				if !field.GetHidden() && alwaysShown(collection.Name, key) {
					record.Required = append(record.Required, key)
				}
			}
			right, limited := collections.FieldRights[collection.Name][key]
			if slices.Contains([]string{"id", "created", "updated", core.FieldNameTokenKey, core.FieldNameVerified}, key) ||
				limited && right == collections.BySystem || field.GetHidden() && key != core.FieldNamePassword {
				continue
			}
			input.Properties.Set(key, base.CreateSchemaProxy(schema))
			if requiredInput(collection.Name, field) {
				input.Required = append(input.Required, key)
			}
			if !limited || right != collections.OnCreation && right != collections.Assigned {
				change.Properties.Set(key, base.CreateSchemaProxy(schema))
				replacement.Properties.Set(key, base.CreateSchemaProxy(schema))
				if requiredInput(collection.Name, field) && key != "email" && key != core.FieldNamePassword {
					replacement.Required = append(replacement.Required, key)
				}
			}
		}
		record.Properties.Set("collectionId", base.CreateSchemaProxy(stringSchema("")))
		record.Properties.Set("collectionName", base.CreateSchemaProxy(&base.Schema{Type: []string{"string"}, Const: node(collection.Name)}))
		record.Required = append(record.Required, "collectionId", "collectionName")
		record.Properties.Set("expand", base.CreateSchemaProxy(expandSchema(collection)))
		if collection.IsAuth() {
			for _, schema := range []*base.Schema{input, change, replacement} {
				schema.Properties.Set("passwordConfirm", base.CreateSchemaProxy(stringSchema("The password again.")))
			}
			change.Properties.Set("oldPassword", base.CreateSchemaProxy(stringSchema("The present password, for a new one.")))
			input.Required = append(input.Required, "passwordConfirm")
		}
		record.Description = "A record of the collection " + collection.Name + "."
		schemas[name] = record
		byCollection.Properties.Set(collection.Name, ref(name))
		byCollection.Required = append(byCollection.Required, collection.Name)
		if slices.Contains([]string{"User", "Job", "Application", "Employer", "Report", "JobReview", "UserReview"}, name) {
			schemas["New"+name] = input
		}
		switch name {
		case "User", "Job":
			schemas[name+"Replacement"], schemas[name+"Change"] = replacement, change
		case "Employer":
			schemas[name+"Change"] = change
		}
	}
	// What the path says need not be in the body.
	for name, field := range map[string]string{"NewApplication": "job", "NewJobReview": "job", "NewUserReview": "subject"} {
		schemas[name].Required = slices.DeleteFunc(schemas[name].Required, func(key string) bool { return key == field })
		schemas[name].Properties.Delete(field)
	}
	return nil
}

// shownHidden are hidden fields that some callers see.
var shownHidden = map[string]bool{"users.deactivatedAt": true, "jobs.applicationCount": true}

// alwaysShown tells whether every caller who sees a record sees the field. Of users, employers see few.
func alwaysShown(collection, key string) bool {
	return collection != collections.Users || key == "id" || key == "name" || key == "avatar"
}

// requiredInput tells whether a new record can't do without the field: no default, no caller and no hook fills it.
func requiredInput(collection string, field core.Field) bool {
	key := field.GetName()
	if collections.Defaults[collection][key] != "" || collections.CallerFields[collection] == key || key == "slug" ||
		collection == collections.Jobs && key == "employer" {
		return false
	}
	if f, ok := field.(interface{ IsRequired() bool }); ok {
		return f.IsRequired()
	}
	switch f := field.(type) {
	case *core.TextField:
		return f.Required
	case *core.EditorField:
		return f.Required
	case *core.SelectField:
		return f.Required
	case *core.RelationField:
		return f.Required
	case *core.NumberField:
		return f.Required
	case *core.JSONField:
		return f.Required
	case *core.EmailField:
		return f.Required
	case *core.PasswordField:
		return true
	}
	return false
}

// fieldSchema is nil for fields that never leave the board.
func fieldSchema(collection string, field core.Field) (*base.Schema, error) {
	switch f := field.(type) {
	case *core.TextField:
		return maxLength(stringSchema(""), f.Max), nil
	case *core.EditorField:
		return stringSchema("HTML, sanitised on the way in."), nil
	case *core.EmailField:
		return stringSchema("An e-mail address."), nil
	case *core.URLField:
		return stringSchema("An address on the web."), nil
	case *core.PasswordField:
		return stringSchema(""), nil
	case *core.DateField:
		return stringSchema("UTC, such as 2026-01-31 09:00:00.000Z; empty where there is none."), nil
	case *core.AutodateField:
		return stringSchema("UTC, such as 2026-01-31 09:00:00.000Z."), nil
	case *core.BoolField:
		return &base.Schema{Type: []string{"boolean"}}, nil
	case *core.NumberField:
		kind := "number"
		if f.OnlyInt {
			kind = "integer"
		}
		return &base.Schema{Type: []string{kind}}, nil
	case *core.GeoPointField:
		point := emptyObject()
		point.Properties.Set("lon", base.CreateSchemaProxy(&base.Schema{Type: []string{"number"}}))
		point.Properties.Set("lat", base.CreateSchemaProxy(&base.Schema{Type: []string{"number"}}))
		point.Required = []string{"lon", "lat"}
		return point, nil
	case *core.SelectField:
		return oneOrMany(choice(f.Values, f.Required && !f.IsMultiple()), f.IsMultiple()), nil
	case *core.RelationField:
		return oneOrMany(stringSchema("The id of a record."), f.IsMultiple()), nil
	case *core.FileField:
		return oneOrMany(stringSchema("The name of a file; see PocketBase's /api/files."), f.IsMultiple()), nil
	case *core.JSONField:
		return jsonSchema(collection, f.Name), nil
	}
	return nil, fmt.Errorf("the document knows no field of type %s", field.Type())
}

// jsonSchema says what is in a JSON field, null where nothing has been.
func jsonSchema(collection, name string) *base.Schema {
	var schema *base.Schema
	switch name {
	case "skills", "applicantCountries", "preferredLocations":
		schema = array(base.CreateSchemaProxy(stringSchema("")))
	case "locations":
		schema = array(ref("Location"))
	case "experience":
		schema = array(ref("Position"))
	case "education":
		schema = array(ref("Schooling"))
	case "questions":
		schema = array(ref("Question"))
	default:
		schema = mapOf(&base.Schema{})
		if collection == collections.Reports || collection == collections.Applications {
			schema.Type = []string{"object", "array", "string"}
		}
	}
	schema.Type = append(schema.Type, "null")
	return schema
}

func expandSchema(collection *core.Collection) *base.Schema {
	expand := emptyObject()
	expand.Description = "The relations that were asked for."
	for _, field := range collection.Fields {
		relation, ok := field.(*core.RelationField)
		if !ok {
			continue
		}
		for target, name := range recordSchemaNames {
			if relation.CollectionId == "jb_"+target || target == collections.Users && relation.CollectionId == "_pb_users_auth_" {
				if relation.IsMultiple() {
					expand.Properties.Set(relation.Name, base.CreateSchemaProxy(array(ref(name))))
				} else {
					expand.Properties.Set(relation.Name, ref(name))
				}
			}
		}
	}
	return expand
}

func emptyObject() *base.Schema {
	return &base.Schema{Type: []string{"object"}, Properties: orderedmap.New[string, *base.SchemaProxy]()}
}

// mapOf is an object with keys of any name.
func mapOf(values *base.Schema) *base.Schema {
	return &base.Schema{Type: []string{"object"}, AdditionalProperties: &base.DynamicValue[*base.SchemaProxy, bool]{A: base.CreateSchemaProxy(values)}}
}

func stringSchema(description string) *base.Schema {
	return &base.Schema{Type: []string{"string"}, Description: description}
}

func maxLength(schema *base.Schema, max int) *base.Schema {
	if max > 0 {
		length := int64(max)
		schema.MaxLength = &length
	}
	return schema
}

func array(items *base.SchemaProxy) *base.Schema {
	return &base.Schema{Type: []string{"array"}, Items: &base.DynamicValue[*base.SchemaProxy, bool]{A: items}}
}

func oneOrMany(schema *base.Schema, many bool) *base.Schema {
	if many {
		return array(base.CreateSchemaProxy(schema))
	}
	return schema
}

// choice is one of the values, or empty where none is required.
func choice(values []string, required bool) *base.Schema {
	schema := stringSchema("")
	if !required {
		values = append([]string{""}, values...)
	}
	for _, value := range values {
		schema.Enum = append(schema.Enum, node(value))
	}
	return schema
}
