package api

import (
	"fmt"
	"slices"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// recordNames are the schemas of records, by collection.
var recordNames = map[string]string{
	collections.Users: "User", collections.JobSeekers: "JobSeeker", collections.FieldsOfInterest: "FieldOfInterest",
	collections.JobSeekerInterests: "JobSeekerInterest", collections.Employers: "Employer", collections.Jobs: "Job",
	collections.Applications: "Application", collections.ApplicationEvents: "ApplicationEvent",
	collections.Notifications: "Notification", collections.JobReviews: "JobReview", collections.UserReviews: "UserReview",
	collections.SavedJobs: "SavedJob", collections.SavedSearches: "SavedSearch", collections.Reports: "Report",
}

// recordSchemas adds, for every collection that clients see, the record as it is answered (Job), as it is made (NewJob),
// as PUT replaces it (JobReplacement) and as PATCH changes it (JobChange), all from the collection's definition.
func recordSchemas(schemas map[string]*base.Schema) error {
	for _, collection := range collections.Definitions() {
		name, ok := recordNames[collection.Name]
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
			right, limited := collections.Rights[collection.Name][key]
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
		record.Properties.Set("collectionId", base.CreateSchemaProxy(plain("")))
		record.Properties.Set("collectionName", base.CreateSchemaProxy(plain("")))
		record.Required = append(record.Required, "collectionId", "collectionName")
		record.Properties.Set("expand", base.CreateSchemaProxy(expandSchema(collection)))
		if collection.IsAuth() {
			for _, schema := range []*base.Schema{input, change, replacement} {
				schema.Properties.Set("passwordConfirm", base.CreateSchemaProxy(plain("The password again.")))
			}
			change.Properties.Set("oldPassword", base.CreateSchemaProxy(plain("The present password, for a new one.")))
			input.Required = append(input.Required, "passwordConfirm")
		}
		record.Description = "A record of the collection " + collection.Name + "."
		schemas[name] = record
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
		return limited(plain(""), f.Max), nil
	case *core.EditorField:
		return plain("HTML, sanitised on the way in."), nil
	case *core.EmailField:
		return plain("An e-mail address."), nil
	case *core.URLField:
		return plain("An address on the web."), nil
	case *core.PasswordField:
		return plain(""), nil
	case *core.DateField:
		return plain("UTC, such as 2026-01-31 09:00:00.000Z; empty where there is none."), nil
	case *core.AutodateField:
		return plain("UTC, such as 2026-01-31 09:00:00.000Z."), nil
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
		return several(choice(f.Values, f.Required && !f.IsMultiple()), f.IsMultiple()), nil
	case *core.RelationField:
		return several(plain("The id of a record."), f.IsMultiple()), nil
	case *core.FileField:
		return several(plain("The name of a file; see PocketBase's /api/files."), f.IsMultiple()), nil
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
		schema = array(base.CreateSchemaProxy(plain("")))
	case "locations":
		schema = array(ref("Location"))
	case "experience":
		schema = array(ref("Position"))
	case "education":
		schema = array(ref("Schooling"))
	case "questions":
		schema = array(ref("Question"))
	default:
		schema = &base.Schema{Type: []string{"object"}}
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
		for target, name := range recordNames {
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

// ownSchemas adds what is no record.
func ownSchemas(schemas map[string]*base.Schema) {
	add := func(name string, required []string, properties ...any) {
		schema := emptyObject()
		for i := 0; i+1 < len(properties); i += 2 {
			switch value := properties[i+1].(type) {
			case *base.Schema:
				schema.Properties.Set(properties[i].(string), base.CreateSchemaProxy(value))
			case *base.SchemaProxy:
				schema.Properties.Set(properties[i].(string), value)
			}
		}
		schema.Required = required
		schemas[name] = schema
	}
	number, integer, flag := &base.Schema{Type: []string{"number"}}, &base.Schema{Type: []string{"integer"}}, &base.Schema{Type: []string{"boolean"}}
	stringList := array(base.CreateSchemaProxy(plain("")))
	anything := emptyObject()
	merge := func(name string, more *base.Schema) {
		schemas[name] = &base.Schema{AllOf: []*base.SchemaProxy{ref(more.Title), base.CreateSchemaProxy(more)}}
		more.Title = ""
	}
	with := func(of string, key string, value any) *base.Schema {
		schema, inner := emptyObject(), emptyObject()
		schema.Title = of
		switch v := value.(type) {
		case *base.Schema:
			inner.Properties.Set(key, base.CreateSchemaProxy(v))
		case *base.SchemaProxy:
			inner.Properties.Set(key, v)
		}
		schema.Properties.Set("expand", base.CreateSchemaProxy(inner))
		return schema
	}

	fieldError := emptyObject()
	fieldError.Properties.Set("code", base.CreateSchemaProxy(plain("For programs.")))
	fieldError.Properties.Set("message", base.CreateSchemaProxy(plain("For people.")))
	data := emptyObject()
	data.Description = "By field, parameter or header: code and message."
	data.AdditionalProperties = &base.DynamicValue[*base.SchemaProxy, bool]{A: base.CreateSchemaProxy(fieldError)}
	add("Error", []string{"status", "message", "data"}, "status", integer, "message", plain(""), "data", data)

	add("Location", nil, "name", plain(""), "city", plain(""), "region", plain(""), "country", plain("ISO 3166-1 alpha-2."),
		"lat", &base.Schema{Type: []string{"number", "null"}}, "lon", &base.Schema{Type: []string{"number", "null"}})
	schemas["Location"].Type = []string{"object", "string"}
	add("Position", nil, "title", plain(""), "company", plain(""), "from", plain(""), "to", plain(""), "description", plain(""))
	add("Schooling", nil, "school", plain(""), "degree", plain(""), "field", plain(""), "from", plain(""), "to", plain(""))
	add("Question", []string{"label", "type"}, "id", plain(""), "label", plain(""), "type", choice([]string{"text", "yes_no", "choice", "number"}, true),
		"required", flag, "options", stringList)

	password := plain("At least 8 characters.")
	add("Registration", []string{"email", "password", "passwordConfirm", "name", "role"}, "email", plain(""), "password", password,
		"passwordConfirm", plain("The password again."), "name", plain(""),
		"role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer}, true), "companyName", plain("Of an employer; the name unless said."), "locale", plain(""))
	add("Login", []string{"email", "password"}, "email", plain(""), "password", plain(""))
	add("Session", []string{"token", "record"}, "token", plain(""), "record", ref("User"))
	add("Logout", nil, "everywhere", flag)
	add("PasswordResetRequest", []string{"email"}, "email", plain(""))
	add("PasswordReset", []string{"token", "password", "passwordConfirm"}, "token", plain(""), "password", password, "passwordConfirm", plain("The password again."))
	add("PasswordChange", []string{"password", "passwordConfirm"}, "token", plain("From a reset mail."), "oldPassword", plain("Without a token."),
		"password", password, "passwordConfirm", plain("The password again."))
	add("RoleChange", []string{"role"}, "role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}, true))
	add("ApplicationStatusChange", []string{"status"}, "status", plain("One of "+fmt.Sprint(workflow.ApplicationStates())+", read leniently."),
		"note", plain("For the timeline; both sides see it."), "interviewAt", plain("A date and time in the future."), "interviewLocation", plain(""))
	add("NotificationChange", nil, "read", flag)
	add("Updated", []string{"updated"}, "updated", integer)
	add("Suggestions", nil, "titles", stringList, "skills", stringList, "companies", stringList)
	add("Document", []string{"openapi", "paths"}, "openapi", plain(""), "paths", anything)
	add("JobPosting", []string{"@context", "@type", "title", "description", "datePosted", "hiringOrganization"}, "@context", plain(""), "@type", plain(""),
		"title", plain(""), "description", plain(""), "datePosted", plain(""), "hiringOrganization", anything)
	add("ReportSummary", []string{"from", "to", "jobs", "users", "applications", "performance"}, "from", plain(""), "to", plain(""), "made", plain(""),
		"jobs", anything, "users", anything, "applications", anything, "performance", anything, "definitions", anything,
		"charts", array(base.CreateSchemaProxy(anything)))

	merge("UserWithProfile", func() *base.Schema {
		schema := with("User", "profile", ref("JobSeeker"))
		expand, _ := schema.Properties.Get("expand")
		expand.Schema().Properties.Set("employers", base.CreateSchemaProxy(array(ref("Employer"))))
		return schema
	}())
	merge("ApplicationWithEvents", with("Application", "events", array(ref("ApplicationEvent"))))
	found := emptyObject()
	found.Title = "Job"
	found.Properties.Set("score", base.CreateSchemaProxy(number))
	found.Properties.Set("reasons", base.CreateSchemaProxy(stringList))
	found.Properties.Set("highlights", base.CreateSchemaProxy(anything))
	merge("FoundJob", found)
	schemas["ScoredJobPage"] = listSchema("FoundJob")
	jobs := listSchema("FoundJob")
	jobs.Properties.Set("took", base.CreateSchemaProxy(number))
	jobs.Properties.Set("facets", base.CreateSchemaProxy(anything))
	jobs.Properties.Set("nextCursor", base.CreateSchemaProxy(plain("")))
	jobs.Properties.Set("didYouMean", base.CreateSchemaProxy(plain("")))
	jobs.Properties.Set("totalIsEstimate", base.CreateSchemaProxy(flag))
	schemas["JobPage"] = jobs
	notices := listSchema("Notification")
	notices.Properties.Set("unreadCount", base.CreateSchemaProxy(integer))
	notices.Required = append(notices.Required, "unreadCount")
	schemas["NotificationPage"] = notices
}

func listSchema(item string) *base.Schema {
	schema := emptyObject()
	for _, key := range []string{"page", "perPage", "totalItems", "totalPages"} {
		schema.Properties.Set(key, base.CreateSchemaProxy(&base.Schema{Type: []string{"integer"}}))
	}
	schema.Properties.Set("items", base.CreateSchemaProxy(array(ref(item))))
	schema.Required = []string{"page", "perPage", "totalItems", "totalPages", "items"}
	return schema
}

// formSchema is the form beside a JSON body: the same fields, and files where JSON has their names.
func formSchema(json *base.Schema) *base.Schema {
	form := emptyObject()
	form.Required = json.Required
	binary := &base.Schema{Type: []string{"string"}, ContentMediaType: "application/octet-stream", Description: "A file."}
	for key, schema := range json.Properties.FromOldest() {
		switch key {
		case "avatar", "logo":
			schema = base.CreateSchemaProxy(binary)
		case "documents":
			schema = base.CreateSchemaProxy(array(base.CreateSchemaProxy(binary)))
		}
		form.Properties.Set(key, schema)
	}
	return form
}

func emptyObject() *base.Schema {
	return &base.Schema{Type: []string{"object"}, Properties: orderedmap.New[string, *base.SchemaProxy]()}
}

func plain(description string) *base.Schema {
	return &base.Schema{Type: []string{"string"}, Description: description}
}

func limited(schema *base.Schema, max int) *base.Schema {
	if max > 0 {
		length := int64(max)
		schema.MaxLength = &length
	}
	return schema
}

func array(items *base.SchemaProxy) *base.Schema {
	return &base.Schema{Type: []string{"array"}, Items: &base.DynamicValue[*base.SchemaProxy, bool]{A: items}}
}

func several(schema *base.Schema, many bool) *base.Schema {
	if many {
		return array(base.CreateSchemaProxy(schema))
	}
	return schema
}

// choice is one of the values, or empty where none is required.
func choice(values []string, required bool) *base.Schema {
	schema := plain("")
	if !required {
		values = append([]string{""}, values...)
	}
	for _, value := range values {
		schema.Enum = append(schema.Enum, node(value))
	}
	return schema
}
