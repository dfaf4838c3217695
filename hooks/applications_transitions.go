package hooks

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// applyApplicationUpdate checks a change of the status or of the interview, and writes what belongs to it: the timeline, the
// job's applicationCount and the notifications.
func applyApplicationUpdate(e *core.RecordEvent) error {
	application := e.Record
	normalizeStatus(application)
	from, to, moved := statusMove(application)
	newTime := application.GetString("interviewAt") != application.Original().GetString("interviewAt")
	newPlace := application.GetString("interviewLocation") != application.Original().GetString("interviewLocation")
	rescheduled := to == workflow.InterviewScheduled && (newTime || newPlace)
	return inTransaction(e, func(tx core.App) error {
		if moved {
			if err := checkApplicationMove(tx, application, from, to); err != nil {
				return err
			}
		}
		if to == workflow.InterviewScheduled && (moved || newTime) {
			return requireFutureInterview(application)
		}
		return nil
	}, func(tx core.App) error {
		if !moved && !rescheduled {
			return nil
		}
		seeker, users, err := seekerAndActor(tx, application)
		if err != nil {
			return err
		}
		if moved {
			if err := writeEvent(tx, application, from, users...); err != nil {
				return err
			}
		}
		if moved && to == workflow.Withdrawn {
			if err := recountApplications(tx, application.GetString("job")); err != nil {
				return err
			}
		}
		return notifyOfApplicationUpdate(tx, application, seeker, from, to)
	})
}

// seekerAndActor reads an application's seeker, and all users of a change: the seeker and the one who acts, if it is not the board.
func seekerAndActor(tx core.App, application *core.Record) (seeker *core.Record, users []*core.Record, err error) {
	ids := []string{application.GetString("seeker")}
	if who := actor.Of(application).UserID(); who != "" && who != ids[0] {
		ids = append(ids, who)
	}
	users, err = tx.FindRecordsByIds(collections.Users, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("find the users of application %s: %w", application.Id, err)
	}
	for _, user := range users {
		if user.Id == ids[0] {
			return user, users, nil
		}
	}
	return nil, nil, fmt.Errorf("the seeker of application %s is gone", application.Id)
}

// checkApplicationMove refuses a move that the workflow does not allow, and keeps decidedAt in step with the status.
func checkApplicationMove(tx core.App, application *core.Record, from, to string) error {
	if err := checkStatusUnchanged(tx, application, from); err != nil {
		return err
	}
	party := applicationParty(application)
	if !workflow.CanMoveApplication(from, to, party) {
		return invalidTransition(from, workflow.NextApplicationStatuses(from, party))
	}
	application.Set("decidedAt", "")
	if workflow.IsDecided(to) {
		application.Set("decidedAt", types.NowDateTime())
	}
	return nil
}

// applicationParty returns the side that the actor is on. The API rules let only admins, the seeker and the employer's people
// write an application.
func applicationParty(application *core.Record) workflow.Party {
	who := actor.Of(application)
	switch {
	case who.IsBoard():
		return workflow.System
	case who.IsAdmin():
		return workflow.Admin
	case who.UserID() == application.GetString("seeker"):
		return workflow.Seeker
	}
	return workflow.EmployerPeople
}

func requireFutureInterview(application *core.Record) error {
	at := application.GetDateTime("interviewAt")
	if at.IsZero() {
		return problem.Field("interviewAt", problem.Required, "An interview needs a date and time.")
	}
	if !at.Time().After(time.Now()) {
		return problem.Field("interviewAt", problem.InvalidValue, "The interview must be in the future.")
	}
	return nil
}
