package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"jobboard/internal/signin"
)

// linkedIn is the issuer of LinkedIn, which PocketBase has no provider of its own for.
const linkedIn = "https://www.linkedin.com/oauth"

// SignIn returns how users sign in besides a password, as far as it is given.
func (c *Config) SignIn() signin.Options {
	options := signin.Options{}
	if c.given["JOBBOARD_MFA"] {
		options.MFA = c.MFA
	}
	if c.given["JOBBOARD_MAIL_CODES"] {
		options.MailCodes = &c.MailCodes
	}
	for _, p := range []signin.Provider{
		{Name: "google", ClientID: c.GoogleClientID, ClientSecret: c.GoogleClientSecret},
		{
			Name: "oidc2", DisplayName: "LinkedIn", ClientID: c.LinkedInClientID, ClientSecret: c.LinkedInClientSecret,
			Issuer: linkedIn, NoPKCE: true,
		},
		{Name: "github", ClientID: c.GitHubClientID, ClientSecret: c.GitHubClientSecret},
		{Name: "oidc", DisplayName: c.OIDCName, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret, Issuer: c.OIDCIssuer},
	} {
		if p.ClientID != "" {
			options.Providers = append(options.Providers, p)
		}
	}
	return options
}

// checkSignIn returns what is wrong with the settings of signing in. Those of one provider belong together.
func (c *Config) checkSignIn() []error {
	var wrong []error
	for _, name := range []string{"GOOGLE", "LINKEDIN", "GITHUB", "OIDC"} {
		id, secret := "JOBBOARD_"+name+"_CLIENT_ID", "JOBBOARD_"+name+"_CLIENT_SECRET"
		if c.given[id] != c.given[secret] {
			wrong = append(wrong, fmt.Errorf("%s and %s belong together: give both or none", id, secret))
		}
	}
	if c.given["JOBBOARD_OIDC_CLIENT_ID"] != c.given["JOBBOARD_OIDC_ISSUER"] {
		wrong = append(wrong, fmt.Errorf("JOBBOARD_OIDC_CLIENT_ID and JOBBOARD_OIDC_ISSUER belong together: give both or none"))
	}
	if c.given["JOBBOARD_OIDC_ISSUER"] && !isIssuer(c.OIDCIssuer) {
		wrong = append(wrong, fmt.Errorf("JOBBOARD_OIDC_ISSUER: must be a web address that begins with https, such as https://id.example.org"))
	}
	c.MFA = strings.ToLower(c.MFA)
	if c.given["JOBBOARD_MFA"] && !slices.Contains(signin.MFAValues(), c.MFA) {
		wrong = append(wrong, fmt.Errorf("JOBBOARD_MFA: must be one of %s", strings.Join(signin.MFAValues(), ", ")))
	}
	return wrong
}

// isIssuer reports whether an address may be that of an OpenID provider: with https, or on this machine.
func isIssuer(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return false
	}
	ip := net.ParseIP(parsed.Hostname())
	return parsed.Scheme == "https" || parsed.Scheme == "http" && (parsed.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
