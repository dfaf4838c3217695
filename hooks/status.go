package hooks

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// normalizeStatus turns a status as people may write it into the stored value.
func normalizeStatus(record *core.Record) {
	record.Set("status", workflow.Parse(record.GetString("status")))
}

// statusMove returns the statuses that a record is moved from and to, and whether it is moved at all.
func statusMove(record *core.Record) (from, to string, moved bool) {
	from, to = record.Original().GetString("status"), record.GetString("status")
	return from, to, from != to
}

// checkStatusUnchanged refuses a move whose starting point has changed meanwhile: of two people who loaded the same record, the
// second to save must read it again. tx makes sure that nobody changes it any more.
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

// invalidTransition returns the error for an illegal move, which names the legal ones.
func invalidTransition(from string, allowed []string) error {
	message := fmt.Sprintf("Can't move on from %s.", from)
	if from == "" {
		message = "A new record starts as " + strings.Join(allowed, " or ") + "."
	} else if len(allowed) > 0 {
		message = fmt.Sprintf("From %s, the next status can be: %s.", from, strings.Join(allowed, ", "))
	}
	return problem.Field("status", problem.InvalidTransition, message)
}
