package throttle

import (
	"crypto/sha256"
	"net"
	"net/http"
	"net/netip"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

// block returns what counts as one address. With IPv6 that is the /64, since every customer has at least one.
func block(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().Addr().String()
}

// countByBlock makes PocketBase's own limits count by blocks: while a request is answered, it gives the block as its address. An address
// in one of the settings' lists stays as it is, so that the list still applies. An API key counts by itself, wherever it is used from.
func countByBlock() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardCountByBlock",
		Priority: apis.DefaultRateLimitMiddlewarePriority - 1,
		Func: func(e *core.RequestEvent) error {
			address := e.RealIP()
			shown := block(address)
			// PocketBase compares the address of a realtime connection with that of its subscriptions, of which only these have the key.
			if collections.IsAPIKey(e.Auth) && e.Request.URL.Path != "/api/realtime" {
				shown = addressOfKey(e.Auth.Id)
			}
			settings := e.App.Settings()
			if shown == address || isListed(address, settings.SuperuserIPs) || isListed(address, settings.RateLimits.ExcludedIPs) {
				return e.Next()
			}
			remote, header := e.Request.RemoteAddr, e.Request.Header
			defer func() { e.Request.RemoteAddr, e.Request.Header = remote, header }() // so that the log shows the real one
			showAs(e.Request, shown, settings.TrustedProxy.Headers)
			return e.Next()
		},
	}
}

// addressOfKey returns an address that stands for an API key. It is one that nobody can have: a private one, not routed anywhere.
func addressOfKey(id string) string {
	address := sha256.Sum256([]byte(id))
	address[0] = 0xfd
	return netip.AddrFrom16([16]byte(address[:16])).String()
}

// showAs gives a request another address.
func showAs(r *http.Request, address string, proxyHeaders []string) {
	_, port, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		port = "0"
	}
	r.RemoteAddr = net.JoinHostPort(address, port)
	r.Header = r.Header.Clone()
	for _, name := range proxyHeaders {
		if r.Header.Get(name) != "" {
			r.Header.Set(name, address)
		}
	}
}

// isListed reports whether a list of addresses and subnets contains the address.
func isListed(address string, list []string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, item := range list {
		if subnet, err := netip.ParsePrefix(item); err == nil && subnet.Contains(ip) {
			return true
		}
		if one, err := netip.ParseAddr(item); err == nil && one == ip {
			return true
		}
	}
	return false
}
