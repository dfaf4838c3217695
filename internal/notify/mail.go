package notify

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

const (
	sendTimeout = 30 * time.Second // for one mail; PocketBase's mailer itself waits for ever
	restTime    = time.Minute      // after the mail server failed, so that a dead one is not asked for every mail
	mostInMail  = 20               // notices that one mail groups
)

// backoff is how long a mail waits after its nth attempt before the next; after the last it is given up.
var backoff = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 16 * time.Hour}

// postman sends the mails that wait. The state of a mail is in its notification's row, so none is lost: before it is sent
// its next attempt is noted, after it is sent that it was. A crash between the mail server's yes and that note sends it
// once more, under the same Message-ID, by which many mail programs drop the second.
type postman struct {
	rest    time.Time  // until when the mail server is left alone
	hanging chan error // an attempt past sendTimeout that has not come back; nil when there is none
}

func newPostman() *postman { return &postman{} }

// waiting is a notification whose mail waits.
type waiting struct {
	ID, User, Kind, Title, Body, Data, MailAt string
	Read                                      bool
	Attempts                                  int
}

// step sends the mail that has waited longest. It returns false when none is due or the mail server is left alone.
func (p *postman) step(app core.App) (bool, error) {
	if time.Now().Before(p.rest) {
		return false, nil
	}
	if p.hanging != nil {
		select {
		case <-p.hanging:
			p.hanging = nil
		default:
			return false, nil
		}
	}
	rows, err := nextWaiting(app)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	user, err := app.FindRecordById(collections.Users, rows[0].User)
	if err != nil {
		return false, fmt.Errorf("find the receiver of a mail: %w", err)
	}
	wanted, dropped := splitWanted(user, rows)
	if len(dropped) > 0 {
		return true, setMail(app, dropped, dbx.Params{"mail": collections.MailNone})
	}
	l, err := newLetter(app, user, wanted)
	if err != nil {
		// A letter that can't be written must not keep the others waiting.
		return true, errors.Join(err, setMail(app, wanted, dbx.Params{"mail": collections.MailFailed}))
	}
	attempt := wanted[0].Attempts
	next := dbx.Params{"mailAttempts": attempt + 1, "mailAt": types.NowDateTime().Add(backoff[min(attempt, len(backoff)-1)]).String()}
	if err := setMail(app, wanted, next); err != nil {
		return false, err
	}
	if err := p.send(app, l.message); err != nil {
		return true, p.failed(app, wanted, attempt, err)
	}
	return true, setMail(app, wanted, dbx.Params{"mail": collections.MailSent, "mailAt": types.NowDateTime().String()})
}

// nextWaiting returns the notices of the next mail: the one that is due longest with what else is due to its receiver. A
// mail that is tried again holds what it held the first time, which is what was noted at the same time.
func nextWaiting(app core.App) ([]waiting, error) {
	const columns = "id, [[user]], kind, title, body, data, [[mailAt]] AS [[mail_at]], [[read]], [[mailAttempts]] AS attempts FROM {{notifications}}"
	now := types.NowDateTime().String()
	var first waiting
	err := app.DB().NewQuery("SELECT " + columns + " WHERE mail = 'pending' AND [[mailAt]] <= {:now} ORDER BY [[mailAt]] LIMIT 1").
		Bind(dbx.Params{"now": now}).One(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the next mail: %w", err)
	}
	if first.alone() {
		return []waiting{first}, nil
	}
	same := "[[mailAttempts]] = 0 AND [[mailAt]] <= {:now}"
	if first.Attempts > 0 {
		same = "[[mailAttempts]] = {:attempts} AND [[mailAt]] = {:mailAt}"
	}
	var rows []waiting
	err = app.DB().NewQuery("SELECT " + columns + " WHERE mail = 'pending' AND [[user]] = {:user} AND " + same + " ORDER BY created, id").
		Bind(dbx.Params{"now": now, "user": first.User, "attempts": first.Attempts, "mailAt": first.MailAt}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("find what goes with the next mail: %w", err)
	}
	rows = slices.DeleteFunc(rows, waiting.alone)
	return rows[:min(mostInMail, len(rows))], nil
}

// alone tells whether the notice has a mail of its own.
func (w waiting) alone() bool { return w.Kind == collections.KindAccount || w.interview() != nil }

func (w waiting) interview() *Interview {
	var data struct {
		Interview *Interview `json:"interview"`
	}
	if err := json.Unmarshal([]byte(w.Data), &data); err != nil {
		return nil // data that is no object holds no interview
	}
	return data.Interview
}

// splitWanted parts the notices that are to be mailed from those that were read on the board meanwhile, whose kind the
// user no longer wants, or whose user has left. An interview goes to the calendar even when it was read of.
func splitWanted(user *core.Record, rows []waiting) (wanted, dropped []waiting) {
	kinds := user.GetStringSlice("emailNotifications")
	left := !user.GetDateTime("deactivatedAt").IsZero()
	for _, row := range rows {
		read := row.Read && !row.alone()
		if row.Kind != collections.KindAccount && (left || read || !slices.Contains(kinds, row.Kind)) {
			dropped = append(dropped, row)
		} else {
			wanted = append(wanted, row)
		}
	}
	return wanted, dropped
}

func setMail(app core.App, rows []waiting, values dbx.Params) error {
	ids := make([]any, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	if _, err := app.NonconcurrentDB().Update(collections.Notifications, values, dbx.In("id", ids...)).Execute(); err != nil {
		return fmt.Errorf("note the state of a mail: %w", err)
	}
	return nil
}

func (p *postman) send(app core.App, message *mailer.Message) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if broken := recover(); broken != nil {
				done <- fmt.Errorf("sending panicked: %v", broken)
			}
		}()
		done <- app.NewMailClient().Send(message)
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(sendTimeout):
		p.hanging = done
		return errors.New("the mail server does not answer")
	}
}

// failed decides what a failed attempt means. Only the mail server's refusal of this very mail is final.
func (p *postman) failed(app core.App, rows []waiting, attempt int, err error) error {
	var refusal *textproto.Error
	refused := errors.As(err, &refusal)
	if !refused {
		p.rest = time.Now().Add(restTime)
	}
	final := refused && (refusal.Code == 550 || refusal.Code == 551 || refusal.Code == 553)
	if final || attempt+1 >= len(backoff) {
		if err := setMail(app, rows, dbx.Params{"mail": collections.MailFailed}); err != nil {
			return err
		}
	}
	app.Logger().Warn("A mail was not sent.", "notification", rows[0].ID, "attempt", attempt+1, "error", err)
	return nil
}

// messageID is the same at every attempt, and tells nothing of the receiver.
func messageID(app core.App, rows []waiting) string {
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

func sender(app core.App) mail.Address {
	meta := app.Settings().Meta
	return mail.Address{Name: meta.SenderName, Address: meta.SenderAddress}
}
