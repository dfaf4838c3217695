package api

import (
	"fmt"
	"slices"

	"github.com/pb33f/libopenapi/datamodel/high/base"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// property is one property of a shape: a *base.Schema, or a *base.SchemaProxy for a reference.
type property struct {
	name   string
	schema any
}

// shape is an object that is no record.
func shape(required []string, properties ...property) *base.Schema {
	schema := emptyObject()
	for _, p := range properties {
		switch value := p.schema.(type) {
		case *base.Schema:
			schema.Properties.Set(p.name, base.CreateSchemaProxy(value))
		case *base.SchemaProxy:
			schema.Properties.Set(p.name, value)
		}
	}
	schema.Required = required
	return schema
}

// texts are properties that are strings of any kind.
func texts(names ...string) []property {
	list := make([]property, len(names))
	for i, name := range names {
		list[i] = property{name, stringSchema("")}
	}
	return list
}

// extended is a shape with more properties.
func extended(of string, more *base.Schema) *base.Schema {
	return &base.Schema{AllOf: []*base.SchemaProxy{ref(of), base.CreateSchemaProxy(more)}}
}

func ofType(kinds ...string) *base.Schema { return &base.Schema{Type: kinds} }

func arrayOf(items *base.Schema) *base.Schema { return array(base.CreateSchemaProxy(items)) }

// shapes adds what requests and answers carry beside records.
func shapes(schemas map[string]*base.Schema) {
	inputShapes(schemas)
	answerShapes(schemas)
}

func inputShapes(schemas map[string]*base.Schema) {
	schemas["Location"] = shape(nil, slices.Concat(texts("name", "city", "region"), []property{
		{"country", stringSchema("ISO 3166-1 alpha-2.")}, {"lat", ofType("number", "null")}, {"lon", ofType("number", "null")},
	})...)
	schemas["Location"].Type = []string{"object", "string"}
	schemas["Position"] = shape(nil, texts("title", "company", "from", "to", "description")...)
	schemas["Schooling"] = shape(nil, texts("school", "degree", "field", "from", "to")...)
	schemas["Question"] = shape([]string{"label", "type"}, slices.Concat(texts("id", "label"), []property{
		{"type", choice([]string{"text", "yes_no", "choice", "number"}, true)}, {"required", ofType("boolean")}, {"options", arrayOf(stringSchema(""))},
	})...)

	password := []property{{"password", stringSchema("At least 8 characters.")}, {"passwordConfirm", stringSchema("The password again.")}}
	schemas["Registration"] = shape([]string{"email", "password", "passwordConfirm", "name", "role"}, slices.Concat(
		texts("email"), password, texts("name"), []property{
			{"role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer}, true)},
			{"companyName", stringSchema("Of an employer; the name unless said.")}, {"locale", stringSchema("")},
		})...)
	schemas["Login"] = shape([]string{"email", "password"}, texts("email", "password")...)
	schemas["Logout"] = shape(nil, property{"everywhere", ofType("boolean")})
	schemas["PasswordResetRequest"] = shape([]string{"email"}, texts("email")...)
	schemas["PasswordReset"] = shape([]string{"token", "password", "passwordConfirm"}, slices.Concat(texts("token"), password)...)
	schemas["PasswordChange"] = shape([]string{"password", "passwordConfirm"}, slices.Concat([]property{
		{"token", stringSchema("From a reset mail.")}, {"oldPassword", stringSchema("Without a token.")},
	}, password)...)
	schemas["RoleChange"] = shape([]string{"role"},
		property{"role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}, true)})
	schemas["ApplicationStatusChange"] = shape([]string{"status"},
		property{"status", stringSchema("One of " + fmt.Sprint(workflow.ApplicationStatuses()) + ", read leniently.")},
		property{"note", stringSchema("For the timeline; both sides see it.")},
		property{"interviewAt", stringSchema("A date and time in the future.")}, property{"interviewLocation", stringSchema("")})
	schemas["NotificationChange"] = shape(nil, property{"read", ofType("boolean")})
}

func answerShapes(schemas map[string]*base.Schema) {
	data := mapOf(shape([]string{"code", "message"}, property{"code", stringSchema("For programs.")}, property{"message", stringSchema("For people.")}))
	data.Description = "By field, parameter or header: code and message."
	schemas["Error"] = shape([]string{"status", "message", "data"}, property{"status", ofType("integer")}, property{"message", stringSchema("")}, property{"data", data})

	schemas["Session"] = shape([]string{"token", "record"}, property{"token", stringSchema("")}, property{"record", ref("User")})
	schemas["Updated"] = shape([]string{"updated"}, property{"updated", ofType("integer")})
	list := arrayOf(stringSchema(""))
	schemas["Suggestions"] = shape([]string{"titles", "skills", "companies"}, property{"titles", list}, property{"skills", list}, property{"companies", list})
	schemas["Document"] = mapOf(&base.Schema{})
	posting := texts("@context", "@type", "title", "description", "datePosted")
	schemas["JobPosting"] = shape([]string{"@context", "@type", "title", "description", "datePosted", "hiringOrganization"},
		append(posting, property{"hiringOrganization", mapOf(&base.Schema{})})...)
	schemas["JobPosting"].AdditionalProperties = mapOf(&base.Schema{}).AdditionalProperties
	schemas["JobPosting"].Description = "See https://schema.org/JobPosting, which has more properties."
	summaryShape(schemas)

	expanded := func(properties ...property) *base.Schema {
		return shape(nil, property{"expand", shape(nil, properties...)})
	}
	schemas["UserWithProfile"] = extended("User", expanded(
		property{"profile", ref("JobSeeker")}, property{"employers", array(ref("Employer"))}))
	schemas["ApplicationWithEvents"] = extended("Application", expanded(property{"events", array(ref("ApplicationEvent"))}))

	score := property{"score", ofType("number")}
	foundIn := func(title, body string) *base.Schema {
		highlights := shape(nil, property{title, stringSchema("")}, property{body, stringSchema("A part of it, as plain text.")})
		highlights.Description = "With words to find: where they are, as escaped HTML with <mark> around them."
		return shape(nil, score, property{"highlights", highlights})
	}
	schemas["FoundJob"] = extended("Job", foundIn("title", "description"))
	candidate := foundIn("headline", "summary")
	candidate.Properties.Set("reasons", base.CreateSchemaProxy(list))
	schemas["Candidate"] = extended("JobSeeker", candidate)
	schemas["ScoredJob"] = extended("Job", shape([]string{"score", "reasons"}, score, property{"reasons", list}))
	schemas["ScoredJobPage"] = listSchema("ScoredJob")

	facets := mapOf(mapOf(ofType("integer")))
	facets.Description = "By name and value: how many records have it. A parameter doesn't narrow the counts of its own values."
	found := []property{{"took", ofType("number")}, {"facets", facets},
		{"nextCursor", stringSchema("For the parameter cursor; absent on the last page.")},
		{"didYouMean", stringSchema("Words that find more.")}, {"totalIsEstimate", ofType("boolean")}}
	schemas["JobPage"] = withMore(listSchema("FoundJob"), []string{"took"}, found...)
	schemas["CandidatePage"] = withMore(listSchema("Candidate"), nil, found...) // no took with the parameter job
	schemas["NotificationPage"] = withMore(listSchema("Notification"), []string{"unreadCount"}, property{"unreadCount", ofType("integer")})
}

func summaryShape(schemas map[string]*base.Schema) {
	figures := mapOf(ofType("number", "null"))
	meaning := shape(nil, texts("key", "label", "unit", "meaning")...)
	series := shape(nil, property{"name", stringSchema("")}, property{"values", arrayOf(ofType("number"))})
	chart := shape(nil, slices.Concat(texts("key", "kind", "title", "meaning"), []property{
		{"over", choice([]string{"time", "value"}, true)}, {"labels", arrayOf(stringSchema(""))}, {"series", arrayOf(series)},
	})...)
	properties := texts("from", "to", "made")
	required := []string{"from", "to", "made", "definitions", "charts"}
	for _, kind := range collections.ReportKinds() {
		properties = append(properties, property{kind, figures})
		required = append(required, kind)
	}
	schemas["ReportSummary"] = shape(required, append(properties,
		property{"definitions", mapOf(arrayOf(meaning))}, property{"charts", arrayOf(chart)})...)
}

// withMore adds properties of its own to a schema.
func withMore(schema *base.Schema, required []string, properties ...property) *base.Schema {
	for name, more := range shape(nil, properties...).Properties.FromOldest() {
		schema.Properties.Set(name, more)
	}
	schema.Required = append(schema.Required, required...)
	return schema
}

func listSchema(item string) *base.Schema {
	integer := ofType("integer")
	return shape([]string{"page", "perPage", "totalItems", "totalPages", "items"},
		property{"page", integer}, property{"perPage", integer}, property{"totalItems", integer}, property{"totalPages", integer},
		property{"items", array(ref(item))})
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
			schema = base.CreateSchemaProxy(arrayOf(binary))
		}
		form.Properties.Set(key, schema)
	}
	return form
}
