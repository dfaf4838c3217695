package collections

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// The types of events, values of events.type and webhook_endpoints.types.
const (
	EventJobPublished             = "job.published"
	EventJobUpdated               = "job.updated"
	EventJobClosed                = "job.closed"
	EventJobExpired               = "job.expired"
	EventApplicationCreated       = "application.created"
	EventApplicationStatusChanged = "application.status_changed"
	EventApplicationWithdrawn     = "application.withdrawn"
	EventReviewCreated            = "review.created"
	EventEmployerUpdated          = "employer.updated"
	EventUserDeactivated          = "user.deactivated"
)

// EventTypes lists every type of event.
func EventTypes() []string {
	return []string{
		EventJobPublished, EventJobUpdated, EventJobClosed, EventJobExpired,
		EventApplicationCreated, EventApplicationStatusChanged, EventApplicationWithdrawn,
		EventReviewCreated, EventEmployerUpdated, EventUserDeactivated,
	}
}

// events are what has happened on the board, in the order of the commits. Triggers write them with the change that they are about and
// delete them with the person or the application that they name, see docs/decisions/0044.
func events() *core.Collection {
	c := base(Events)
	id := func(name string) core.Field { return text(name, optional, 100) }
	fields(c,
		&core.NumberField{Name: "seq", Required: true, OnlyInt: true}, // never given twice
		&core.DateField{Name: "at", Required: true},
		choice("type", required, EventTypes()...),
		// Plain ids: events outlive jobs, and a relation would take part in deletions.
		id("employer"), id("job"), id("application"), id("review"),
		id("user"), // the applicant, the subject or the author of the review, or who was deactivated
		&core.JSONField{Name: "data", MaxSize: 2_000},
	)
	c.AddIndex("idx_events_seq", true, "seq", "")
	c.AddIndex("idx_events_application", false, "application", "application != ''")
	c.AddIndex("idx_events_review", false, "review", "review != ''")
	c.AddIndex("idx_events_user", false, "user", "user != ''")
	visible := rule(visibleEvents())
	rules(c, visible, visible, nil, nil, nil) // written by the board alone
	return c
}

// visibleEvents returns the rule for seeing events: whoever may see the record that an event is about. Jobs have events only while and
// after they are public, so everybody sees these.
func visibleEvents() string {
	return isOneOf("type", EventJobPublished, EventJobUpdated, EventJobClosed, EventJobExpired, EventEmployerUpdated) + `
|| isShownJobReview(review) = true
|| (` + loggedIn + ` && (
	` + asAdmin + `
	|| (` + isOneOf("type", EventApplicationCreated, EventApplicationStatusChanged, EventApplicationWithdrawn) + ` && (
		user = @request.auth.id
		|| ` + asPersonOf("employer") + `
	))
	|| (type = "` + EventUserDeactivated + `" && user = @request.auth.id)
	|| isMyReview(review) = true
	|| (isShownUserReview(review) = true && (
		user = @request.auth.id
		|| ` + profileVisible("visibilityOf(user)", "user") + `
	))
))`
}

// isOneOf returns the rule that a field has one of the values.
func isOneOf(field string, values ...string) string {
	conditions := make([]string, len(values))
	for i, value := range values {
		conditions[i] = field + ` = "` + value + `"`
	}
	return "(" + strings.Join(conditions, " || ") + ")"
}
