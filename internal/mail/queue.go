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
	"jobboard/internal/leadership"
)

const (
	serverPause = time.Minute // after the mail server failed, so that it is not tried again for every mail
	maxPerMail  = 20          // notifications that one mail groups
)

// backoff is how long a mail waits after its nth attempt; after the last attempt it fails for good. That gives mail servers four
// days to come back, as RFC 5321, 4.5.4.1 asks.
var backoff = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 16 * time.Hour,
	24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// worker sends the pending mails. The status of a mail is in its notification's row. Before a mail is sent, the time of its next
// attempt is stored, which also claims it from other processes; afterwards the row is marked as sent. So no mail is lost, and a crash
// in between sends it twice (see docs/decisions/0013 and 0016). In a cluster the claim is in the log before the mail leaves (0058).
type worker struct {
	pausedUntil time.Time // until then the mail server is not tried
	queue       roundRobin
}

// queued is a notification whose mail is pending.
type queued struct {
	ID, User, Kind, Title, Body, Data, Mail, MailAt string
	Read, MailOnly                                  bool
	Attempts                                        int
}

// step sends the next mail. It returns false when none is due or the mail server is not to be tried yet.
func (w *worker) step(app core.App) (bool, error) {
	if time.Now().Before(w.pausedUntil) {
		return false, nil
	}
	rows, more, err := w.nextMail(app)
	if err != nil || len(rows) == 0 {
		return more, err
	}
	user, err := app.FindRecordById(collections.Users, rows[0].User)
	if err != nil {
		return false, fmt.Errorf("find the recipient of a mail: %w", err)
	}
	wanted, dropped := splitByPreference(user, rows)
	if len(dropped) > 0 {
		return true, updateRows(app, dropped, dbx.Params{"mail": collections.MailNone})
	}
	message, err := newMessage(app, user, wanted)
	if err != nil {
		// A mail that can't be rendered must not block the others.
		return true, errors.Join(err, updateRows(app, wanted, dbx.Params{"mail": collections.MailFailed}))
	}
	ours, err := claim(app, wanted)
	if err != nil || !ours {
		return ours, err
	}
	if err := app.NewMailClient().Send(message); err != nil {
		return !errors.Is(err, errNotInLog), w.failed(app, wanted, err)
	}
	return true, updateRows(app, wanted, dbx.Params{"mail": collections.MailSent, "mailAt": types.NowDateTime().String()})
}

const queuedColumns = "id, [[user]], kind, title, body, data, mail, [[mailAt]] AS [[mail_at]], [[read]], [[mailOnly]] AS [[mail_only]]," +
	" [[mailAttempts]] AS attempts FROM {{notifications}}"

// nextMail returns the notifications of the next mail: the next one in the queue and what else is due for the same recipient. A retry
// holds the same notifications as the first attempt: those with the same time of the next attempt. Where it returns no notifications,
// more reports whether to call it again at once.
func (w *worker) nextMail(app core.App) (rows []queued, more bool, err error) {
	now := types.NowDateTime().String()
	first, err := w.queue.next(app, now)
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
		return nil, false, fmt.Errorf("find what else goes into the next mail: %w", err)
	}
	application := first.progressOf()
	rows = slices.DeleteFunc(rows, func(row queued) bool { return row.sentAlone() || row.progressOf() != application })
	if application != "" {
		slices.Reverse(rows) // where it stands now is the mail's subject
	}
	return rows[:min(maxPerMail, len(rows))], true, nil
}

// sentAlone reports whether the notification gets a mail of its own.
func (q queued) sentAlone() bool {
	return q.Kind == collections.KindAccount || q.MailOnly || q.interview() != nil
}

// progressOf returns the application whose progress the notification tells the applicant, or "". Each has its own mails, which the
// applicant can answer.
func (q queued) progressOf() string {
	if q.Kind != collections.KindApplicationStatusChanged {
		return ""
	}
	return q.details().Application
}

func (q queued) interview() *Interview { return q.details().Interview }

// details are what mails need of a notification's data.
type details struct {
	Application string     `json:"application"`
	Interview   *Interview `json:"interview"`
	Job         string     `json:"job"`
	Renew       bool       `json:"renew"` // for those who may
	Jobs        []string   `json:"jobs"`  // of a digest or a summary, in the order of the first lines
}

// details returns nothing of data that is no such object.
func (q queued) details() (found details) {
	if err := json.Unmarshal([]byte(q.Data), &found); err != nil {
		return details{}
	}
	return found
}

// splitByPreference separates the notifications to mail from those that were read on the board meanwhile, whose kind the user no longer
// wants, or whose user was deactivated. Interviews are mailed even when read, for the calendar, and so are receipts. Nothing is mailed to
// an unverified address: anybody could have entered it.
func splitByPreference(user *core.Record, rows []queued) (wanted, dropped []queued) {
	kinds := user.GetStringSlice("emailNotifications")
	deactivated := !user.GetDateTime("deactivatedAt").IsZero()
	if !user.Verified() {
		return nil, rows
	}
	for _, row := range rows {
		read := row.Read && !row.sentAlone()
		if row.Kind != collections.KindAccount && (deactivated || read || !slices.Contains(kinds, row.Kind)) {
			dropped = append(dropped, row)
		} else {
			wanted = append(wanted, row)
		}
	}
	return wanted, dropped
}

func updateRows(app core.App, rows []queued, values dbx.Params) error {
	if _, err := app.NonconcurrentDB().Update(collections.Notifications, values, withIDs(rows)).Execute(); err != nil {
		return fmt.Errorf("store the status of a mail: %w", err)
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

// claim stores the next attempt of a mail and reports whether no other process has claimed it first.
func claim(app core.App, rows []queued) (bool, error) {
	attempt := rows[0].Attempts
	result, err := app.NonconcurrentDB().Update(collections.Notifications,
		dbx.Params{"mailAttempts": attempt + 1, "mailAt": types.NowDateTime().Add(backoff[min(attempt, len(backoff)-1)]).String()},
		dbx.And(dbx.HashExp{"mail": collections.MailPending, "mailAttempts": attempt}, withIDs(rows))).Execute()
	if err != nil {
		return false, fmt.Errorf("store the attempt to send a mail: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("store the attempt to send a mail: %w", err)
	}
	return int(n) == len(rows), nil // else another process was faster, and what it left waits for the next attempt
}

// failed stores what becomes of a mail after a failed attempt.
func (w *worker) failed(app core.App, rows []queued, err error) error {
	if !leadership.Leading(app) {
		return nil // the next leader finds the claim if it is in the log, and tries again
	}
	unsent := dbx.Params{"mailAttempts": rows[0].Attempts, "mailAt": rows[0].MailAt}
	switch {
	case errors.Is(err, errStopping): // it is sent after the next start
		return updateRows(app, rows, unsent)
	case errors.Is(err, errNotInLog): // it is tried again a moment later
		return errors.Join(err, updateRows(app, rows, unsent))
	}
	kind := classify(err)
	if kind == serverUnavailable || kind == senderRejected {
		w.pausedUntil = time.Now().Add(serverPause)
	}
	app.Logger().Warn("A mail was not sent.", "notification", rows[0].ID, "attempt", rows[0].Attempts+1, "reason", describe(err))
	if kind == mailRejected || kind == senderRejected || rows[0].Attempts >= len(backoff) {
		return updateRows(app, rows, dbx.Params{"mail": collections.MailFailed, "mailAt": types.NowDateTime().String()})
	}
	return nil
}

// messageID returns the same id at every attempt. It reveals nothing about the recipient.
func messageID(app core.App, rows []queued) string {
	hash := sha256.New()
	for _, row := range rows {
		hash.Write([]byte(row.ID))
	}
	return fmt.Sprintf("<notice-%x@%s>", hash.Sum(nil)[:12], mailHost(app))
}

// mailHost returns the domain that the board's mails come from.
func mailHost(app core.App) string {
	if _, host, ok := strings.Cut(app.Settings().Meta.SenderAddress, "@"); ok {
		return host
	}
	return "localhost"
}
