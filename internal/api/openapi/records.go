package openapi

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// recordSchemas are the names of the record schemas, by collection.
var recordSchemas = map[string]string{
	collections.Users:              "User",
	collections.JobSeekers:         "JobSeeker",
	collections.FieldsOfInterest:   "FieldOfInterest",
	collections.JobSeekerInterests: "JobSeekerInterest",
	collections.Employers:          "Employer",
	collections.Jobs:               "Job",
	collections.Applications:       "Application",
	collections.ApplicationEvents:  "ApplicationEvent",
	collections.Notifications:      "Notification",
	collections.JobReviews:         "JobReview",
	collections.UserReviews:        "UserReview",
	collections.SavedJobs:          "SavedJob",
	collections.SavedSearches:      "SavedSearch",
	collections.JobDays:            "JobDay",
	collections.Reports:            "Report",
	collections.ImportSources:      "ImportSource",
	collections.APIKeys:            "APIKey",
	collections.Events:             "Event",
	collections.WebhookEndpoints:   "WebhookEndpoint",
	collections.WebhookDeliveries:  "WebhookDelivery",
}

// collectionsOfShapes are the collections whose records the other schemas are made of.
var collectionsOfShapes = map[string]string{
	"Session":               collections.Users,
	"UserWithProfile":       collections.Users,
	"JobPage":               collections.Jobs,
	"ScoredJobPage":         collections.Jobs,
	"ApplicationWithEvents": collections.Applications,
	"NotificationPage":      collections.Notifications,
	"CandidatePage":         collections.JobSeekers,
	"CreatedAPIKey":         collections.APIKeys,
}

// CollectionOf returns the name of the collection whose records a schema shows, or "" if it shows none.
func CollectionOf(schema string) string {
	for collection, name := range recordSchemas {
		if name == schema {
			return collection
		}
	}
	return collectionsOfShapes[schema]
}

// addRecordSchemas adds the schemas of every collection that clients see, all made from the collection's definition: a record as it
// is answered (Job), as POST makes it (NewJob), as PUT replaces it (JobReplacement) and as PATCH changes it (JobChange).
func addRecordSchemas(schemas map[string]*schemaObject) error {
	byCollection := ofType("object")
	byCollection.Description = "The records of PocketBase's own API by collection, for typed clients of it."
	schemas["Collections"] = byCollection
	for _, collection := range collections.Definitions() {
		name, ok := recordSchemas[collection.Name]
		if !ok {
			continue
		}
		made, err := schemasOf(collection)
		if err != nil {
			return err
		}
		schemas[name] = made.record
		byCollection.Properties.set(collection.Name, ref(name))
		byCollection.Required = append(byCollection.Required, collection.Name)
		switch name {
		case "User", "Job":
			schemas["New"+name], schemas[name+"Replacement"], schemas[name+"Change"] = made.input, made.replacement, made.change
		case "Employer", "APIKey", "SavedSearch", "WebhookEndpoint":
			schemas["New"+name], schemas[name+"Change"] = made.input, made.change
		case "Application", "Report", "JobReview", "UserReview", "SavedJob":
			schemas["New"+name] = made.input
		}
	}
	for name, fields := range notInBody {
		for _, field := range fields {
			schemas[name].Required = slices.DeleteFunc(schemas[name].Required, func(key string) bool { return key == field })
			schemas[name].Properties.remove(field)
		}
	}
	return nil
}

// notInBody lists, by the schema of a body, the fields that it can't set: the path names them, they are the caller's own, or they have the
// only value that is allowed.
var notInBody = map[string][]string{
	"NewApplication": {"job", "seeker", "status"},
	"NewJobReview":   {"job", "author", "status"},
	"NewUserReview":  {"subject", "author", "status"},
}

// collectionSchemas are the schemas of one collection: a record, and the bodies of POST, PUT and PATCH.
type collectionSchemas struct{ record, input, replacement, change *schemaObject }

func schemasOf(collection *core.Collection) (collectionSchemas, error) {
	s := collectionSchemas{ofType("object"), ofType("object"), ofType("object"), ofType("object")}
	for _, field := range collection.Fields {
		schema, err := fieldSchema(collection.Name, field)
		if err != nil {
			return s, err
		}
		s.addField(collection.Name, field, schema)
	}
	s.record.Description = "A record of the collection " + collection.Name + "."
	addProperties(s.record, []string{"collectionId", "collectionName"},
		prop("collectionId", text("")),
		prop("collectionName", &schemaObject{Type: types{"string"}, Const: collection.Name}),
		prop("expand", expandSchema(collection)))
	if collection.IsAuth() {
		again := prop("passwordConfirm", text("The password again."))
		addProperties(s.input, []string{"passwordConfirm"}, again)
		addProperties(s.replacement, nil, again)
		addProperties(s.change, nil, again, prop("oldPassword", text("The present password, for a new one.")))
	}
	return s, nil
}

// addField adds a field to the schemas that have it.
func (s collectionSchemas) addField(collection string, field core.Field, schema *schemaObject) {
	key, isPassword := field.GetName(), field.GetName() == core.FieldNamePassword
	if !isPassword && key != core.FieldNameTokenKey && (!field.GetHidden() || shownHidden[collection+"."+key]) {
		s.record.Properties.set(key, schema)
		if !field.GetHidden() && alwaysShown(collection, key) {
			s.record.Required = append(s.record.Required, key)
		}
	}
	right, limited := collections.FieldRights[collection][key]
	bySystem := limited && right == collections.BySystem || field.GetHidden() && !isPassword && !writtenHidden[collection+"."+key] ||
		slices.Contains([]string{"id", "created", "updated", core.FieldNameTokenKey, core.FieldNameVerified, core.FieldNameEmailVisibility}, key)
	if bySystem {
		return
	}
	required := requiredInput(collection, field)
	switch _, isFile := field.(*core.FileField); {
	case isFile:
		s.input.files.set(key, schema)
	case !limited || right != collections.ByEmployerPeople: // who come in only later
		s.input.Properties.set(key, schema)
	}
	if required {
		s.input.Required = append(s.input.Required, key)
	}
	if limited && (right == collections.OnCreation || right == collections.Assigned) {
		return
	}
	s.change.Properties.set(key, schema)
	s.replacement.Properties.set(key, schema)
	if required && key != core.FieldNameEmail && !isPassword {
		s.replacement.Required = append(s.replacement.Required, key)
	}
}

// shownHidden are hidden fields that some callers see.
var shownHidden = map[string]bool{"users.deactivatedAt": true, "jobs.applicationCount": true, "jobs.applyEmail": true,
	"webhook_endpoints.secret": true}

// writtenHidden are hidden fields that clients write.
var writtenHidden = map[string]bool{"jobs.applyEmail": true}

// alwaysShown reports whether every caller who sees a record sees the field. Of users, employers see few.
func alwaysShown(collection, key string) bool {
	return collection != collections.Users || key == "id" || key == "name" || key == "avatar"
}

// requiredInput reports whether a new record can't do without the field: no default, no caller and no hook fills it.
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

func fieldSchema(collection string, field core.Field) (*schemaObject, error) {
	switch f := field.(type) {
	case *core.TextField:
		return maxLength(text(""), f.Max), nil
	case *core.EditorField:
		return text("HTML, sanitised on the way in."), nil
	case *core.EmailField:
		return text("An e-mail address."), nil
	case *core.URLField:
		return text("An address on the web."), nil
	case *core.PasswordField:
		return text(""), nil
	case *core.DateField:
		return text("UTC, such as 2026-01-31 09:00:00.000Z; empty where there is none."), nil
	case *core.AutodateField:
		return text("UTC, such as 2026-01-31 09:00:00.000Z."), nil
	case *core.BoolField:
		return ofType("boolean"), nil
	case *core.NumberField:
		kind := "number"
		if f.OnlyInt {
			kind = "integer"
		}
		return &schemaObject{Type: types{kind}}, nil
	case *core.GeoPointField:
		point := ofType("object")
		point.Properties.set("lon", ofType("number"))
		point.Properties.set("lat", ofType("number"))
		point.Required = []string{"lon", "lat"}
		return point, nil
	case *core.SelectField:
		return oneOrMany(choice(f.Values, f.Required && !f.IsMultiple()), f.IsMultiple()), nil
	case *core.RelationField:
		return oneOrMany(text("The id of a record."), f.IsMultiple()), nil
	case *core.FileField:
		return oneOrMany(text("The name of a file; see PocketBase's /api/files."), f.IsMultiple()), nil
	case *core.JSONField:
		return jsonSchema(collection, f.Name), nil
	}
	return nil, fmt.Errorf("the document knows no field of type %s", field.Type())
}

// jsonSchema says what is in a JSON field, null where nothing has been.
func jsonSchema(collection, name string) *schemaObject {
	var schema *schemaObject
	switch name {
	case "skills", "applicantCountries", "preferredLocations":
		schema = arrayOf(text(""))
	case "locations":
		schema = arrayOf(ref("Location"))
	case "experience":
		schema = arrayOf(ref("Position"))
	case "education":
		schema = arrayOf(ref("Schooling"))
	case "questions":
		schema = arrayOf(ref("Question"))
	default:
		schema = mapOf(&schemaObject{})
		if collection == collections.Reports || collection == collections.Applications {
			schema.Type = []string{"object", "array", "string"}
		}
	}
	schema.Type = append(schema.Type, "null")
	return schema
}

func expandSchema(collection *core.Collection) *schemaObject {
	expand := ofType("object")
	expand.Description = "The relations that were asked for."
	for _, field := range collection.Fields {
		relation, ok := field.(*core.RelationField)
		if !ok {
			continue
		}
		for target, name := range recordSchemas {
			if relation.CollectionId == "jb_"+target || target == collections.Users && relation.CollectionId == "_pb_users_auth_" {
				if relation.IsMultiple() {
					expand.Properties.set(relation.Name, arrayOf(ref(name)))
				} else {
					expand.Properties.set(relation.Name, ref(name))
				}
			}
		}
	}
	return expand
}
