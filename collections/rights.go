package collections

import "jobboard/internal/workflow"

// FieldRight says who may write one field of a record that the API rules already let the caller write.
type FieldRight int

const (
	// BySystem fields are written by hooks and superusers alone (the starred fields of the contract).
	BySystem FieldRight = iota
	// OnCreation fields are set when the record is created and never change.
	OnCreation
	// ByAdmin fields are for admins.
	ByAdmin
	// ByOwner fields are for the record's owner and for admins.
	ByOwner
	// ByOwnerOrLeaving fields are ByOwner lists of users, from which everybody may remove themselves.
	ByOwnerOrLeaving
	// ByEmployerPeople fields are for the employer's people and for admins, not for the seeker who created the record.
	ByEmployerPeople
	// Assigned fields are set when the record is created and changed by admins alone.
	Assigned
	// ByAuthor fields are for the author of the record.
	ByAuthor
	// WhileSubmitted fields are OnCreation fields that the seeker may change as long as the application is submitted.
	WhileSubmitted
)

// FieldRights lists, by collection and field, the fields whose writers differ from the writers of the record. One hook enforces
// it for every door and answers with the field's name, which an API rule could not.
var FieldRights = map[string]map[string]FieldRight{
	Users: {
		"role":          Assigned,
		"deactivatedAt": BySystem,
	},
	JobSeekers: {
		"user":          OnCreation,
		"ratingAverage": BySystem,
		"ratingCount":   BySystem,
	},
	JobSeekerInterests: {
		"seeker": OnCreation,
	},
	Employers: {
		"owner":         ByOwner,
		"members":       ByOwnerOrLeaving,
		"verified":      ByAdmin,
		"ratingAverage": BySystem,
		"ratingCount":   BySystem,
	},
	Jobs: {
		"employer":         OnCreation,
		"publishedAt":      BySystem,
		"closedAt":         BySystem,
		"applicationCount": BySystem,
		"firstPublishedAt": BySystem,
		"publicationCount": BySystem,
		"postedAt":         BySystem,
		// Imports find their jobs again by these two.
		"source":     ByAdmin,
		"externalId": ByAdmin,
	},
	Applications: {
		"job":               OnCreation,
		"seeker":            OnCreation,
		"coverLetter":       WhileSubmitted,
		"documents":         WhileSubmitted,
		"answers":           OnCreation,
		"interviewAt":       ByEmployerPeople,
		"interviewLocation": ByEmployerPeople,
		"submittedAt":       BySystem,
		"decidedAt":         BySystem,
	},
	Notifications: {
		"user":   OnCreation,
		"kind":   OnCreation,
		"title":  OnCreation,
		"body":   OnCreation,
		"data":   OnCreation,
		"readAt": BySystem,
	},
	JobReviews: {
		"author":   OnCreation,
		"job":      OnCreation,
		"employer": BySystem,
		"rating":   ByAuthor,
		"title":    ByAuthor,
		"body":     ByAuthor,
		"status":   ByAdmin,
	},
	UserReviews: {
		"author":      OnCreation,
		"subject":     OnCreation,
		"application": OnCreation,
		"rating":      ByAuthor,
		"body":        ByAuthor,
		"status":      ByAdmin,
	},
	SavedJobs: {
		"seeker": OnCreation,
		"job":    OnCreation,
	},
	SavedSearches: {
		"seeker":     OnCreation,
		"lastSentAt": BySystem,
	},
	Reports: {
		"status":      BySystem,
		"file":        BySystem,
		"rows":        BySystem,
		"error":       BySystem,
		"requestedBy": BySystem,
		"attempts":    BySystem,
	},
	WebhookEndpoints: {
		"employer":     OnCreation,
		"secret":       BySystem,
		"failingSince": BySystem,
	},
	APIKeys: {
		"employer":   OnCreation,
		"lastUsedAt": BySystem,
		"prefix":     BySystem,
		"hash":       BySystem,
	},
	ImportSources: {
		"lastRun":    BySystem,
		"lastStatus": BySystem,
		"lastResult": BySystem,
		"startedAt":  BySystem,
		"attempts":   BySystem,
	},
}

// Defaults lists, by collection and field, the value that a new record gets where none is given.
var Defaults = map[string]map[string]string{
	JobSeekers:    {"visibility": VisibilityAppliedOnly},
	Jobs:          {"status": workflow.Draft, "applyMethod": ApplyOnBoard},
	Applications:  {"status": workflow.Submitted},
	JobReviews:    {"status": ReviewVisible},
	UserReviews:   {"status": ReviewVisible},
	SavedSearches: {"frequency": "daily"},
	Reports:       {"status": ReportPending},
	ImportSources: {"schedule": "daily"},
}

// CallerFields lists, by collection, the relation that names who made the record. A request that leaves it out means the
// caller.
var CallerFields = map[string]string{
	JobSeekerInterests: "seeker",
	Employers:          "owner",
	Applications:       "seeker",
	JobReviews:         "author",
	UserReviews:        "author",
	SavedJobs:          "seeker",
	SavedSearches:      "seeker",
}
