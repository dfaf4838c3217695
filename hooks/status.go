package hooks

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// normalizeStatus turns a status as people write it into the value that is stored.
func normalizeStatus(record *core.Record) {
	record.Set("status", workflow.Parse(record.GetString("status")))
}

// statusMove tells from where to where a record is being moved, and whether it is moved at all.
func statusMove(record *core.Record) (from, to string, moved bool) {
	from, to = record.Original().GetString("status"), record.GetString("status")
	return from, to, from != to
}

// checkStatusUnchanged reads the status again inside the transaction. Two people may have loaded the same record; the
// second to save meets a status that the first has changed, and is told so instead of breaking the chain.
func checkStatusUnchanged(tx core.App, record *core.Record, from string) error {
	var stored string
	err := tx.DB().Select("status").From(record.Collection().Name).Where(dbx.HashExp{"id": record.Id}).Row(&stored)
	if err != nil {
		return fmt.Errorf("read the status of %s %s: %w", record.Collection().Name, record.Id, err)
	}
	if stored != from {
		return problem.Field("status", problem.ChangedMeanwhile,
			fmt.Sprintf("Somebody else has just changed the status to %s. Read it again.", stored))
	}
	return nil
}

// invalidTransition names the moves that would have been legal.
func invalidTransition(from string, allowed []string) error {
	message := fmt.Sprintf("Can't move on from %s.", from)
	if from == "" {
		message = "A new record starts as " + strings.Join(allowed, " or ") + "."
	} else if len(allowed) > 0 {
		message = fmt.Sprintf("From %s, the next status can be: %s.", from, strings.Join(allowed, ", "))
	}
	return problem.Field("status", problem.InvalidTransition, message)
}
