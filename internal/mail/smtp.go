package mail

import (
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/mailer"
	gomail "github.com/wneessen/go-mail"

	"jobboard/internal/background"
)

// sender sends all mails of the app over persistent connections. PocketBase's client waits forever for a server that hangs, cannot
// distinguish a rejected mail from a failing server, and cannot set the method of an invitation. Sending is aborted when the app
// terminates, and that of queued mails when the node ceases to lead.
type sender struct {
	queue    *connection
	accounts *connection // those who wait for a code or a link don't wait for the queue
}

func bindSMTP(app core.App, timeout time.Duration) *sender {
	ctx := background.Context(app)
	s := &sender{queue: &connection{ctx: ctx, timeout: timeout}, accounts: &connection{ctx: ctx, timeout: timeout}}
	app.OnMailerSend().Bind(&hook.Handler[*core.MailerEvent]{Id: "sendBySMTP", Priority: 998, Func: s.onMailerSend})
	return s
}

func (s *sender) onMailerSend(e *core.MailerEvent) error {
	connection := s.queue
	if e.Message.Text == "" { // PocketBase's mails about accounts
		connection = s.accounts
		if err := dressAccountMail(e.App, e.Message); err != nil {
			return err
		}
	}
	if err := connection.awaitLog(e.App); err != nil {
		return err
	}
	client, ok := e.Mailer.(*mailer.SMTPClient)
	if !ok {
		return e.Next() // without a mail server
	}
	message, err := mimeOf(e.Message)
	if err != nil {
		return err
	}
	return connection.send(serverOf(client), message)
}

// mimeOf returns a message as MIME. An invitation is both an alternative to the text, where calendars look for it, and an attachment to
// open.
func mimeOf(m *mailer.Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(&m.From)
	for _, list := range []struct {
		add  func(*netmail.Address)
		from []netmail.Address
	}{{message.AddToMailAddress, m.To}, {message.AddCcMailAddress, m.Cc}, {message.AddBccMailAddress, m.Bcc}} {
		for _, address := range list.from {
			list.add(&address)
		}
	}
	message.Subject(m.Subject)
	message.SetDate()
	for name, value := range m.Headers {
		message.SetGenHeader(gomail.Header(name), value)
	}
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for name, content := range m.Attachments {
		var kind gomail.ContentType
		if invitation, ok := content.(invitation); ok {
			raw, err := io.ReadAll(invitation)
			if err != nil {
				return nil, fmt.Errorf("read the invitation: %w", err)
			}
			message.AddAlternativeString(gomail.ContentType("text/calendar; method="+string(invitation.method)), string(raw))
			if _, err := invitation.Seek(0, io.SeekStart); err != nil {
				return nil, fmt.Errorf("read the invitation again: %w", err)
			}
			kind = "application/ics"
		}
		if err := message.AttachReader(name, content, gomail.WithFileContentType(kind)); err != nil {
			return nil, fmt.Errorf("attach %s: %w", name, err)
		}
	}
	return message, nil
}

// failureKind is what a failed attempt to send means.
type failureKind int

const (
	serverUnavailable failureKind = iota // the server can't be reached, hangs, or refuses the board: no mail gets through
	mailDeferred                         // it refuses this mail for now
	mailRejected                         // it refuses this mail for good
	senderRejected                       // it refuses this mail for good because of its sender, which is the same for all mails
)

func classify(err error) failureKind {
	var refusal *gomail.SendError
	if !errors.As(err, &refusal) {
		return serverUnavailable
	}
	switch code := refusal.ErrorCode(); {
	case refusal.Reason == gomail.ErrGetRcpts: // no address at all
		return mailRejected
	case code == 0 || code == 421 || code == 530 || code == 535: // no answer; "closing", by RFC 5321; "log in first", by RFC 4954
		return serverUnavailable
	case code >= 500 && refusal.Reason == gomail.ErrSMTPMailFrom:
		return senderRejected
	case code >= 500:
		return mailRejected
	case refusal.Reason == gomail.ErrSMTPMailFrom:
		return serverUnavailable
	}
	return mailDeferred
}

// describe returns why sending failed, without the server's own message, which may name the recipient.
func describe(err error) string {
	var refusal *gomail.SendError
	if errors.As(err, &refusal) {
		return fmt.Sprintf("%s (code %d)", refusal.Reason, refusal.ErrorCode())
	}
	return err.Error()
}
