package mail

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

const (
	serverPause = time.Minute // after the mail server failed, so that a dead one is not asked for every mail
	maxPerMail  = 20          // notifications that one mail groups
)

// backoff is how long a mail waits after its nth attempt before the next; after the last it is given up. Mail servers are
// given four days to come back, as by RFC 5321, 4.5.4.1.
var backoff = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// postman sends the mails that wait. The state of a mail is in its notification's row: before it is sent its next attempt
// is noted, which also keeps other processes off it, and after it is sent that it was. So none is lost; a crash between
// sending and that note sends it once more (see docs/decisions/0013 and 0016).
type worker struct {
	pausedUntil time.Time // until when the mail server is left alone
	queue       roundRobin
}

// waiting is a notification whose mail waits.
type queued struct {
	ID, User, Kind, Title, Body, Data, Mail, MailAt string
	Read                                            bool
	Attempts                                        int
}

// step sends the mail whose turn it is. It returns false when none is due or the mail server is left alone.
func (p *worker) step(app core.App) (bool, error) {
	if time.Now().Before(p.pausedUntil) {
		return false, nil
	}
	rows, more, err := p.nextMail(app)
	if err != nil || len(rows) == 0 {
		return more, err
	}
	user, err := app.FindRecordById(collections.Users, rows[0].User)
	if err != nil {
		return false, fmt.Errorf("find the receiver of a mail: %w", err)
	}
	wanted, dropped := splitByPreference(user, rows)
	if len(dropped) > 0 {
		return true, updateRows(app, dropped, dbx.Params{"mail": collections.MailNone})
	}
	message, err := newMessage(app, user, wanted)
	if err != nil {
		// A mail that can't be written must not keep the others waiting.
		return true, errors.Join(err, updateRows(app, wanted, dbx.Params{"mail": collections.MailFailed}))
	}
	ours, err := claim(app, wanted)
	if err != nil || !ours {
		return ours, err
	}
	if err := app.NewMailClient().Send(message); err != nil {
		return true, p.failed(app, wanted, err)
	}
	return true, updateRows(app, wanted, dbx.Params{"mail": collections.MailSent, "mailAt": types.NowDateTime().String()})
}

const queuedColumns = "id, [[user]], kind, title, body, data, mail, [[mailAt]] AS [[mail_at]], [[read]], [[mailAttempts]] AS attempts FROM {{notifications}}"

// nextWaiting returns the notifications of the next mail: the one whose turn it is with what else is due to its receiver. A
// mail that is tried again holds what it held the first time, which is what was noted at the same time. Without notifications, more
// tells whether to ask again at once.
func (p *worker) nextMail(app core.App) (rows []queued, more bool, err error) {
	now := types.NowDateTime().String()
	first, err := p.queue.next(app, now)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find the next mail: %w", err)
	}
	if interview := first.interview(); interview != nil {
		latest, err := latestInterviewMail(app, first, interview.Application)
		return latest, err == nil, err
	}
	if first.sentAlone() {
		return []queued{first}, true, nil
	}
	same := "[[mailAttempts]] = 0 AND [[mailAt]] <= {:now}"
	if first.Attempts > 0 {
		same = "[[mailAttempts]] = {:attempts} AND [[mailAt]] = {:mailAt}"
	}
	err = app.DB().NewQuery("SELECT " + queuedColumns + " INDEXED BY [[idx_notifications_mail_user]]" +
		" WHERE mail = 'pending' AND [[user]] = {:user} AND " + same + " ORDER BY created, rowid").
		Bind(dbx.Params{"now": now, "user": first.User, "attempts": first.Attempts, "mailAt": first.MailAt}).All(&rows)
	if err != nil {
		return nil, false, fmt.Errorf("find what goes with the next mail: %w", err)
	}
	rows = slices.DeleteFunc(rows, queued.sentAlone)
	return rows[:min(maxPerMail, len(rows))], true, nil
}

// alone tells whether the notification has a mail of its own.
func (w queued) sentAlone() bool { return w.Kind == collections.KindAccount || w.interview() != nil }

func (w queued) interview() *Interview {
	var data struct {
		Interview *Interview `json:"interview"`
	}
	if err := json.Unmarshal([]byte(w.Data), &data); err != nil {
		return nil // data that is no object holds no interview
	}
	return data.Interview
}

// splitWanted parts the notifications that are to be mailed from those that were read on the board meanwhile, whose kind the
// user no longer wants, or whose user has left. An interview goes to the calendar even when it was read of. To an address that
// is not verified goes nothing: anybody could have given it.
func splitByPreference(user *core.Record, rows []queued) (wanted, dropped []queued) {
	kinds := user.GetStringSlice("emailNotifications")
	left := !user.GetDateTime("deactivatedAt").IsZero()
	if !user.Verified() {
		return nil, rows
	}
	for _, row := range rows {
		read := row.Read && !row.sentAlone()
		if row.Kind != collections.KindAccount && (left || read || !slices.Contains(kinds, row.Kind)) {
			dropped = append(dropped, row)
		} else {
			wanted = append(wanted, row)
		}
	}
	return wanted, dropped
}

func updateRows(app core.App, rows []queued, values dbx.Params) error {
	if _, err := app.NonconcurrentDB().Update(collections.Notifications, values, withIDs(rows)).Execute(); err != nil {
		return fmt.Errorf("note the state of a mail: %w", err)
	}
	return nil
}

func withIDs(rows []queued) dbx.Expression {
	ids := make([]any, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return dbx.In("id", ids...)
}

// claim notes the next attempt of a mail and tells whether it was still ours to send.
func claim(app core.App, rows []queued) (bool, error) {
	attempt := rows[0].Attempts
	result, err := app.NonconcurrentDB().Update(collections.Notifications,
		dbx.Params{"mailAttempts": attempt + 1, "mailAt": types.NowDateTime().Add(backoff[min(attempt, len(backoff)-1)]).String()},
		dbx.And(dbx.HashExp{"mail": collections.MailPending, "mailAttempts": attempt}, withIDs(rows))).Execute()
	if err != nil {
		return false, fmt.Errorf("note the attempt to send a mail: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("note the attempt to send a mail: %w", err)
	}
	return int(n) == len(rows), nil // else another process was faster; what it has left us waits for the next attempt
}

// failed decides what a failed attempt means.
func (p *worker) failed(app core.App, rows []queued, err error) error {
	if errors.Is(err, errStopping) { // it goes after the next start
		return updateRows(app, rows, dbx.Params{"mailAttempts": rows[0].Attempts, "mailAt": rows[0].MailAt})
	}
	what := classify(err)
	if what == serverUnavailable || what == senderRejected {
		p.pausedUntil = time.Now().Add(serverPause)
	}
	app.Logger().Warn("A mail was not sent.", "notification", rows[0].ID, "attempt", rows[0].Attempts+1, "reason", describe(err))
	if what == mailRejected || what == senderRejected || rows[0].Attempts >= len(backoff) {
		return updateRows(app, rows, dbx.Params{"mail": collections.MailFailed, "mailAt": types.NowDateTime().String()})
	}
	return nil
}

// messageID is the same at every attempt, and tells nothing of the receiver.
func messageID(app core.App, rows []queued) string {
	hash := sha256.New()
	for _, row := range rows {
		hash.Write([]byte(row.ID))
	}
	return fmt.Sprintf("<notice-%x@%s>", hash.Sum(nil)[:12], mailHost(app))
}

// mailHost is the domain that the board's mails come from.
func mailHost(app core.App) string {
	if _, host, ok := strings.Cut(app.Settings().Meta.SenderAddress, "@"); ok {
		return host
	}
	return "localhost"
}
