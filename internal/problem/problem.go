// Package problem lists the error codes that clients may rely on, and makes the field errors that carry them.
package problem

import (
	"slices"

	validation "github.com/pocketbase/ozzo-validation/v4"
)

// The board's own codes, beside PocketBase's validation_* codes. They stand in data.<field>.code of an error answer.
const (
	InvalidTransition  = "invalid_transition"             // status: the workflow knows no such move from here
	ReadOnly           = "field_read_only"                // the caller may never write this field
	WrongType          = "field_wrong_type"               // the JSON value has another type than the field
	InvalidValue       = "validation_invalid_value"       // PocketBase's: not one of the values, or badly shaped
	Required           = "validation_required"            // PocketBase's
	NotUnique          = "validation_not_unique"          // PocketBase's
	MissingRelation    = "validation_missing_rel_records" // PocketBase's: the target is absent or not for the caller's eyes
	AlreadyApplied     = "application_exists"             // a live application of this seeker to this job is there
	JobNotOpen         = "job_not_open"                   // the job takes no applications: not published, or past its deadline
	JobHasApplications = "job_has_applications"           // such a job is closed, not deleted
	EmployerHasJobs    = "employer_has_jobs"              // such an employer is not deleted
	OwnsEmployerJobs   = "user_owns_employer_with_jobs"   // such a user is not deleted until the ownership moves
	LastAdmin          = "user_last_admin"                // the board keeps one active admin
	AlreadyReviewed    = "review_exists"                  // one review per author and job or application
	NotEligible        = "review_not_eligible"            // no application binds author and subject
	ChangedMeanwhile   = "changed_meanwhile"              // another change won the race; read again
	AlreadyDeactivated = "user_already_deactivated"       //
	AlreadyActive      = "user_already_active"            //
	LimitReached       = "limit_reached"                  // as many as one account may have, or as often as it may
	AlreadyInState     = "job_already_in_state"           // publishing or closing twice
)

// conflicts are the codes that say no because of the present state: 409 at the REST door, 400 at PocketBase's own.
var conflicts = []string{
	NotUnique, AlreadyApplied, JobHasApplications, EmployerHasJobs, OwnsEmployerJobs, LastAdmin, AlreadyReviewed,
	ChangedMeanwhile, AlreadyDeactivated, AlreadyActive, AlreadyInState, LimitReached,
}

// IsConflict tells whether a code is about the present state rather than about the input.
func IsConflict(code string) bool { return slices.Contains(conflicts, code) }

// Field returns an error that names one field. Returned from a hook it reaches the client as
// {"status":400,"message":...,"data":{field:{"code":code,"message":message}}}.
func Field(field, code, message string) error {
	return validation.Errors{field: validation.NewError(code, message)}
}
