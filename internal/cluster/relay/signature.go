package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	// signatureHeader is how a node shows another one that it is a node, and whose request it passes on.
	signatureHeader = "X-Board-Node"
	// clockTolerance is by how much the clocks of two nodes may differ.
	clockTolerance = 5 * time.Minute
	nodeItself     = "node" // in place of the address of a client
)

// signingKey signs requests between nodes.
type signingKey []byte

// newSigningKey derives the key from the bucket's secret, so that nodes need no further setting and the secret itself is never sent.
func newSigningKey(bucketSecret string) signingKey {
	mac := hmac.New(sha256.New, []byte(bucketSecret))
	mac.Write([]byte("jobboard: requests between nodes"))
	return mac.Sum(nil)
}

func (k signingKey) sum(r *http.Request, at, who string) string {
	mac := hmac.New(sha256.New, k)
	for _, part := range []string{at, who, r.Method, r.URL.RequestURI()} {
		mac.Write([]byte(part + "\n"))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// sign marks a request as one of this node: its own, or passed on for the client at an address.
func (k signingKey) sign(r *http.Request, who string) {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set(signatureHeader, at+" "+who+" "+k.sum(r, at, who))
}

// sender is whom a request comes from, as far as its signature tells.
type sender struct {
	node   bool   // from a node, for itself
	client string // the address of the client that a node has passed it on for
	stale  bool   // signed rightly, too long ago
}

// open removes the signature from a request and returns what it proves; nothing if it is missing or forged.
func (k signingKey) open(r *http.Request) sender {
	given := r.Header.Values(signatureHeader)
	if len(given) == 0 {
		return sender{}
	}
	r.Header.Del(signatureHeader)
	parts := strings.Split(given[0], " ")
	if len(given) > 1 || len(parts) != 3 || !hmac.Equal([]byte(parts[2]), []byte(k.sum(r, parts[0], parts[1]))) {
		return sender{}
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return sender{}
	}
	if age := time.Since(time.Unix(seconds, 0)); age > clockTolerance || age < -clockTolerance {
		return sender{stale: true}
	}
	if parts[1] == nodeItself {
		return sender{node: true}
	}
	if _, err := netip.ParseAddr(parts[1]); err != nil {
		return sender{}
	}
	return sender{client: parts[1]}
}

// showAs gives a request the address of the client that it was passed on for.
func showAs(r *http.Request, address string, proxyHeaders []string) {
	r.RemoteAddr = net.JoinHostPort(address, "0")
	for _, name := range proxyHeaders {
		if r.Header.Get(name) != "" {
			r.Header.Set(name, address)
		}
	}
}
