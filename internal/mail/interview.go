package mail

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// interviewPause is how long after a mail about an interview the next one waits, so that editing it again and again does not
// flood the seeker.
const interviewMailInterval = 10 * time.Minute

// latestOfInterview returns the newest of the waiting notifications of an interview, first being one of them: its mail tells where
// the interview stands now, so the older ones need none. It returns nothing, and puts them all off, while the last attempt to
// mail of the interview is too recent.
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
			return nil, fmt.Errorf("read when an interview was mailed of: %w", err)
		}
		switch {
		case row.Mail != collections.MailPending: // sent, or given up
			at = at.Add(interviewMailInterval)
		case row.Attempts == 0:
			at = now
		} // else another process sends it now, or it is tried again then
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

// setPending is setMail for those of the rows that still wait: another process may have sent one meanwhile.
func updatePending(app core.App, rows []queued, values dbx.Params) error {
	_, err := app.NonconcurrentDB().Update(collections.Notifications, values,
		dbx.And(dbx.HashExp{"mail": collections.MailPending}, withIDs(rows))).Execute()
	if err != nil {
		return fmt.Errorf("note what waits of an interview: %w", err)
	}
	return nil
}
