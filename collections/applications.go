package collections

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/workflow"
)

func applications() *core.Collection {
	c := base(Applications)
	fields(c,
		labelled(one("job", Jobs, required, keep)),
		labelled(one("seeker", Users, required, cascade)),
		choice("status", required, workflow.ApplicationStatuses()...),
		text("coverLetter", optional, maxText),
		documentFiles("documents"),
		&core.JSONField{Name: "answers", MaxSize: 100_000},
		&core.DateField{Name: "interviewAt"},
		text("interviewLocation", optional, 500),
		&core.DateField{Name: "submittedAt"},
		&core.DateField{Name: "decidedAt"},
	)
	// One live application per job and seeker: of two at the same time the database refuses one.
	c.AddIndex("idx_applications_live", true, "job, seeker", "status != 'withdrawn'")
	c.AddIndex("idx_applications_seeker", false, "seeker, created", "")
	c.AddIndex("idx_applications_job_status", false, "job, status, seeker", "")
	visible := rule(loggedIn + ` && (
	seeker = @request.auth.id
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isMyJob(job) = true)
)`)
	rules(c, visible, visible,
		// Admins neither apply nor review. Where the seeker is empty, a hook sets the caller.
		rule(asSeeker+` && (seeker = "" || seeker = @request.auth.id)`),
		// FieldRights say which fields each side may write, and internal/workflow to which status it may move.
		visible,
		rule(asAdmin),
	)
	return c
}

func applicationEvents() *core.Collection {
	c := base(ApplicationEvents)
	fields(c,
		one("application", Applications, required, cascade),
		// The timeline outlives the user who moved the application.
		one("actor", Users, optional, keep),
		choice("from", optional, workflow.ApplicationStatuses()...),
		choice("to", required, workflow.ApplicationStatuses()...),
		text("note", optional, maxText),
	)
	// Holds all that a report needs of a timeline, so that it reads no rows.
	c.AddIndex("idx_application_events_application", false, "application, created, `to`, `from`", "")
	c.AddIndex("idx_application_events_actor", false, "actor, created", "") // for reports of active users, and for deleting a user
	c.AddIndex("idx_application_events_to", false, "`to`, created", "")
	visible := rule(loggedIn + ` && (
	isMyApplication(application) = true
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isToMyJob(application) = true)
)`)
	rules(c, visible, visible, nil, nil, nil) // written by hooks alone
	return c
}
