package collections

import "github.com/pocketbase/pocketbase/core"

func jobSeekerInterests() *core.Collection {
	c := base(JobSeekerInterests)
	fields(c,
		one("seeker", Users, required, cascade),
		one("field", FieldsOfInterest, required, cascade),
	)
	c.AddIndex("idx_job_seeker_interests_pair", true, "seeker, field", "")
	c.AddIndex("idx_job_seeker_interests_field", false, "field", "")
	visible := rule(loggedIn + ` && (
	seeker = @request.auth.id
	|| ` + asAdmin + `
	|| ` + profileVisible("visibilityOf(seeker)", "seeker") + `
)`)
	rules(c, visible, visible,
		rule(asSeeker+` && (seeker = "" || seeker = @request.auth.id)`),
		nil, // an interest exists or not; there is nothing to change
		rule(`seeker = @request.auth.id || `+asAdmin),
	)
	return c
}
