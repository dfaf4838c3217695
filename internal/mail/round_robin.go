package mail

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// roundRobin picks the next mail, so that neither a recipient of many mails nor an event that causes many holds up the others. It
// alternates between recipients and the times at which mails became due: notifications that were written together share theirs. Its
// position is in memory only; starting over after a restart loses nothing.
type roundRobin struct {
	byTime   bool
	lastUser string // whose mail was picked last
	lastTime string // the time that was picked last
}

// next returns a due notification of the next recipient or of the next time, or sql.ErrNoRows if nothing is due.
func (r *roundRobin) next(app core.App, now string) (queued, error) {
	r.byTime = !r.byTime
	if r.byTime {
		row, err := nextDue(app, now, "idx_notifications_mail", "mailAt", r.lastTime)
		r.lastTime = row.MailAt
		return row, err
	}
	row, err := nextDue(app, now, "idx_notifications_mail_user", "user", r.lastUser)
	r.lastUser = row.User
	return row, err
}

// nextDue returns the first due notification after last in the order of a column, and starts over at the end.
func nextDue(app core.App, now, index, column string, last string) (row queued, err error) {
	query := app.DB().NewQuery("SELECT " + queuedColumns + " INDEXED BY [[" + index + "]] WHERE mail = 'pending'" +
		" AND [[" + column + "]] > {:last} AND [[mailAt]] <= {:now} ORDER BY [[" + column + "]], [[mailAt]] LIMIT 1")
	err = query.Bind(dbx.Params{"now": now, "last": last}).One(&row)
	if errors.Is(err, sql.ErrNoRows) && last != "" {
		err = query.Bind(dbx.Params{"now": now, "last": ""}).One(&row)
	}
	return row, err
}
