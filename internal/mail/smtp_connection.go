package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	gomail "github.com/wneessen/go-mail"

	"jobboard/internal/leadership"
)

const (
	maxPerConnection = 100              // mails over one connection: many servers close it after that many
	idleTimeout      = 10 * time.Second // after the last mail; longer than the worker's pollInterval
)

// Why a mail was not sent: the board stops or no longer leads, or a failover might undo what the mail says.
var (
	errStopping = errors.New("the board stops")
	errNotInLog = errors.New("what the mail is about is not in the cluster's log")
)

// connection is the connection to the mail server. It is kept between mails: connecting takes more round trips than sending a mail.
type connection struct {
	timeout time.Duration // see Options.SendTimeout

	mu       sync.Mutex
	ctx      context.Context // ends when the app terminates or, for the queue, ceases to lead, which closes the connection
	client   *gomail.Client  // nil while there is no connection
	server   server          // it is connected to
	sent     int
	lastUsed time.Time
	idle     *time.Timer
	release  func() bool // detaches the connection from ctx
}

// server is the address of a mail server and the login to it.
type server struct {
	TLS                                             bool
	Port                                            int
	Host, Username, Password, AuthMethod, LocalName string
}

func serverOf(s *mailer.SMTPClient) server {
	return server{s.TLS, s.Port, s.Host, s.Username, s.Password, s.AuthMethod, s.LocalName}
}

// restart lets the connection live until ctx ends.
func (c *connection) restart(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		c.close()
	}
	c.ctx = ctx
}

// awaitLog waits until nothing that was committed so far can be undone by a failover: neither what a mail says, nor that it is sent now.
func (c *connection) awaitLog(app core.App) error {
	c.mu.Lock()
	ctx := c.ctx
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if err := leadership.Await(ctx, app); err != nil {
		return fmt.Errorf("%w: %w", errNotInLog, err)
	}
	return nil
}

// send sends one mail.
func (c *connection) send(to server, message *gomail.Msg) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil && (c.server != to || c.sent >= maxPerConnection) {
		c.close()
	}
	kept := c.client != nil
	err := c.attempt(to, message)
	if kept && connectionLost(err) {
		err = c.attempt(to, message)
	}
	if err != nil && c.ctx.Err() != nil {
		return errStopping
	}
	return err
}

func (c *connection) attempt(to server, message *gomail.Msg) error {
	if c.client == nil {
		if err := c.dial(to); err != nil {
			return err
		}
	}
	err := c.client.Send(message)
	if message.IsDelivered() {
		err = nil
		c.sent++
	}
	if err != nil && !reusableAfter(err) {
		c.close()
		return err
	}
	c.lastUsed = time.Now()
	c.idle.Reset(idleTimeout)
	return err
}

// dial connects, with STARTTLS if the server offers it.
func (c *connection) dial(to server) error {
	var connection net.Conn
	var release func() bool
	options := []gomail.Option{
		gomail.WithPort(to.Port), gomail.WithTimeout(c.timeout), gomail.WithTLSPolicy(gomail.TLSOpportunistic),
		// The next mail detects a closed connection, and the end of a mail resets the session.
		gomail.WithoutNoop(), gomail.WithoutRset(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (_ net.Conn, err error) {
			if connection, err = to.connect(ctx, network, address); err == nil {
				release = context.AfterFunc(c.ctx, func() { _ = connection.Close() })
			}
			return connection, err
		}),
	}
	if to.TLS {
		options = append(options, gomail.WithSSL())
	}
	if to.LocalName != "" {
		options = append(options, gomail.WithHELO(to.LocalName))
	}
	if to.Username != "" || to.Password != "" {
		method := gomail.SMTPAuthPlain
		if to.AuthMethod == mailer.SMTPAuthLogin {
			method = gomail.SMTPAuthLogin
		}
		options = append(options, gomail.WithSMTPAuth(method), gomail.WithUsername(to.Username), gomail.WithPassword(to.Password))
	}
	client, err := gomail.NewClient(to.Host, options...)
	if err != nil {
		return fmt.Errorf("configure the mail client: %w", err)
	}
	if err := client.DialWithContext(c.ctx); err != nil {
		if release != nil && release() {
			_ = connection.Close()
		}
		return fmt.Errorf("connect to the mail server: %w", err)
	}
	c.client, c.server, c.sent, c.release = client, to, 0, release
	c.idle = time.AfterFunc(idleTimeout, c.closeIdle)
	return nil
}

// connect opens the network connection, with implicit TLS if configured: go-mail leaves that to its dialer.
func (s server) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if s.TLS {
		dialer := tls.Dialer{Config: &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}}
		return dialer.DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// close ends the connection. It does not wait for the server's answer to QUIT, which changes nothing for the mails.
func (c *connection) close() {
	client, release := c.client, c.release
	c.client = nil
	c.idle.Stop()
	go func() {
		_ = client.Close()
		release()
	}()
}

func (c *connection) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil && time.Since(c.lastUsed) >= idleTimeout {
		c.close()
	}
}

// connectionLost reports whether a kept connection was closed before the mail was begun, so that the mail can be sent over a new one.
func connectionLost(err error) bool {
	var refusal *gomail.SendError
	return errors.As(err, &refusal) && (refusal.Reason == gomail.ErrSMTPMailFrom || refusal.Reason == gomail.ErrConnCheck) &&
		(refusal.ErrorCode() == 0 || refusal.ErrorCode() == 421)
}

// reusableAfter reports whether the next mail can go over the same connection: the server has answered, and the session was reset, by
// go-mail or by the refusal of the whole mail.
func reusableAfter(err error) bool {
	var refusal *gomail.SendError
	if !errors.As(err, &refusal) || refusal.ErrorCode() == 0 || refusal.ErrorCode() == 421 {
		return false
	}
	switch refusal.Reason {
	case gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPDataClose:
		return true
	}
	return false
}
