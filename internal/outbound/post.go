package outbound

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

// maxReading is how long the body of a response to Post is waited for. By then its status is known, which is what counts.
const maxReading = 2 * time.Second

// Reply is a response of which only the beginning of the body was read.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Post sends a body and returns the reply, whatever its status. Redirects are not followed. Of the reply's body it reads at most limit
// bytes, and not for long.
func Post(ctx context.Context, address string, header http.Header, body []byte, limit int64, options Options) (*Reply, error) {
	parsed, err := CheckURL(address)
	if err != nil {
		return nil, fmt.Errorf("the address %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, parsed.String(), bytes.NewReader(body))
	if err != nil {
		return nil, plainly(err)
	}
	request.Header = header
	client := NewClient(options)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		return nil, plainly(err)
	}
	defer response.Body.Close()
	defer time.AfterFunc(maxReading, cancel).Stop()
	read, _ := io.ReadAll(io.LimitReader(response.Body, limit)) // as far as it comes
	return &Reply{Status: response.StatusCode, Header: response.Header, Body: read}, nil
}

// IsPublic reports whether an address may be connected to.
func IsPublic(ip netip.Addr) bool {
	network := "tcp6"
	if ip.Is4() {
		network = "tcp4"
	}
	return ssrf.New().Safe(network, netip.AddrPortFrom(ip, 443).String(), nil) == nil
}
