package hooks

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

// caps limits how many records of a collection one user, or for API keys one employer, may have; field names that owner. The limits are
// far more than a person needs: they keep a single account from slowing the board's background work.
var caps = map[string]struct {
	field string
	max   int
	what  string
}{
	collections.SavedSearches:      {"seeker", 50, "saved searches"},
	collections.SavedJobs:          {"seeker", 1_000, "saved jobs"},
	collections.JobSeekerInterests: {"seeker", 500, "interests"},
	collections.Employers:          {"owner", 20, "employers"},
	collections.APIKeys:            {"employer", 50, "API keys"},
}

// bindCaps enforces the caps for users. The board itself, admins and superusers may create more for somebody.
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
			return fmt.Errorf("count the %s of their owner: %w", limit.what, err)
		}
		if count >= int64(limit.max) {
			return problem.Field(limit.field, problem.LimitReached,
				fmt.Sprintf("You can have at most %d %s. Delete one first.", limit.max, limit.what))
		}
		return nil
	}, nil)
}
