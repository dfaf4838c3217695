package testapp

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
)

// Mail is one mail as the mail server got it.
type Mail struct {
	To      string // the envelope's recipient
	Subject string
	Header  mail.Header
	Text    string
	HTML    string
	// Parts are the decoded bodies of all parts by media type, such as "text/calendar"; the last one of a type wins.
	Parts map[string]string
}

// Mailbox is a mail server that keeps what it gets.
type Mailbox struct {
	mails chan Mail
}

// CatchMail starts a mail server until the test ends and makes the board send by SMTP to it, past the mailer that
// PocketBase's test app puts in its place.
func (b *Board) CatchMail() *Mailbox {
	b.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatalf("start the mail server: %v", err)
	}
	box := &Mailbox{mails: make(chan Mail, 1000)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: box}, nil }))
	server.ReadTimeout, server.WriteTimeout = patience, patience
	go func() { _ = server.Serve(listener) }() // ends with Close
	b.t.Cleanup(func() { _ = server.Close() })

	port := listener.Addr().(*net.TCPAddr).Port
	b.OnMailerSend().BindFunc(func(e *core.MailerEvent) error { // after the test app's hook, which has put its own mailer
		e.Mailer = &mailer.SMTPClient{Host: "127.0.0.1", Port: port}
		return e.Next()
	})
	return box
}

// MustReceive waits for the next mail.
func (m *Mailbox) MustReceive(t testing.TB) Mail {
	t.Helper()
	select {
	case got := <-m.mails:
		return got
	case <-time.After(patience):
		t.Fatal("no mail came")
	}
	return Mail{}
}

// MustBeEmpty fails the test when mails are left. What is still on its way doesn't count: wait for something later first.
func (m *Mailbox) MustBeEmpty(t testing.TB) {
	t.Helper()
	select {
	case got := <-m.mails:
		t.Errorf("a mail came to %s: %s", got.To, got.Subject)
	default:
	}
}

type mailSession struct {
	box *Mailbox
	to  []string
}

func (s *mailSession) Reset()                                    { s.to = nil }
func (s *mailSession) Logout() error                             { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = append(s.to, to); return nil }

func (s *mailSession) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return err
	}
	got := Mail{Subject: subject, Header: message.Header, Parts: map[string]string{}}
	if err := readParts(message.Header.Get("Content-Type"), message.Header.Get("Content-Transfer-Encoding"), message.Body, got.Parts); err != nil {
		return err
	}
	got.Text, got.HTML = got.Parts["text/plain"], got.Parts["text/html"]
	for _, to := range s.to {
		got.To = to
		s.box.mails <- got
	}
	return nil
}

func readParts(contentType, encoding string, body io.Reader, parts map[string]string) error {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		reader := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := reader.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := readParts(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, parts); err != nil {
				return err
			}
		}
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	if strings.EqualFold(encoding, "base64") {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	raw, err := io.ReadAll(body)
	parts[kind] = string(raw)
	return err
}
