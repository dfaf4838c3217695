package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Whether a review is shown, values of job_reviews.status and user_reviews.status.
const (
	ReviewVisible = "visible"
	ReviewHidden  = "hidden"
)

func rating() *core.NumberField {
	return &core.NumberField{Name: "rating", Required: true, OnlyInt: true, Min: types.Pointer(1.0), Max: types.Pointer(5.0)}
}

func jobReviews() *core.Collection {
	c := base(JobReviews)
	fields(c,
		one("author", Users, required, cascade),
		one("job", Jobs, required, cascade),
		one("employer", Employers, required, cascade),
		rating(),
		text("title", optional, maxName),
		text("body", optional, maxText),
		choice("status", required, ReviewVisible, ReviewHidden),
	)
	c.AddIndex("idx_job_reviews_pair", true, "author, job", "")
	c.AddIndex("idx_job_reviews_employer", false, "employer, status", "")
	c.AddIndex("idx_job_reviews_job", false, "job, status", "")
	// Authors still see their hidden reviews, and admins can show them again.
	visible := rule(`status = "visible" || (` + loggedIn + ` && (author = @request.auth.id || ` + asAdmin + `))`)
	rules(c, visible, visible,
		// A hook checks that the author has applied to the job, and says so in a plain message.
		rule(asSeeker+` && (author = "" || author = @request.auth.id)`),
		rule(`author = @request.auth.id || `+asAdmin),
		rule(`author = @request.auth.id || `+asAdmin),
	)
	return c
}

func userReviews() *core.Collection {
	c := base(UserReviews)
	fields(c,
		one("author", Users, required, cascade),
		one("subject", Users, required, cascade),
		one("application", Applications, required, cascade),
		rating(),
		text("body", optional, maxText),
		choice("status", required, ReviewVisible, ReviewHidden),
	)
	c.AddIndex("idx_user_reviews_pair", true, "author, application", "")
	c.AddIndex("idx_user_reviews_subject", false, "subject, status", "")
	visible := rule(loggedIn + ` && (
	author = @request.auth.id
	|| ` + asAdmin + `
	|| (status = "visible" && (
		subject = @request.auth.id
		|| ` + profileVisible("visibilityOf(subject)", "subject") + `
	))
)`)
	rules(c, visible, visible,
		// The two sides of an application review each other; a hook checks that author and subject are those.
		rule(`(`+asSeeker+` || `+asEmployer+`) && (author = "" || author = @request.auth.id)`),
		rule(`author = @request.auth.id || `+asAdmin),
		rule(`author = @request.auth.id || `+asAdmin),
	)
	return c
}
