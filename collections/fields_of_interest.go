package collections

import "github.com/pocketbase/pocketbase/core"

// The kinds of fields of interest.
const (
	KindIndustry = "industry"
	KindRole     = "role"
	KindSkill    = "skill"
)

// slugPattern matches slugs, which are part of public addresses.
const slugPattern = `^[a-z0-9]+(-[a-z0-9]+)*$`

func fieldsOfInterest() *core.Collection {
	c := base(FieldsOfInterest)
	fields(c,
		label("name", maxName),
		&core.TextField{Name: "slug", Required: true, Max: 120, Pattern: slugPattern},
		choice("kind", required, KindIndustry, KindRole, KindSkill),
	)
	c.AddIndex("idx_fields_of_interest_slug", true, "slug", "")
	rules(c, rule(""), rule(""), rule(asAdmin), rule(asAdmin), rule(asAdmin))
	return c
}
