package webhook

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/outbound"
)

// CheckURL reports why an address can't be one of an endpoint. That a name leads to a public address is checked when it is dialled.
func CheckURL(address string, private bool) (*url.URL, error) {
	parsed, err := outbound.CheckURL(address)
	if err != nil {
		return nil, err
	}
	host := strings.TrimSuffix(strings.ToLower(parsed.Hostname()), ".")
	ip, err := netip.ParseAddr(host)
	isIP, ip := err == nil, ip.Unmap()
	isLocal := host == "localhost" || strings.HasSuffix(host, ".localhost") || isIP && ip.IsLoopback()
	switch {
	case parsed.Scheme != "https" && !(private && isLocal):
		return nil, errors.New("must begin with https://")
	case private:
		return parsed, nil
	case isLocal || isIP && !outbound.IsPublic(ip):
		return nil, errors.New("is not public")
	case parsed.Port() != "" && parsed.Port() != "443":
		return nil, errors.New("must be at port 443")
	}
	return parsed, nil
}

// AllowsPrivate reports whether endpoints of the app may have private addresses.
func AllowsPrivate(app core.App) bool {
	w := of(app)
	return w != nil && w.options.PrivateAddresses
}

// hostOf returns the host of an address, whose path may hold a secret.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}
