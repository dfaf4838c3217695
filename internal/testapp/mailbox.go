package testapp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
)

// Mail is one mail as the mail server received it.
type Mail struct {
	To      string // the envelope's recipient
	Subject string
	Header  mail.Header
	Text    string
	HTML    string
	// Parts are the decoded bodies of all parts by media type, such as "text/calendar"; the last one of a type wins.
	Parts map[string]string
	// ContentTypes are the parts' Content-Type headers by media type, as they came.
	ContentTypes map[string]string
	// Login is the user name of the client that sent it, "" if it did not log in.
	Login string
}

// Mailbox is a mail server that keeps what it receives.
type Mailbox struct {
	Port  int
	mails chan Mail
	// refuse is called for each command of a mail, and may reject it; nil accepts all.
	refuse atomic.Pointer[func(command, to string) error]
	lines  atomic.Int32
}

// NewMailbox starts a mail server on 127.0.0.1 until the test ends. It requires no login, and accepts any.
func NewMailbox(t testing.TB) *Mailbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the mail server: %v", err)
	}
	box := &Mailbox{Port: listener.Addr().(*net.TCPAddr).Port, mails: make(chan Mail, 10_000)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		box.lines.Add(1)
		return &mailSession{box: box}, nil
	}))
	server.ReadTimeout, server.WriteTimeout = patience, patience
	server.AllowInsecureAuth = true
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return box
}

// CatchMail starts a mail server until the test ends and makes the board send by SMTP to it, past the mailer that
// PocketBase's test app puts in its place.
func (b *Board) CatchMail() *Mailbox {
	b.t.Helper()
	box := NewMailbox(b.t)
	b.SendBy(&mailer.SMTPClient{Host: "127.0.0.1", Port: box.Port})
	return box
}

// SendBy makes the board send by a mail server, past the mailer that PocketBase's test app puts in its place.
func (b *Board) SendBy(server *mailer.SMTPClient) {
	b.OnMailerSend().BindFunc(func(e *core.MailerEvent) error { // after the test app's hook, which has put its own mailer
		e.Mailer = server
		return e.Next()
	})
}

// Refuse makes the mail server reject, from now on, every recipient for whom answer returns an error.
func (m *Mailbox) Refuse(answer func(to string) error) {
	m.RefuseAt(func(command, to string) error {
		if command != "RCPT" {
			return nil
		}
		return answer(to)
	})
}

// RefuseAt is Refuse for each of the commands MAIL (which names no recipient yet), RCPT and DATA.
func (m *Mailbox) RefuseAt(answer func(command, to string) error) { m.refuse.Store(&answer) }

// Connections returns how many connections were made so far.
func (m *Mailbox) Connections() int { return int(m.lines.Load()) }

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

// Received returns the mails that have come since the last call.
func (m *Mailbox) Received() []Mail {
	var got []Mail
	for {
		select {
		case mail := <-m.mails:
			got = append(got, mail)
		default:
			return got
		}
	}
}

// MustBeEmpty fails the test if mails are left. Mails still on their way don't count: wait for a later one first.
func (m *Mailbox) MustBeEmpty(t testing.TB) {
	t.Helper()
	for _, got := range m.Received() {
		t.Errorf("a mail came to %s: %s", got.To, got.Subject)
	}
}

type mailSession struct {
	box   *Mailbox
	login string
	to    []string
}

func (s *mailSession) Reset()                               { s.to = nil }
func (s *mailSession) Logout() error                        { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return s.refused("MAIL", "") }

// refused returns the error that the test wants as the answer to a command, or nil.
func (s *mailSession) refused(command, to string) error {
	if answer := s.box.refuse.Load(); answer != nil {
		return (*answer)(command, to)
	}
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.refused("RCPT", to); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *mailSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Login {
		return &loginServer{session: s}, nil
	}
	return sasl.NewPlainServer(func(_, username, _ string) error {
		s.login = username
		return nil
	}), nil
}

// loginServer speaks the obsolete LOGIN, which some mail servers still require: it asks for the name, then for the password.
type loginServer struct {
	session *mailSession
	asked   int
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.session.login = string(response)
		return []byte("Password:"), false, nil
	case 3:
		return nil, true, nil
	}
	return nil, false, errors.New("the login is over")
}

func (s *mailSession) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return err
	}
	got := Mail{Subject: subject, Header: message.Header, Parts: map[string]string{}, ContentTypes: map[string]string{}, Login: s.login}
	if err := got.readPart(message.Header, message.Body); err != nil {
		return err
	}
	got.Text, got.HTML = got.Parts["text/plain"], got.Parts["text/html"]
	for _, to := range s.to {
		if err := s.refused("DATA", to); err != nil {
			return err
		}
	}
	for _, to := range s.to {
		got.To = to
		s.box.mails <- got
	}
	return nil
}

// readPart reads the part with a header, and the parts in it.
func (m *Mail) readPart(header interface{ Get(string) string }, body io.Reader) error {
	contentType := header.Get("Content-Type")
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		reader := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := reader.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.readPart(part.Header, part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	var raw bytes.Buffer
	_, err = raw.ReadFrom(body)
	m.Parts[kind], m.ContentTypes[kind] = raw.String(), contentType
	return err
}
