package mail

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
)

// trialTimeout limits connecting to the mail server, and sending, while somebody waits for the outcome.
const trialTimeout = 15 * time.Second

// Probe connects and logs in to the mail server, without sending anything. Without a mail server it returns nil.
func Probe(ctx context.Context, app core.App) error {
	client, ok := app.NewMailClient().(*mailer.SMTPClient)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	c := &connection{ctx: ctx, timeout: trialTimeout}
	if err := c.dial(serverOf(client)); err != nil {
		return explained(err, app.Settings().SMTP)
	}
	c.close()
	return nil
}

// SendTrial sends a mail that only says that mail works, by the way that all mails of the board take. The error holds what the mail
// server said.
func SendTrial(app core.App, to string) error {
	meta := app.Settings().Meta
	body := fmt.Sprintf("This is a test of the mail of %s (%s). It has arrived, so the board can send mail to you.", oneLine(meta.AppName),
		strings.TrimRight(meta.AppURL, "/"))
	err := app.NewMailClient().Send(&mailer.Message{
		From:    netmail.Address{Name: oneLine(meta.SenderName), Address: meta.SenderAddress},
		To:      []netmail.Address{{Address: to}},
		Subject: "Test mail from " + oneLine(meta.AppName),
		Text:    body + "\n",
		HTML:    "<p>" + html.EscapeString(body) + "</p>",
		Headers: map[string]string{"Auto-Submitted": "auto-generated", "Message-ID": "<test-" + rand.Text() + "@" + mailHost(app) + ">"},
	})
	if err != nil && app.Settings().SMTP.Enabled {
		return explained(err, app.Settings().SMTP)
	}
	return err
}

const noAnswer = "the server does not answer: a firewall may block the port, as many providers do with port 25; at port 465 set " +
	"JOBBOARD_SMTP_TLS=on"

// explanations say what the errors of mail servers and of the network usually come from, by a part of their text. The first that fits
// is taken.
var explanations = []struct{ part, advice string }{
	{"no such host", "check JOBBOARD_SMTP_HOST"},
	{"connection refused", "nothing listens there: check JOBBOARD_SMTP_HOST and JOBBOARD_SMTP_PORT"},
	{"first record does not look like a TLS handshake",
		"the server does not begin with TLS at this port: set JOBBOARD_SMTP_TLS=off, which uses STARTTLS, or use port 465"},
	{"certificate", "JOBBOARD_SMTP_HOST must be the name in the server's certificate, issued by an authority that this machine trusts"},
	{"timeout", noAnswer},
	{"deadline exceeded", noAnswer},
	{"unencrypted connection",
		"the server offers no TLS, and the password must not be sent without: use another port, or JOBBOARD_SMTP_TLS=on"},
	{"535 ", "the server does not know this login: check JOBBOARD_SMTP_USERNAME and JOBBOARD_SMTP_PASSWORD"},
	{"530 ", "the server wants a login: set JOBBOARD_SMTP_USERNAME and JOBBOARD_SMTP_PASSWORD"},
	{"does not support SMTP AUTH",
		"the server takes no login at this port: remove JOBBOARD_SMTP_USERNAME and JOBBOARD_SMTP_PASSWORD, or use port 587 or 465"},
	{"MAIL FROM", "the server refuses the sender: JOBBOARD_SENDER_ADDRESS must be an address that this login may send from"},
	{"RCPT TO", "the server refuses the recipient: check the address, and whether the server delivers elsewhere for this login"},
	{"EOF", "the server closes the connection: at port 465 set JOBBOARD_SMTP_TLS=on"},
}

// explained returns the error with what it usually comes from, and without the password, which a server might repeat.
func explained(err error, server core.SMTPConfig) error {
	text := err.Error()
	for _, secret := range []string{
		server.Password, base64.StdEncoding.EncodeToString([]byte(server.Password)),
		base64.StdEncoding.EncodeToString([]byte("\x00" + server.Username + "\x00" + server.Password)),
	} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	for _, known := range explanations {
		if strings.Contains(text, known.part) {
			return errors.New(text + " (" + known.advice + ")")
		}
	}
	return errors.New(text)
}
