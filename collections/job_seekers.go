package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Which employers may see a profile, values of job_seekers.visibility.
const (
	VisibilityHidden      = "hidden"
	VisibilityAppliedOnly = "applied_only"
	VisibilityEmployers   = "employers"
)

func jobSeekers() *core.Collection {
	c := base(JobSeekers)
	fields(c,
		one("user", Users, required, cascade),
		text("headline", optional, maxName),
		richText("summary", optional),
		jsonList("skills", 20_000),
		&core.NumberField{Name: "experienceYears", Min: types.Pointer(0.0), Max: types.Pointer(80.0)},
		jsonList("experience", 200_000),
		jsonList("education", 100_000),
		text("location", optional, maxName),
		&core.GeoPointField{Name: "coordinates"},
		&core.TextField{Name: "phone", Max: 40, Pattern: `^[+0-9 ()./x-]*$`},
		&core.URLField{Name: "website"},
		documentFiles("resumes"),
		choices("preferredJobTypes", JobTypes()...),
		choices("preferredWorkplaces", Workplaces()...),
		jsonList("preferredLocations", 20_000),
		&core.NumberField{Name: "salaryExpectation", Min: types.Pointer(0.0), Max: types.Pointer(1e12)},
		currency("salaryCurrency"),
		&core.BoolField{Name: "openToWork"},
		choice("visibility", required, VisibilityHidden, VisibilityAppliedOnly, VisibilityEmployers),
		&core.NumberField{Name: "ratingAverage"},
		&core.NumberField{Name: "ratingCount", OnlyInt: true},
	)
	c.AddIndex("idx_job_seekers_user", true, "user", "")
	visible := rule(loggedIn + ` && (
	user = @request.auth.id
	|| ` + asAdmin + `
	|| ` + profileVisible("visibility", "user") + `
)`)
	rules(c, visible, visible,
		nil, // made at registration
		rule(`user = @request.auth.id || `+asAdmin),
		nil, // deleted with its user
	)
	return c
}

// currency returns a field for an ISO 4217 code; a hook checks that the code exists.
func currency(name string) *core.TextField {
	return &core.TextField{Name: name, Max: 3, Pattern: `^[A-Z]{3}$`}
}
