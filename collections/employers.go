package collections

import "github.com/pocketbase/pocketbase/core"

func employers() *core.Collection {
	c := base(Employers)
	fields(c,
		// Cascade, so that a user who owns employers without jobs can be deleted; the delete hook refuses one with jobs.
		one("owner", Users, required, cascade),
		many("members", Users),
		label("name", maxName),
		&core.TextField{Name: "slug", Required: true, Max: 120, Pattern: slugPattern},
		richText("about", optional),
		&core.URLField{Name: "website"},
		&core.EmailField{Name: "contactEmail"}, // where applicants' answers to mails go; public, as all of a company
		picture("logo"),
		one("industry", FieldsOfInterest, optional, keep),
		choice("size", optional, "1-10", "11-50", "51-200", "201-1000", "1001+"),
		text("location", optional, maxName),
		&core.GeoPointField{Name: "coordinates"},
		many("fields", FieldsOfInterest),
		&core.BoolField{Name: "verified"},
		&core.NumberField{Name: "ratingAverage"},
		&core.NumberField{Name: "ratingCount", OnlyInt: true},
	)
	c.AddIndex("idx_employers_slug", true, "slug", "")
	c.AddIndex("idx_employers_owner", false, "owner", "")
	c.AddIndex("idx_employers_name", false, "name COLLATE NOCASE", "")
	rules(c, rule(""), rule(""),
		// An employer founds a company for itself; an admin for anybody.
		rule(asAdmin+` || (`+asEmployer+` && (owner = "" || owner = @request.auth.id))`),
		// Members who have lost the role may still leave; a hook refuses them everything else.
		rule(asAdmin+` || `+asPersonOf("id")+` || (`+loggedIn+` && members:each ?= @request.auth.id)`),
		rule(asAdmin+` || (`+asEmployer+` && owner = @request.auth.id)`),
	)
	return c
}
