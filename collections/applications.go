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
	// One live application per pair, kept by the database, so that two at once leave one.
	c.AddIndex("idx_applications_live", true, "job, seeker", "status != 'withdrawn'")
	c.AddIndex("idx_applications_seeker", false, "seeker, created", "")
	c.AddIndex("idx_applications_job_status", false, "job, status, seeker", "")
	visible := rule(loggedIn + ` && (
	seeker = @request.auth.id
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isMyJob(job) = true)
)`)
	rules(c, visible, visible,
		// Admins neither apply nor review. Without a seeker the hook takes the caller.
		rule(asSeeker+` && (seeker = "" || seeker = @request.auth.id)`),
		// Which fields each side may write says FieldRights; which status, the workflow.
		visible,
		rule(asAdmin),
	)
	return c
}

func applicationEvents() *core.Collection {
	c := base(ApplicationEvents)
	fields(c,
		one("application", Applications, required, cascade),
		// Not cascading: the timeline outlives the person who moved the application.
		one("actor", Users, optional, keep),
		choice("from", optional, workflow.ApplicationStatuses()...),
		choice("to", required, workflow.ApplicationStatuses()...),
		text("note", optional, maxText),
	)
	// All that a report asks of a timeline, so that it need not fetch the rows.
	c.AddIndex("idx_application_events_application", false, "application, created, `to`, `from`", "")
	c.AddIndex("idx_application_events_actor", false, "actor, created", "") // who was active; and deleting a user unsets it
	c.AddIndex("idx_application_events_to", false, "`to`, created", "")
	visible := rule(loggedIn + ` && (
	isMyApplication(application) = true
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isToMyJob(application) = true)
)`)
	rules(c, visible, visible, nil, nil, nil) // written by the workflow alone
	return c
}
