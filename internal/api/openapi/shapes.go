package openapi

import (
	"fmt"
	"slices"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// addInputShapes adds what requests carry besides records.
func addInputShapes(schemas map[string]*schemaObject) {
	schemas["Location"] = shape(nil, slices.Concat(texts("name", "city", "region"), []property{
		prop("country", text("ISO 3166-1 alpha-2.")), prop("lat", ofType("number", "null")), prop("lon", ofType("number", "null")),
	})...)
	schemas["Location"].Type = []string{"object", "string"}
	schemas["Position"] = shape(nil, texts("title", "company", "from", "to", "description")...)
	schemas["Schooling"] = shape(nil, texts("school", "degree", "field", "from", "to")...)
	schemas["Question"] = shape([]string{"label", "type"}, slices.Concat(texts("id", "label"), []property{
		prop("type", choice([]string{"text", "yes_no", "choice", "number"}, true)),
		prop("required", ofType("boolean")), prop("options", arrayOf(text(""))),
	})...)

	password := []property{prop("password", text("At least 8 characters.")), prop("passwordConfirm", text("The password again."))}
	schemas["Registration"] = shape([]string{"email", "password", "passwordConfirm", "name", "role"}, slices.Concat(
		texts("email"), password, texts("name"), []property{
			prop("role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer}, true)),
			prop("companyName", text("Of an employer; the name unless said.")), prop("locale", text("")),
			prop("timeZone", text("Of the IANA database, such as Europe/Berlin.")),
		})...)
	schemas["NewUser"].Properties.set("companyName", text("Of an employer: the name of a company that is founded with the account."))
	schemas["Login"] = shape([]string{"email", "password"}, texts("email", "password")...)
	schemas["Logout"] = shape(nil, prop("everywhere", ofType("boolean")))
	schemas["PasswordResetRequest"] = shape([]string{"email"}, texts("email")...)
	schemas["PasswordReset"] = shape([]string{"token", "password", "passwordConfirm"}, slices.Concat(texts("token"), password)...)
	schemas["PasswordChange"] = shape([]string{"password", "passwordConfirm"}, slices.Concat([]property{
		prop("token", text("From a reset mail.")), prop("oldPassword", text("Without a token.")),
	}, password)...)
	schemas["RoleChange"] = shape([]string{"role"},
		prop("role", choice([]string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}, true)))
	schemas["ApplicationStatusChange"] = shape([]string{"status"},
		prop("status", text("One of "+fmt.Sprint(workflow.ApplicationStatuses())+", read leniently.")),
		prop("note", text("For the timeline; both sides see it.")),
		prop("interviewAt", text("A date and time in the future.")), prop("interviewLocation", text("")))
	schemas["JobRenewal"] = shape(nil, prop("deadline", text("A day, or a date and time, in the future; empty for none.")))
	schemas["NotificationChange"] = shape(nil, prop("read", ofType("boolean")))
}

// addResponseShapes adds what responses carry besides records.
func addResponseShapes(schemas map[string]*schemaObject) {
	data := mapOf(shape([]string{"code", "message"}, prop("code", text("For programs.")), prop("message", text("For people."))))
	data.Description = "By field, parameter or header: code and message."
	schemas["Error"] = shape([]string{"status", "message", "data"},
		prop("status", ofType("integer")), prop("message", text("")), prop("data", data))

	schemas["Session"] = shape([]string{"token", "record"}, prop("token", text("")), property{"record", ref("User")})
	schemas["Updated"] = shape([]string{"updated"}, prop("updated", ofType("integer")))
	list := arrayOf(text(""))
	schemas["Suggestions"] = shape([]string{"titles", "skills", "companies", "places"},
		prop("titles", list), prop("skills", list), prop("companies", list), prop("places", list))
	schemas["ApplyLink"] = shape([]string{"url"}, prop("url", text("Where one applies; it may be a mailto address.")))
	figures := make([]property, 0, len(collections.JobDayFigures()))
	for _, name := range collections.JobDayFigures() {
		figures = append(figures, prop(name, ofType("integer")))
	}
	day := shape(append([]string{"day"}, collections.JobDayFigures()...), append([]property{prop("day", text("In UTC, such as 2026-01-31."))},
		figures...)...)
	totals := shape(collections.JobDayFigures(), figures...)
	totals.Description = "The sums over the days: whoever comes back on another day counts again among the visitors."
	schemas["JobStats"] = shape([]string{"days", "totals"}, prop("days", arrayOf(day)), prop("totals", totals))
	level := choice([]string{"ok", "warning", "error"}, true)
	check := shape([]string{"check", "level", "message", "advice"}, prop("check", text("What was checked, such as backups.")),
		prop("level", level), prop("message", text("For people.")), prop("advice", text("What to do; empty if the level is ok.")))
	schemas["BoardChecks"] = shape([]string{"level", "checks"}, prop("level", level), prop("checks", arrayOf(check)))
	schemas["Document"] = mapOf(&schemaObject{})
	posting := texts("@context", "@type", "title", "description", "datePosted")
	schemas["JobPosting"] = shape([]string{"@context", "@type", "title", "description", "datePosted", "hiringOrganization"},
		append(posting, prop("hiringOrganization", mapOf(&schemaObject{})))...)
	schemas["JobPosting"].AdditionalProperties = mapOf(&schemaObject{}).AdditionalProperties
	schemas["JobPosting"].Description = "See https://schema.org/JobPosting, which has more properties."

	expanded := func(properties ...property) *schemaObject {
		return shape(nil, prop("expand", shape(nil, properties...)))
	}
	schemas["UserWithProfile"] = extended("User", expanded(
		property{"profile", ref("JobSeeker")}, prop("employers", arrayOf(ref("Employer")))))
	schemas["CreatedAPIKey"] = extended("APIKey", shape([]string{"key"},
		prop("key", text("The key, to be sent as Authorization: Bearer. It is in no other response, and the board can't tell it again."))))
	schemas["ApplicationWithEvents"] = extended("Application", expanded(prop("events", arrayOf(ref("ApplicationEvent")))))
	addEventPage(schemas)
	addSearchShapes(schemas)
	addSummaryShape(schemas)
}

// addEventPage adds what a client gets that follows the events.
func addEventPage(schemas map[string]*schemaObject) {
	cursor := ofType("integer")
	cursor.Description = "The next since. It also passes events that the caller may not see."
	more := ofType("boolean")
	more.Description = "Whether to ask again at once; the next answer may be empty all the same."
	schemas["EventPage"] = shape([]string{"items", "cursor", "hasMore"},
		prop("items", arrayOf(ref("Event"))), prop("cursor", cursor), prop("hasMore", more))
}

// addSearchShapes adds the pages that searches and lists with more than items answer with.
func addSearchShapes(schemas map[string]*schemaObject) {
	reasons := prop("reasons", arrayOf(text("")))
	score := prop("score", ofType("number"))
	foundIn := func(title, body string) *schemaObject {
		highlights := shape(nil, prop(title, text("")), prop(body, text("A part of it, as plain text.")))
		highlights.Description = "With words to find: where they are, as escaped HTML with <mark> around them."
		missing := arrayOf(text(""))
		missing.Description = "The words of q, as typed, that the search did without to find it; absent where it holds all."
		return shape(nil, score, prop("highlights", highlights), prop("missingWords", missing))
	}
	schemas["FoundJob"] = extended("Job", foundIn("title", "description"))
	candidate := foundIn("headline", "summary")
	addProperties(candidate, nil, reasons)
	schemas["Candidate"] = extended("JobSeeker", candidate)
	schemas["ScoredJob"] = extended("Job", shape([]string{"score", "reasons"}, score, reasons))
	schemas["ScoredJobPage"] = listOf("ScoredJob")

	facets := mapOf(mapOf(ofType("integer")))
	facets.Description = "By name and value: how many records have it. A parameter doesn't narrow the counts of its own values."
	found := []property{prop("took", ofType("number")), prop("facets", facets),
		prop("nextCursor", text("For the parameter cursor; absent on the last page.")),
		prop("didYouMean", text("Words that find more.")), prop("totalIsEstimate", ofType("boolean"))}
	radius := ofType("number")
	radius.Description = "Of the surroundings, in kilometres."
	filter := shape([]string{"field", "value", "label", "words", "plain"}, prop("field", text("A parameter of the search.")),
		prop("value", text("")), prop("label", text("The value in words.")), prop("words", text("What of q became this filter.")),
		prop("plain", text("The whole of q in which these words are quoted: with it they are searched for as words.")),
		prop("currency", text("Of pay, which is per year; absent for any.")), prop("place", text("Whose surroundings these are.")),
		prop("radius", radius))
	interpretation := shape([]string{"text", "filters"}, prop("text", text("The words that remain.")),
		prop("filters", arrayOf(filter)))
	interpretation.Description = "With q: what it was understood as."
	unknownPlaces := arrayOf(text(""))
	unknownPlaces.Description = "Values of location that name no known place, and that no record has."
	matched := ofType("integer")
	matched.Description = "With q: how many of totalItems hold all words. The others follow them where they are few, and hold most words."
	found = append(found, prop("interpretation", interpretation), prop("unknownPlaces", unknownPlaces),
		prop("matchedAllWords", matched))
	schemas["JobPage"] = page("FoundJob", []string{"took"}, found...)
	schemas["CandidatePage"] = page("Candidate", nil, found...) // without took where the parameter job is given
	schemas["NotificationPage"] = page("Notification", []string{"unreadCount"}, prop("unreadCount", ofType("integer")))
}

// page is the list shape with more properties.
func page(item string, required []string, properties ...property) *schemaObject {
	list := listOf(item)
	addProperties(list, required, properties...)
	return list
}

// addSummaryShape adds the figures behind the dashboard.
func addSummaryShape(schemas map[string]*schemaObject) {
	figures := mapOf(ofType("number", "null"))
	meaning := shape([]string{"key", "label", "unit", "meaning"}, texts("key", "label", "unit", "meaning")...)
	series := shape([]string{"name", "values"}, prop("name", text("")), prop("values", arrayOf(ofType("number"))))
	chart := shape([]string{"key", "kind", "title", "meaning", "over", "labels", "series"}, slices.Concat(
		texts("key", "kind", "title", "meaning"), []property{
			prop("over", choice([]string{"time", "value"}, true)),
			prop("labels", arrayOf(text(""))), prop("series", arrayOf(series)),
		})...)
	properties := texts("from", "to", "made")
	required := []string{"from", "to", "made", "definitions", "charts"}
	for _, kind := range collections.ReportKinds() {
		properties = append(properties, prop(kind, figures))
		required = append(required, kind)
	}
	schemas["ReportSummary"] = shape(required, append(properties,
		prop("definitions", mapOf(arrayOf(meaning))), prop("charts", arrayOf(chart)))...)
}
