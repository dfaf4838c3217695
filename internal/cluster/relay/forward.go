package relay

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const (
	dialTimeout = 2 * time.Second
	// largeBody is the size in bytes from which the leader is asked first whether it takes the body, so that a refusal comes as an
	// answer and not as a broken connection.
	largeBody = 64 << 10
)

// newTransport returns the connections to other nodes. They are closed long before the other side would, so that no request meets a
// connection that is just being closed.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       time.Minute,
		ExpectContinueTimeout: 5 * time.Second,
		DisableCompression:    true, // answers pass as they are
	}
}

type leaderKey struct{}

// toLeader has the leader answer a request.
func (r *relay) toLeader(w http.ResponseWriter, request *http.Request) {
	leader, err := url.Parse(r.node.LeaderURL())
	if err != nil || leader.Host == "" {
		r.refuse(w, request, unavailable("The board has no leader just now. Nothing was changed; try again in a moment."))
		return
	}
	r.forward.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), leaderKey{}, leader)))
}

func (r *relay) newForward(transport http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(p *httputil.ProxyRequest) {
			leader, _ := p.In.Context().Value(leaderKey{}).(*url.URL)
			p.Out.URL.Scheme, p.Out.URL.Host = leader.Scheme, leader.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery // as it came, for the leader to judge
			p.Out.Host = p.In.Host
			// ReverseProxy has left out what proxies before it say; on the leader, the settings decide which of it counts.
			for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if values := p.In.Header.Values(name); len(values) > 0 {
					p.Out.Header[http.CanonicalHeaderKey(name)] = values
				}
			}
			if p.Out.ContentLength < 0 || p.Out.ContentLength > largeBody {
				p.Out.Header.Set("Expect", "100-continue")
			}
			if p.Out.Body == nil && !isRead(p.In.Method) {
				// With a header Idempotency-Key, net/http would send a request without a body a second time when the connection
				// breaks, and the handler may know nothing of that header.
				p.Out.Body = io.NopCloser(strings.NewReader(""))
			}
			event := new(core.RequestEvent)
			event.App, event.Request = r.app, p.In
			r.key.sign(p.Out, event.RealIP())
		},
		ErrorHandler: r.answerFailure,
		ErrorLog:     log.New(debugLog{r.app}, "", 0),
	}
}

// answerFailure answers a request that the leader has not answered. What failed while connecting was not sent. Of anything else only
// the leader knows what it has done, so nothing is sent a second time.
func (r *relay) answerFailure(w http.ResponseWriter, request *http.Request, err error) {
	if request.Context().Err() != nil { // the client has gone
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.app.Logger().Warn("The leader did not answer a request.", "error", err, "method", request.Method)
	var connecting *net.OpError
	switch {
	case errors.As(err, &connecting) && connecting.Op == "dial":
		r.refuse(w, request, unavailable("The board's leader can't be reached. Nothing was changed; try again in a moment."))
	case isRead(request.Method):
		r.refuse(w, request, unavailable("The board's leader did not answer. Try again in a moment."))
	default:
		r.refuse(w, request, uncertain())
	}
}

// debugLog writes what the standard library says of single connections into the log, for who looks for it.
type debugLog struct{ app core.App }

func (l debugLog) Write(line []byte) (int, error) {
	l.app.Logger().Debug("A request to the leader failed.", "error", string(line))
	return len(line), nil
}
