// Package outbound makes requests to addresses that people enter, without leading them into the board's own network.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// Options say how far requests may go.
type Options struct {
	// Private allows addresses of the own machine and of private networks, on any port.
	Private bool
	// NoRedirect refuses every redirect. Otherwise those to other paths of the same host are followed.
	NoRedirect bool
	// Timeout is for the whole request with its body; Idle is for each wait for more of the body, if it is set.
	Timeout, Idle time.Duration
}

// maxRedirects is how many redirects are followed.
const maxRedirects = 5

// NewClient returns a client for one request. It connects to public addresses only: each is checked when it is dialled, after its name
// was resolved, so that a name can't change in between. It uses no proxy, which would dial in its place.
func NewClient(options Options) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !options.Private {
		dialer.Control = ssrf.New().Safe
	}
	return &http.Client{
		Timeout: options.Timeout,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
		},
		CheckRedirect: func(request *http.Request, before []*http.Request) error {
			from := before[len(before)-1].URL
			switch {
			case options.NoRedirect:
				return fmt.Errorf("it redirects to %s", request.URL.Redacted())
			case request.URL.Host != from.Host || from.Scheme == "https" && request.URL.Scheme != "https":
				return fmt.Errorf("it redirects to another host, %s://%s", request.URL.Scheme, request.URL.Host)
			case len(before) > maxRedirects:
				return errors.New("it redirects too often")
			}
			return nil
		},
	}
}

// CheckURL reports why an address can't be requested: it is no http or https URL, or holds a password.
func CheckURL(address string) (*url.URL, error) {
	parsed, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("is no web address")
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return nil, errors.New("must begin with https:// or http://")
	case parsed.Host == "" || parsed.Opaque != "":
		return nil, errors.New("names no host")
	case parsed.User != nil:
		return nil, errors.New("must not hold a user name or a password")
	}
	return parsed, nil
}

// ErrTooLarge ends the reading of a response that is larger than allowed.
var ErrTooLarge = errors.New("the response is too large")

// Get requests an address and returns the response to a success. Its body ends with ErrTooLarge after limit bytes, and with
// io.ErrUnexpectedEOF if the server sends less than it announced.
func Get(ctx context.Context, address string, limit int64, options Options) (*http.Response, error) {
	parsed, err := CheckURL(address)
	if err != nil {
		return nil, fmt.Errorf("the address %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	response, err := get(ctx, parsed, limit, options)
	if err != nil {
		cancel(nil)
		return nil, fmt.Errorf("request %s: %w", parsed.Host, err) // the path may hold a secret
	}
	response.Body = &body{ReadCloser: response.Body, left: limit, idle: options.Idle, ctx: ctx, cancel: cancel}
	return response, nil
}

func get(ctx context.Context, address *url.URL, limit int64, options Options) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "jobboard-import")
	request.Header.Set("Accept", "application/json, application/xml, text/html, text/csv, */*;q=0.5")
	response, err := NewClient(options).Do(request)
	switch {
	case err != nil:
		return nil, plainly(err)
	case response.StatusCode != http.StatusOK:
		err = fmt.Errorf("it answered %s", strings.TrimSpace(response.Status))
	case response.ContentLength > limit:
		err = fmt.Errorf("%w: %d MB, and at most %d are read", ErrTooLarge, response.ContentLength>>20, limit>>20)
	}
	if err != nil {
		_ = response.Body.Close() // nothing was read
		return nil, err
	}
	return response, nil
}

// plainly returns an error without the whole address, whose path may hold a secret.
func plainly(err error) error {
	var wrapped *url.Error
	switch {
	case isProhibited(err):
		return errors.New("its address is not public, or not at port 80 or 443")
	case errors.As(err, &wrapped):
		return wrapped.Err
	}
	return err
}

func isProhibited(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrProhibitedNetwork)
}

// errIdle ends the reading of a response whose server has stopped sending.
var errIdle = errors.New("the server has stopped sending")

// body is the body of a response with its limits.
type body struct {
	io.ReadCloser
	left   int64
	idle   time.Duration
	ctx    context.Context // of the request, which the body belongs to
	cancel context.CancelCauseFunc
}

func (b *body) Read(p []byte) (int, error) {
	if b.idle > 0 {
		// Only while it is waited for: the reader may take its time with what it has.
		timer := time.AfterFunc(b.idle, func() { b.cancel(errIdle) })
		defer timer.Stop()
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	if err != nil && errors.Is(context.Cause(b.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

func (b *body) Close() error {
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}
