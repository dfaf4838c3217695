package hooks_test

import (
	"strings"
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// Errors say what a field takes, and keep PocketBase's codes.
func TestErrorsSayWhatIsAllowed(t *testing.T) {
	p := newPipeline(t)
	p.Record(collections.SavedJobs, map[string]any{"seeker": p.seeker.Id, "job": p.job.Id})
	const jobTypes = "Must be one of full_time, part_time, contract, temporary, internship, volunteer."
	for _, c := range []struct {
		collection, field string
		value             any
		code, message     string
	}{
		{collections.Jobs, "jobType", "fulltime", "validation_invalid_value", jobTypes},
		{collections.Jobs, "jobType", "", "validation_required", "Cannot be blank. " + jobTypes},
		{collections.Jobs, "jobType", 5, "field_wrong_type", jobTypes},
		{collections.Jobs, "industry", "nothing", "validation_missing_rel_records",
			"Must be the id of an existing record of fields_of_interest."},
		{collections.Jobs, "fields", []string{"nothing"}, "validation_missing_rel_records",
			"Each must be the id of an existing record of fields_of_interest."},
		{collections.Employers, "slug", "Acme Inc", "validation_invalid_format",
			"Must be lower-case letters and digits, with single hyphens between them, such as acme-inc."},
		{collections.Employers, "size", "7", "validation_invalid_value", "Must be one of 1-10, 11-50, 51-200, 201-1000, 1001+."},
		{collections.Users, "locale", "english!", "validation_invalid_format", "Must be a language tag, such as en or pt-BR."},
		{collections.Users, "role", "boss", "validation_invalid_value", "Must be one of job_seeker, employer, admin."},
		{collections.Users, "email", p.seeker.Email(), "validation_not_unique", "This address already has an account."},
		{collections.SavedJobs, "job", p.job.Id, "validation_not_unique", "This job is saved already."},
		{collections.Employers, "slug", p.employer.GetString("slug"), "validation_not_unique", "This slug is taken by another employer."},
		{collections.Users, "email", "nobody", "validation_is_email", "Must be an e-mail address, such as ann@example.com."},
		{collections.Users, "emailNotifications", []string{"all"}, "validation_invalid_value", "Each must be one of " +
			strings.Join(collections.NotificationKinds(), ", ") + "."},
		{collections.SavedJobs, "job", "nothing", "validation_missing_rel_records", "There is no such job."},
	} {
		body := map[string]any{}
		who := p.owner
		switch c.collection {
		case collections.Jobs:
			body = p.jobBody()
		case collections.Employers:
			body["name"] = "Bolt"
		case collections.Users:
			body, who = registration(collections.RoleJobSeeker, nil), nil
		case collections.SavedJobs:
			who = p.seeker
		}
		body[c.field] = c.value
		got := p.Call(who, "POST", testapp.Records(c.collection), body)
		data, _ := got.Body["data"].(map[string]any)
		fault, _ := data[c.field].(map[string]any)
		if got.Status != 400 || fault["code"] != c.code || fault["message"] != c.message {
			t.Errorf("%s with %s = %v: %d %s, want %s %q", c.collection, c.field, c.value, got.Status, got.Raw, c.code, c.message)
		}
	}
	review := map[string]any{"job": p.job.Id, "rating": 9}
	p.Application(p.seeker, p.job)
	got := p.Call(p.seeker, "POST", testapp.Records(collections.JobReviews), review)
	data, _ := got.Body["data"].(map[string]any)
	fault, _ := data["rating"].(map[string]any)
	if fault["code"] != "validation_max_number_constraint" || fault["message"] != "Must be a whole number from 1 to 5." {
		t.Errorf("a rating of 9: %s", got.Raw)
	}
}
