package collections

import (
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// The scopes of API keys, values of api_keys.scopes.
const (
	ScopeJobsRead          = "jobs:read"
	ScopeJobsWrite         = "jobs:write"
	ScopeApplicationsRead  = "applications:read"
	ScopeApplicationsWrite = "applications:write"
	ScopeCandidatesRead    = "candidates:read"
	ScopeEventsRead        = "events:read"
	ScopeWebhooksWrite     = "webhooks:write"
)

// Scopes returns all scopes of API keys.
func Scopes() []string {
	return []string{
		ScopeJobsRead, ScopeJobsWrite, ScopeApplicationsRead, ScopeApplicationsWrite, ScopeCandidatesRead, ScopeEventsRead,
		ScopeWebhooksWrite,
	}
}

// ReadScopes and WriteScopes list, by collection, the scope that an API key needs to read or to write records. A key has no access to
// collections that are not listed, whatever its scopes.
var (
	ReadScopes = map[string]string{
		Jobs:               ScopeJobsRead,
		JobDays:            ScopeJobsRead,
		JobReviews:         ScopeJobsRead,
		Employers:          ScopeJobsRead,
		FieldsOfInterest:   ScopeJobsRead,
		Applications:       ScopeApplicationsRead,
		ApplicationEvents:  ScopeApplicationsRead,
		JobSeekers:         ScopeCandidatesRead,
		JobSeekerInterests: ScopeCandidatesRead,
		Events:             ScopeEventsRead,
		WebhookEndpoints:   ScopeWebhooksWrite,
		WebhookDeliveries:  ScopeWebhooksWrite,
	}
	WriteScopes = map[string]string{
		Jobs:             ScopeJobsWrite,
		Applications:     ScopeApplicationsWrite,
		WebhookEndpoints: ScopeWebhooksWrite,
	}
)

// An API key acts as a service user, a record of the view service_users: it can't log in, and no list of users, no mail and no figure
// can hold it. Its id is that of the key's record after serviceUserPrefix, which ids of users can't begin with. A key of an employer has
// the role employer and a row in EmployerPeople, which triggers keep, so rules and queries take it for one of the people. A key of the
// board has the role admin.
const serviceUserPrefix = "key_"

// IsStoredUser is the condition that a row of EmployerPeople is of a user and not of an API key.
const IsStoredUser = "substr([[user]], 1, 4) != '" + serviceUserPrefix + "'"

// ServiceUserID returns the id of the user that an API key acts as.
func ServiceUserID(keyID string) string { return serviceUserPrefix + keyID }

// KeyIDOf returns the id of the API key that acts as the user with that id, or "" if it is no key's.
func KeyIDOf(userID string) string {
	id, found := strings.CutPrefix(userID, serviceUserPrefix)
	if !found {
		return ""
	}
	return id
}

// IsAPIKey reports whether a caller, nil for a guest, is an API key.
func IsAPIKey(caller *core.Record) bool { return caller != nil && KeyIDOf(caller.Id) != "" }

// scopesKey is where a service user has the scopes of its key. No field can have this name.
const scopesKey = "@scopes"

// SetScopes gives a service user the scopes of its key.
func SetScopes(serviceUser *core.Record, scopes []string) { serviceUser.SetRaw(scopesKey, scopes) }

// HasScope reports whether a caller may do what needs a scope: every caller that is no API key, and keys that have it. The scope "" is
// of what no key may do.
func HasScope(caller *core.Record, scope string) bool {
	if !IsAPIKey(caller) {
		return true
	}
	scopes, _ := caller.GetRaw(scopesKey).([]string)
	return scope != "" && slices.Contains(scopes, scope)
}

// apiKeys are the credentials of programs. The key itself is not stored, only its hash.
func apiKeys() *core.Collection {
	c := base(APIKeys)
	fields(c,
		// Empty for a key of the board. Cascade, since an emptied relation would make it one.
		one("employer", Employers, optional, cascade),
		label("name", maxName),
		&core.SelectField{Name: "scopes", Values: Scopes(), MaxSelect: len(Scopes()), Required: true},
		&core.DateField{Name: "expiresAt"},
		&core.DateField{Name: "lastUsedAt"},
		// The beginning of the key, by which people tell keys apart.
		text("prefix", optional, 30),
		&core.TextField{Name: "hash", Max: 64, Hidden: true}, // SHA-256 of the key, in hexadecimal digits
	)
	c.AddIndex("idx_api_keys_employer", false, "employer", "")
	people := rule(asAdmin + ` || ` + asPersonOf("employer"))
	rules(c, people, people, people, people, people)
	return c
}

// serviceUsers are the callers that API keys act as, for API rules, which look up the caller's role.
func serviceUsers() *core.Collection {
	c := core.NewViewCollection(ServiceUsers, id(ServiceUsers))
	c.ViewQuery = "SELECT CAST('" + serviceUserPrefix + "' || id AS TEXT) AS id, " +
		"CAST(iif(employer = '', '" + RoleAdmin + "', '" + RoleEmployer + "') AS TEXT) AS role FROM " + APIKeys
	return c // superusers only
}
