package mail

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// turns says whose mail is next, so that neither a receiver of many mails nor whoever causes many at once keeps others waiting.
// It goes around the receivers and, in between, around the times at which mails became due: those of notifications that were written
// together share theirs. The turns are kept in memory alone: a restart begins them anew, which loses nothing.
type roundRobin struct {
	byTime   bool
	lastUser string // whose turn was last
	lastTime string // the same for times
}

// next returns a due notification of the next receiver, or of the next time, and sql.ErrNoRows where nothing is due.
func (t *roundRobin) next(app core.App, now string) (queued, error) {
	t.byTime = !t.byTime
	if t.byTime {
		row, err := nextDue(app, now, "idx_notifications_mail", "mailAt", t.lastTime)
		t.lastTime = row.MailAt
		return row, err
	}
	row, err := nextDue(app, now, "idx_notifications_mail_user", "user", t.lastUser)
	t.lastUser = row.User
	return row, err
}

// nextDue returns the first due notification after last in the order of a column, and begins again at the end.
func nextDue(app core.App, now, index, column string, last string) (row queued, err error) {
	query := app.DB().NewQuery("SELECT " + queuedColumns + " INDEXED BY [[" + index + "]] WHERE mail = 'pending'" +
		" AND [[" + column + "]] > {:last} AND [[mailAt]] <= {:now} ORDER BY [[" + column + "]], [[mailAt]] LIMIT 1")
	err = query.Bind(dbx.Params{"now": now, "last": last}).One(&row)
	if errors.Is(err, sql.ErrNoRows) && last != "" {
		err = query.Bind(dbx.Params{"now": now, "last": ""}).One(&row)
	}
	return row, err
}
