package demo_test

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/demo"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

func TestDemoBoardIsWhole(t *testing.T) {
	app := testapp.New(t, hooks.Bind)
	began := time.Now()
	made, err := demo.Seed(app, began, demo.Password)
	if err != nil || !made {
		t.Fatalf("made %v: %v", made, err)
	}
	t.Logf("filled in %s", time.Since(began).Round(time.Millisecond))

	count := func(collection string, where ...dbx.Expression) int64 {
		t.Helper()
		n, err := app.CountRecords(collection, where...)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for collection, least := range map[string]int64{
		collections.Employers: 40, collections.Jobs: 300, collections.JobSeekers: 60, collections.Applications: 200,
		collections.JobReviews: 50, collections.UserReviews: 30, collections.SavedJobs: 100, collections.SavedSearches: 10,
		collections.JobDays:       3_000,
		collections.Notifications: 300,
	} {
		if got := count(collection); got < least {
			t.Errorf("%d rows of %s, want at least %d", got, collection, least)
		}
	}
	for _, status := range workflow.JobStatuses() {
		if count(collections.Jobs, dbx.HashExp{"status": status}) == 0 {
			t.Errorf("no job is %s", status)
		}
	}
	for _, method := range collections.ApplyMethods() {
		if count(collections.Jobs, dbx.HashExp{"status": workflow.Published, "applyMethod": method}) == 0 {
			t.Errorf("to no open job one applies by %s", method)
		}
	}
	var applied int64
	err = app.DB().Select("sum(applications)").From(collections.JobDays).Row(&applied)
	if err != nil || applied != count(collections.Applications) {
		t.Errorf("the figures count %d of %d applications (%v)", applied, count(collections.Applications), err)
	}
	employer, err := app.FindAuthRecordByEmail(collections.Users, demo.EmployerEmail)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range workflow.ApplicationStatuses() {
		own, err := app.CountRecords(collections.Applications, dbx.HashExp{"status": status}, dbx.NewExp(
			"job IN (SELECT j.id FROM jobs j JOIN employers e ON e.id = j.employer WHERE e.owner = {:owner})",
			dbx.Params{"owner": employer.Id}))
		if err != nil || own == 0 {
			t.Errorf("the demo employer has no application that is %s (%v)", status, err)
		}
	}
	if bare := count(collections.Employers, dbx.HashExp{"logo": ""}); bare == 0 || bare > 10 {
		t.Errorf("%d companies have no logo; a few should show their initials", bare)
	}
	for _, reviews := range []string{collections.JobReviews, collections.UserReviews} {
		for _, age := range []int{7, 30} {
			if count(reviews, dbx.NewExp("created < {:before}",
				dbx.Params{"before": began.AddDate(0, 0, -age).UTC().Format(types.DefaultDateLayout)})) == 0 {
				t.Errorf("no record of %s is older than %d days", reviews, age)
			}
		}
	}
	if mails := count(collections.Notifications, dbx.Not(dbx.HashExp{"mail": collections.MailNone})); mails != 0 {
		t.Errorf("%d notifications would be mailed to made-up people", mails)
	}
	stray := count(collections.Notifications, dbx.NewExp(`kind LIKE 'application%' AND NOT EXISTS (SELECT 1 FROM application_events e
		WHERE e.application = json_extract(data, '$.application') AND e.created = notifications.created)`))
	if stray != 0 {
		t.Errorf("%d notifications stand at another time than what they tell of", stray)
	}
	for status, read := range map[string]bool{"read": true, "unread": false} {
		if got := count(collections.Notifications, dbx.HashExp{"read": read}); got < 20 {
			t.Errorf("%d notifications are %s", got, status)
		}
	}
	var waiting []string
	if err := app.DB().NewQuery("SELECT job FROM fanouts").Column(&waiting); err != nil {
		t.Fatal(err)
	}
	if len(waiting) > 40 {
		t.Errorf("seekers would be told of %d jobs at once", len(waiting))
	}
	for _, email := range []string{demo.SeekerEmail, demo.EmployerEmail, demo.AdminEmail} {
		if user, err := app.FindAuthRecordByEmail(collections.Users, email); err != nil || !user.ValidatePassword(demo.Password) {
			t.Errorf("%s can't log in (%v)", email, err)
		}
	}
	// what the demo holds is what the board accepts: every job and profile can be saved again
	for _, collection := range []string{collections.Jobs, collections.JobSeekers, collections.Employers} {
		records, err := app.FindAllRecords(collection)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records[:20] {
			if err := app.Save(record); err != nil {
				t.Errorf("%s %s can't be saved again: %v", collection, record.Id, err)
			}
		}
	}
	checkTimelines(t, app)
	if again, err := demo.Seed(app, began, demo.Password); err != nil || again {
		t.Errorf("a second run made %v: %v", again, err)
	}
}

// checkTimelines: every timeline is a chain, and none of it lies ahead.
func checkTimelines(t *testing.T, app core.App) {
	t.Helper()
	events, err := app.FindRecordsByFilter(collections.ApplicationEvents, "id != ''", "application,created", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, event := range events {
		application := event.GetString("application")
		if at[application] != event.GetString("from") {
			t.Fatalf("the timeline of %s breaks: at %q comes %s>%s", application, at[application], event.GetString("from"),
				event.GetString("to"))
		}
		at[application] = event.GetString("to")
		if event.GetDateTime("created").Time().After(time.Now()) {
			t.Errorf("%s happens in the future", event.Id)
		}
	}
}
