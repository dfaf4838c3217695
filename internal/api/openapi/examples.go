package openapi

// The people and records that the examples of bodies name. The tests make them and send every example as it stands.
const (
	ExampleEmail         = "ada@example.org"
	ExamplePassword      = "correct horse battery"
	ExampleEmployerID    = "u8x2n5v0q3k1m7p"
	ExampleJobID         = "j7w3k9d5r1s6f2h"
	ExampleApplicationID = "a4p9l1c7t2n0x6e"
)

type object = map[string]any

// jobExample is a job as POST makes it.
var jobExample = object{
	"title":       "Gardener",
	"description": "<p>You look after our roses.</p>",
	"locations":   []string{"Lyon, France"},
	"workplace":   "on_site",
	"jobType":     "full_time",
	"skills":      []string{"roses", "pruning"},
	"salaryMin":   28000,
	"salaryMax":   34000, "salaryCurrency": "EUR", "salaryPeriod": "year",
	"questions": []object{{"id": "licence", "label": "Do you have a driving licence?", "type": "yes_no"}},
}

// bodyExamples are examples of bodies by their schemas. Each works as it stands, but for the token of PasswordReset.
var bodyExamples = map[string]object{
	"Registration": {"email": "grace@example.org", "password": ExamplePassword, "passwordConfirm": ExamplePassword, "name": "Grace Hopper",
		"role": "employer", "companyName": "Hopper Gardens"},
	"Login":                {"email": ExampleEmail, "password": ExamplePassword},
	"Logout":               {"everywhere": false},
	"PasswordResetRequest": {"email": ExampleEmail},
	"PasswordReset":        {"token": "the token from the mail", "password": ExamplePassword, "passwordConfirm": ExamplePassword},
	"PasswordChange":       {"oldPassword": ExamplePassword, "password": ExamplePassword, "passwordConfirm": ExamplePassword},
	"NewUser": {"email": "alan@example.org", "password": ExamplePassword, "passwordConfirm": ExamplePassword, "name": "Alan Turing",
		"role": "job_seeker"},
	"UserReplacement": {"name": "Ada Lovelace", "locale": "en", "emailNotifications": []string{"application_status_changed", "account"}},
	"UserChange":      {"name": "Ada Lovelace"},
	"RoleChange":      {"role": "employer"},
	"NewJob":          jobExample,
	"JobReplacement":  jobExample,
	"JobChange":       {"title": "Head gardener", "salaryMax": 38000},
	"JobRenewal":      {"deadline": "2099-12-31"},
	"NewApplication":  {"coverLetter": "I have looked after roses for ten years."},
	"ApplicationStatusChange": {"status": "interview_scheduled", "interviewAt": "2099-01-31 09:00:00.000Z",
		"interviewLocation": "By video", "note": "We would like to meet you."},
	"NewSavedJob": {"job": ExampleJobID},
	"NewSavedSearch": {"name": "Gardens near Lyon", "frequency": "daily",
		"query": object{"q": "gardener", "location": "Lyon, France", "workplace": []string{"on_site"}}},
	"SavedSearchChange":  {"frequency": "weekly"},
	"NotificationChange": {"read": true},
	"NewJobReview":       {"rating": 4, "title": "A fair process", "body": "I had an answer within a week."},
	"NewUserReview":      {"application": ExampleApplicationID, "rating": 5, "body": "Came well prepared."},
	"NewEmployer": {
		"name": "Lovelace Gardens", "about": "<p>Gardens for everybody.</p>", "website": "https://gardens.example.org", "size": "11-50",
	},
	"EmployerChange": {"about": "<p>Gardens for everybody, since 1843.</p>"},
	"NewReport":      {"kind": "jobs", "format": "csv", "from": "2026-01-01", "to": "2026-01-31"},
	"NewAPIKey": {"name": "Our applicant tracking system", "employer": ExampleEmployerID,
		"scopes": []string{"jobs:read", "jobs:write"}, "expiresAt": "2099-12-31 00:00:00.000Z"},
	"APIKeyChange": {"scopes": []string{"jobs:read"}},
	"NewWebhookEndpoint": {"employer": ExampleEmployerID, "url": "https://hooks.example.org/board",
		"types": []string{"application.created", "application.withdrawn"}},
	"WebhookEndpointChange": {"active": true, "types": []string{"application.created"}},
}

// exampleOf returns the example of a body, or nil.
func exampleOf(schema string) any {
	if example, ok := bodyExamples[schema]; ok {
		return example
	}
	return nil
}
