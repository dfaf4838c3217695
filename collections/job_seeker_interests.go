package collections

import "github.com/pocketbase/pocketbase/core"

func jobSeekerInterests() *core.Collection {
	c := base(JobSeekerInterests)
	fields(c,
		one("seeker", Users, true, true),
		one("field", FieldsOfInterest, true, true),
	)
	c.AddIndex("idx_job_seeker_interests_pair", true, "seeker, field", "")
	c.AddIndex("idx_job_seeker_interests_field", false, "field", "")
	seen := rule(loggedIn + ` && (
	seeker = @request.auth.id
	|| ` + asAdmin + `
	|| ` + profileSeen("visibilityOf(seeker)", "seeker") + `
)`)
	rules(c, seen, seen,
		rule(asSeeker+` && (seeker = "" || seeker = @request.auth.id)`),
		nil, // an interest is there or not
		rule(`seeker = @request.auth.id || `+asAdmin),
	)
	return c
}
