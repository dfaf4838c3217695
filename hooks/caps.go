package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// caps are how many records of a collection one user may have, by the field that names the user: far more than a person
// needs, so that no account alone makes the board's background work long.
var caps = map[string]struct {
	field string
	most  int
	what  string
}{
	collections.SavedSearches:      {"seeker", 50, "saved searches"},
	collections.SavedJobs:          {"seeker", 1_000, "saved jobs"},
	collections.JobSeekerInterests: {"seeker", 500, "interests"},
	collections.Employers:          {"owner", 20, "employers"},
}

// bindCaps holds people to the caps; the board itself, admins and superusers may do more for somebody.
func bindCaps(app core.App) {
	for collection := range caps {
		app.OnRecordCreate(collection).BindFunc(enforceCapOnCreate)
	}
}

func enforceCapOnCreate(e *core.RecordEvent) error {
	if who := actor.Of(e.Record); who.IsBoard() || who.IsAdmin() {
		return e.Next()
	}
	limit := caps[e.Record.Collection().Name]
	return inTransaction(e, func(tx core.App) error {
		count, err := tx.CountRecords(e.Record.Collection(), dbx.HashExp{limit.field: e.Record.GetString(limit.field)})
		if err != nil {
			return fmt.Errorf("count the %s of a user: %w", limit.what, err)
		}
		if count >= int64(limit.most) {
			return problem.Field(limit.field, problem.LimitReached,
				fmt.Sprintf("You can have at most %d %s. Delete one first.", limit.most, limit.what))
		}
		return nil
	}, nil)
}

// maxApplicationsADay is how often one seeker may apply to one job in a day: withdrawing and applying again tells the
// employer's people each time.
const maxApplicationsADay = 5

func checkApplicationsPerDay(tx core.App, application *core.Record) error {
	if actor.Of(application).IsBoard() {
		return nil
	}
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(types.DefaultDateLayout)
	count, err := tx.CountRecords(collections.Applications,
		dbx.HashExp{"seeker": application.GetString("seeker"), "job": application.GetString("job")},
		dbx.NewExp("[[created]] >= {:yesterday}", dbx.Params{"yesterday": yesterday}))
	if err != nil {
		return fmt.Errorf("count the day's applications to a job: %w", err)
	}
	if count >= maxApplicationsADay {
		return problem.Field("job", problem.LimitReached, "You have applied to this job too often today. Try again tomorrow.")
	}
	return nil
}

// deleteWithdrawnDocuments takes the files from what a seeker has withdrawn, once there is a new application to the same job.
func deleteWithdrawnDocuments(tx core.App, application *core.Record) error {
	earlier, err := tx.FindAllRecords(collections.Applications, dbx.HashExp{
		"seeker": application.GetString("seeker"), "job": application.GetString("job"), "status": workflow.Withdrawn,
	})
	if err != nil {
		return fmt.Errorf("find the withdrawn applications: %w", err)
	}
	for _, withdrawn := range earlier {
		if len(withdrawn.GetStringSlice("documents")) == 0 {
			continue
		}
		withdrawn.Set("documents", nil)
		if err := tx.Save(withdrawn); err != nil {
			return fmt.Errorf("drop the documents of application %s: %w", withdrawn.Id, err)
		}
	}
	return nil
}
