package hooks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/apikey"
	"jobboard/internal/problem"
)

// bindAPIKeys makes the key of a new record of api_keys, shows it once, and keeps keys from records that are beyond their scopes.
func bindAPIKeys(app core.App) {
	app.OnRecordCreate(collections.APIKeys).BindFunc(makeKeyOnCreate)
	app.OnRecordUpdate(collections.APIKeys).BindFunc(checkKeyOnUpdate)
	bindEnricher(app, collections.APIKeys, showNewKeyOnEnrich)
	bindEnricher(app, "", leaveOutExpandsOnEnrich)
}

// newKey is where a record that has just been created holds its key, until it is shown.
const newKey = "@newKey"

func makeKeyOnCreate(e *core.RecordEvent) error {
	if err := checkKey(e.Record); err != nil {
		return err
	}
	if e.Record.Id == "" {
		e.Record.Id = core.GenerateDefaultRandomId()
	}
	key, err := apikey.New(e.Record.Id)
	if err != nil {
		return fmt.Errorf("make an API key: %w", err)
	}
	e.Record.Set("hash", apikey.Hash(key))
	e.Record.Set("prefix", apikey.Prefix(e.Record.Id))
	e.Record.SetRaw(newKey, key)
	return e.Next()
}

func checkKeyOnUpdate(e *core.RecordEvent) error {
	if err := checkKey(e.Record); err != nil {
		return err
	}
	return e.Next()
}

// checkKey refuses scopes that don't exist, and a time of expiry that has passed.
func checkKey(key *core.Record) error {
	for _, scope := range key.GetStringSlice("scopes") {
		if !slices.Contains(collections.Scopes(), scope) {
			return problem.Field("scopes", problem.InvalidValue,
				fmt.Sprintf("%q is no scope. The scopes are %s.", scope, strings.Join(collections.Scopes(), ", ")))
		}
	}
	expires := key.GetDateTime("expiresAt")
	changed := key.IsNew() || !expires.Equal(key.Original().GetDateTime("expiresAt"))
	if changed && !expires.IsZero() && !expires.Time().After(time.Now()) {
		return problem.Field("expiresAt", problem.InvalidValue, "Must be in the future.")
	}
	return nil
}

// showNewKeyOnEnrich adds the key to the response to its creation. It is in no other, since the database holds only its hash.
func showNewKeyOnEnrich(e *core.RecordEnrichEvent) error {
	if key, ok := e.Record.GetRaw(newKey).(string); ok {
		for name := range e.Record.CustomData() { // such as the actor's mark
			e.Record.Hide(name)
		}
		e.Record.SetRaw("key", key)
		e.Record.Unhide("key")
		e.Record.WithCustomData(true)
	}
	return e.Next()
}

// leaveOutExpandsOnEnrich takes expanded records that an API key may not read out of what its request is shown, at any depth. The hooks
// of the expanded records themselves come too early for that.
func leaveOutExpandsOnEnrich(e *core.RecordEnrichEvent) error {
	if e.RequestInfo == nil || !collections.IsAPIKey(e.RequestInfo.Auth) || e.RequestInfo.Context == core.RequestInfoContextExpand {
		return e.Next()
	}
	shown, caller := e.Record, e.RequestInfo.Auth
	err := e.Next()
	leaveOutExpands(shown, caller)
	return err
}

func leaveOutExpands(record, caller *core.Record) {
	expand := record.Expand()
	if len(expand) == 0 {
		return
	}
	kept := make(map[string]any, len(expand))
	for name, value := range expand {
		switch value := value.(type) {
		case *core.Record:
			if mayExpand(value, caller) {
				leaveOutExpands(value, caller)
				kept[name] = value
			}
		case []*core.Record:
			if len(value) > 0 && mayExpand(value[0], caller) {
				for _, one := range value {
					leaveOutExpands(one, caller)
				}
				kept[name] = value
			}
		default: // set by a route of the REST API, within its scope
			kept[name] = value
		}
	}
	record.SetExpand(kept)
}

// mayExpand reports whether a caller with a key is shown an expanded record. Candidates come with the users whose profiles they are, of
// whom no key is shown more than name, avatar and e-mail.
func mayExpand(record, caller *core.Record) bool {
	scope := collections.ReadScopes[record.Collection().Name]
	if record.Collection().Name == collections.Users && record.GetString("role") == collections.RoleJobSeeker {
		scope = collections.ScopeCandidatesRead
	}
	return collections.HasScope(caller, scope)
}
