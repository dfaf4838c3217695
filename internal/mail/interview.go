package mail

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// interviewMailInterval is the shortest time between two mails about an interview, so that repeated edits do not flood anybody.
const interviewMailInterval = 10 * time.Minute

// latestInterviewMail returns the newest pending notification of an interview; first is one of them. Its mail shows the interview as it
// is now, so the older ones are not mailed. While the last mail about the interview is too recent, it postpones them all and returns
// nothing.
func latestInterviewMail(app core.App, first queued, application string) ([]queued, error) {
	var all []queued
	err := app.DB().NewQuery("SELECT " + queuedColumns + ` WHERE [[user]] = {:user} AND kind = {:kind} AND mail != 'none'
			AND iif(json_valid(data), data, '{}') ->> '$.interview.application' = {:application} ORDER BY created, rowid`).
		Bind(dbx.Params{"user": first.User, "kind": first.Kind, "application": application}).All(&all)
	if err != nil {
		return nil, fmt.Errorf("find the mails of an interview: %w", err)
	}
	var pending []queued
	now := types.NowDateTime()
	next := now
	for _, row := range all {
		at, err := types.ParseDateTime(row.MailAt)
		if err != nil {
			return nil, fmt.Errorf("read the time of an interview mail: %w", err)
		}
		switch {
		case row.Mail != collections.MailPending: // sent, or given up
			at = at.Add(interviewMailInterval)
		case row.Attempts == 0:
			at = now
		} // else another process is sending it, or it is retried then
		if row.Mail == collections.MailPending {
			pending = append(pending, row)
		}
		if at.After(next) {
			next = at
		}
	}
	if next.After(now) {
		return nil, updatePending(app, pending, dbx.Params{"mailAt": next.String()})
	}
	if len(pending) == 0 {
		return nil, nil // another process was faster
	}
	latest := len(pending) - 1
	if latest > 0 {
		if err := updatePending(app, pending[:latest], dbx.Params{"mail": collections.MailNone}); err != nil {
			return nil, err
		}
	}
	return pending[latest:], nil
}

// updatePending is updateRows for the rows that are still pending: another process may have sent one meanwhile.
func updatePending(app core.App, rows []queued, values dbx.Params) error {
	_, err := app.NonconcurrentDB().Update(collections.Notifications, values,
		dbx.And(dbx.HashExp{"mail": collections.MailPending}, withIDs(rows))).Execute()
	if err != nil {
		return fmt.Errorf("store the status of interview mails: %w", err)
	}
	return nil
}
