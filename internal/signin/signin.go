// Package signin lets the configuration say how users sign in besides a password: with providers such as Google or any OpenID provider,
// with a second factor, and with codes by mail. It lays this over the collection of users while a request to sign in is answered, in
// memory only: the database keeps what the admin UI saved, and gets neither the configuration nor its secrets.
package signin

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

// Who has to give a second factor, values of Options.MFA.
const (
	MFAOff      = "off"
	MFAAdmins   = "admins"
	MFAPeople   = "people" // admins and employers
	MFAEveryone = "everyone"
)

// MFAValues lists the values of Options.MFA.
func MFAValues() []string { return []string{MFAOff, MFAAdmins, MFAPeople, MFAEveryone} }

var mfaRules = map[string]string{
	MFAAdmins:   `role = "admin"`,
	MFAPeople:   `role = "admin" || role = "employer"`,
	MFAEveryone: "",
}

// Options are the settings that are given. What is left out stays as in the admin UI.
type Options struct {
	Providers []Provider // beside those of the admin UI, and instead of those with the same name
	MFA       string     // "" leaves it to the admin UI
	MailCodes *bool      // nil leaves it to the admin UI
}

// Provider is a provider that users sign in with.
type Provider struct {
	Name         string // of PocketBase's provider: google, github, or oidc, oidc2 for OpenID providers
	DisplayName  string // "" for PocketBase's own
	ClientID     string
	ClientSecret string
	// Issuer is the address of an OpenID provider, from which its other addresses are found out.
	Issuer string
	// NoPKCE is for providers that refuse PKCE's parameters.
	NoPKCE bool
}

// overlay lays the options over the collection of users.
type overlay struct {
	options Options
	issuers map[string]*discovery
}

// Bind makes the options apply to app.
func Bind(app core.App, options Options) {
	if len(options.Providers) == 0 && options.MFA == "" && options.MailCodes == nil {
		return
	}
	o := &overlay{options: options, issuers: map[string]*discovery{}}
	for _, p := range options.Providers {
		if p.Issuer != "" {
			o.issuers[p.Issuer] = &discovery{issuer: p.Issuer}
		}
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "overlaySignIn", Func: o.apply})
		return e.Next()
	})
}

const collectionRoutes = "/api/collections/{collection}/"

// signInRoutes are PocketBase's routes that read how users sign in, after collectionRoutes.
var signInRoutes = []string{"auth-methods", "auth-with-password", "auth-with-oauth2", "auth-with-otp", "request-otp", "auth-refresh"}

// apply answers a request to sign in with an app that has the overlaid collection.
func (o *overlay) apply(e *core.RequestEvent) error {
	_, path, _ := strings.Cut(e.Request.Pattern, " ")
	action, found := strings.CutPrefix(path, collectionRoutes)
	if !found || !slices.Contains(signInRoutes, action) {
		return e.Next()
	}
	users, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil || users.Name != collections.Users {
		return e.Next()
	}
	outer := e.App
	e.App = &signInApp{App: outer, users: o.over(outer, users)}
	defer func() { e.App = outer }()
	return e.Next()
}

// over returns a copy of the collection with the options.
func (o *overlay) over(app core.App, users *core.Collection) *core.Collection {
	laid := &core.Collection{}
	*laid = *users
	if len(o.options.Providers) > 0 {
		laid.OAuth2.Enabled = true
		providers := []core.OAuth2ProviderConfig{}
		if users.OAuth2.Enabled {
			providers = slices.Clone(users.OAuth2.Providers)
		}
		for _, p := range o.options.Providers {
			config, err := o.configOf(p)
			if err != nil {
				app.Logger().Warn("A provider to sign in with can't be reached.", "provider", p.Name, "error", err)
				continue
			}
			providers = slices.DeleteFunc(providers, func(other core.OAuth2ProviderConfig) bool { return other.Name == p.Name })
			providers = append(providers, config)
		}
		laid.OAuth2.Providers = providers
	}
	if o.options.MailCodes != nil {
		laid.OTP.Enabled = *o.options.MailCodes
	}
	if o.options.MFA != "" {
		rule, on := mfaRules[o.options.MFA]
		laid.MFA.Enabled, laid.MFA.Rule = on, rule
		laid.OTP.Enabled = laid.OTP.Enabled || on // it is the second factor
	}
	return laid
}

func (o *overlay) configOf(p Provider) (core.OAuth2ProviderConfig, error) {
	config := core.OAuth2ProviderConfig{
		Name: p.Name, DisplayName: p.DisplayName, ClientId: p.ClientID, ClientSecret: p.ClientSecret,
	}
	if p.NoPKCE {
		config.PKCE = new(bool)
	}
	if p.Issuer == "" {
		return config, nil
	}
	found, err := o.issuers[p.Issuer].find()
	if err != nil {
		return config, err
	}
	config.AuthURL, config.TokenURL, config.UserInfoURL = found.AuthURL, found.TokenURL, found.UserInfoURL
	// Without an address for them, PocketBase reads who it is from the ID token, and checks its signature and issuer.
	config.Extra = map[string]any{"jwksURL": found.KeysURL, "issuers": []string{found.Issuer}}
	return config, nil
}

// signInApp is the app of a request to sign in. Whoever asks it for the collection of users, or for one of them, gets the overlay.
type signInApp struct {
	core.App
	users *core.Collection
}

func (a *signInApp) isUsers(collection any) bool {
	switch c := collection.(type) {
	case string:
		return c == a.users.Id || strings.EqualFold(c, a.users.Name)
	case *core.Collection:
		return c.Id == a.users.Id
	}
	return false
}

// FindCachedCollectionByNameOrId returns the overlaid collection, and others as they are.
func (a *signInApp) FindCachedCollectionByNameOrId(nameOrID string) (*core.Collection, error) {
	if a.isUsers(nameOrID) {
		return a.users, nil
	}
	return a.App.FindCachedCollectionByNameOrId(nameOrID)
}

// FindRecordById returns a user as one of the overlaid collection: whether a second factor is needed, PocketBase asks the user's.
func (a *signInApp) FindRecordById(collection any, id string, filters ...func(q *dbx.SelectQuery) error) (*core.Record, error) {
	if a.isUsers(collection) {
		collection = a.users
	}
	return a.App.FindRecordById(collection, id, filters...)
}

// FindAuthRecordByEmail is like FindRecordById.
func (a *signInApp) FindAuthRecordByEmail(collection any, email string) (*core.Record, error) {
	if a.isUsers(collection) {
		collection = a.users
	}
	return a.App.FindAuthRecordByEmail(collection, email)
}
