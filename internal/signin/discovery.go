package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	discoveryPath  = "/.well-known/openid-configuration"
	maxDiscovery   = 1 << 20 // bytes
	discoveryLimit = 5 * time.Second
	discoverEvery  = time.Hour
	retryEvery     = 15 * time.Second
)

// endpoints are what the board needs to know of an OpenID provider.
type endpoints struct {
	Issuer      string `json:"issuer"`
	AuthURL     string `json:"authorization_endpoint"`
	TokenURL    string `json:"token_endpoint"`
	UserInfoURL string `json:"userinfo_endpoint"`
	KeysURL     string `json:"jwks_uri"`
}

// discovery finds out the endpoints of one provider, by OpenID Connect Discovery, when they are needed.
type discovery struct {
	issuer string

	mu    sync.Mutex
	found *endpoints
	err   error
	asked time.Time
}

// find returns the endpoints. When the provider can't be reached, it returns those that were found before, if any.
func (d *discovery) find() (*endpoints, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	every := discoverEvery
	if d.err != nil {
		every = retryEvery
	}
	if d.asked.IsZero() || time.Since(d.asked) > every {
		found, err := discover(d.issuer)
		d.asked, d.err = time.Now(), err
		if err == nil {
			d.found = found
		}
	}
	if d.found != nil {
		return d.found, nil
	}
	return nil, d.err
}

func discover(issuer string) (*endpoints, error) {
	ctx, cancel := context.WithTimeout(context.Background(), discoveryLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+discoveryPath, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", request.URL, response.Status)
	}
	found := &endpoints{}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxDiscovery)).Decode(found); err != nil {
		return nil, fmt.Errorf("read %s: %w", request.URL, err)
	}
	switch {
	case strings.TrimSuffix(found.Issuer, "/") != strings.TrimSuffix(issuer, "/"):
		return nil, fmt.Errorf("%s is of the issuer %q", request.URL, found.Issuer)
	case found.AuthURL == "" || found.TokenURL == "" || found.UserInfoURL == "" && found.KeysURL == "":
		return nil, fmt.Errorf("%s lacks an endpoint", request.URL)
	}
	return found, nil
}
