package openapi

// addCompatShapes adds the shapes of other systems in which jobs can be read.
func addCompatShapes(schemas map[string]*schemaObject) {
	whole, nullableText := ofType("integer"), ofType("string", "null")
	unit := shape([]string{"id", "name", "parent_id", "child_ids"}, prop("id", whole), prop("name", text("")), prop("location", text("")),
		prop("parent_id", ofType("integer", "null")), prop("child_ids", arrayOf(whole)))
	metadatum := shape([]string{"id", "name", "value", "value_type"}, prop("id", whole), prop("name", text("")), prop("value", text("")),
		prop("value_type", text("")))
	metadata := arrayOf(metadatum)
	metadata.Type = types{"array", "null"}
	metadata.Description = "Employment Type, Workplace Type and Experience Level, as far as the job has them."
	id := ofType("integer")
	id.Description = "A number of at most 53 bits that follows from the job's id, so it never changes."
	pay := shape([]string{"min_cents", "max_cents", "currency_type", "title", "blurb"}, prop("min_cents", whole), prop("max_cents", whole),
		prop("currency_type", text("ISO 4217.")), prop("title", text("Names the period.")), prop("blurb", text("")))
	schemas["GreenhouseJob"] = shape(
		[]string{"absolute_url", "id", "internal_job_id", "title", "company_name", "updated_at", "first_published", "location"},
		prop("absolute_url", text("The job's page.")), prop("id", id), prop("internal_job_id", whole), prop("title", text("")),
		prop("company_name", text("")), prop("updated_at", text("")), prop("first_published", text("")),
		prop("application_deadline", nullableText), prop("requisition_id", text("The externalId, or else the job's own id.")),
		prop("location", shape([]string{"name"}, prop("name", text("")))), prop("metadata", metadata),
		prop("content", text("HTML, its entities escaped once more.")), prop("departments", arrayOf(unit)), prop("offices", arrayOf(unit)),
		prop("pay_input_ranges", arrayOf(pay)))
	schemas["GreenhouseJobs"] = shape([]string{"jobs", "meta"}, prop("jobs", arrayOf(ref("GreenhouseJob"))),
		prop("meta", shape([]string{"total"}, prop("total", whole))))

	categories := shape([]string{"allLocations"}, append(texts("commitment", "department", "level", "location", "team"),
		prop("allLocations", arrayOf(text(""))))...)
	salary := shape([]string{"currency", "interval", "min", "max"}, prop("currency", text("ISO 4217.")),
		prop("interval", text("Such as per-year-salary.")), prop("min", ofType("number")), prop("max", ofType("number")))
	schemas["LeverPosting"] = shape([]string{"id", "text", "categories", "country", "workplaceType", "description", "hostedUrl", "createdAt"},
		append(texts("id", "text", "opening", "openingPlain", "description", "descriptionPlain", "descriptionBody", "descriptionBodyPlain",
			"additional", "additionalPlain", "hostedUrl", "applyUrl"),
			prop("categories", categories), prop("country", nullableText),
			prop("workplaceType", choice([]string{"unspecified", "on-site", "remote", "hybrid"}, true)),
			prop("lists", arrayOf(&schemaObject{})), prop("createdAt", whole), prop("salaryRange", salary))...)
	group := shape([]string{"title", "postings"}, prop("title", text("")), prop("postings", arrayOf(ref("LeverPosting"))))
	list := arrayOf(&schemaObject{AnyOf: []*schemaObject{ref("LeverPosting"), group}})
	list.Description = "Postings, or with group a list of {title, postings}."
	schemas["LeverPostings"] = list
}
