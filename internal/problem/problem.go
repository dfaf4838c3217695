// Package problem lists the error codes that clients may rely on, and makes field errors with them.
package problem

import (
	"slices"

	validation "github.com/pocketbase/ozzo-validation/v4"
)

// The error codes of the board and, where it says so, of PocketBase. An error response has them in data.<field>.code.
const (
	InvalidTransition  = "invalid_transition"             // the workflow has no such move from the present status
	ReadOnly           = "field_read_only"                // the caller may never write this field
	WrongType          = "field_wrong_type"               // the JSON value has another type than the field
	UnknownParameter   = "unknown_parameter"              // the route has no such query parameter
	InvalidValue       = "validation_invalid_value"       // PocketBase's: not one of the values, or malformed
	Required           = "validation_required"            // PocketBase's
	NotUnique          = "validation_not_unique"          // PocketBase's
	MissingRelation    = "validation_missing_rel_records" // PocketBase's: the target does not exist, or the caller may not see it
	AlreadyApplied     = "application_exists"             // the seeker already has a live application to this job
	JobNotOpen         = "job_not_open"                   // the job takes no applications: not published, or past its deadline
	AppliesElsewhere   = "applies_elsewhere"              // one applies to the job by its applyUrl or applyEmail, not on the board
	JobHasApplications = "job_has_applications"           // such a job can be closed, but not deleted
	EmployerHasJobs    = "employer_has_jobs"              // such an employer cannot be deleted
	OwnsEmployerJobs   = "user_owns_employer_with_jobs"   // such a user cannot be deleted before the employer has another owner
	LastAdmin          = "user_last_admin"                // the board keeps at least one active admin
	AlreadyReviewed    = "review_exists"                  // there is one review per author and job, or author and application
	NotEligible        = "review_not_eligible"            // no application connects the author with the subject
	ChangedMeanwhile   = "changed_meanwhile"              // another change came first; read the record again
	AlreadyDeactivated = "user_already_deactivated"
	AlreadyActive      = "user_already_active"
	LimitReached       = "limit_reached"        // the account has as many as it may, or has tried as often as it may
	AlreadyInState     = "job_already_in_state" // publishing or closing twice
	WebhookOff         = "webhook_off"          // nothing is sent to a webhook that is switched off
	CursorTooOld       = "cursor_too_old"       // the events after it are no longer kept
	UnknownOutcome     = "outcome_unknown"      // a write that may or may not have been stored, because the leader of a cluster is gone
)

// conflicts are the codes of errors whose cause is what is stored, not the input: 409 in the REST API, 400 in PocketBase's own.
var conflicts = []string{
	NotUnique, AlreadyApplied, JobHasApplications, EmployerHasJobs, OwnsEmployerJobs, LastAdmin, AlreadyReviewed,
	ChangedMeanwhile, AlreadyDeactivated, AlreadyActive, AlreadyInState, LimitReached,
	WebhookOff,
}

// IsConflict reports whether a code is about what is stored rather than about the input.
func IsConflict(code string) bool { return slices.Contains(conflicts, code) }

// Field returns an error that names one field. Returned from a hook it reaches the client as
// {"status":400,"message":...,"data":{field:{"code":code,"message":message}}}.
func Field(field, code, message string) error {
	return validation.Errors{field: validation.NewError(code, message)}
}
