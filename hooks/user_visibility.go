package hooks

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
)

// bindUserVisibility: employer people see those who applied to them by name, avatar and e-mail only. That they can't find out the
// rest by filtering or sorting either is for internal/queryguard.
func bindUserVisibility(app core.App) {
	bindEnricher(app, collections.Users, hidePrivateFieldsOnEnrich)
}

func hidePrivateFieldsOnEnrich(e *core.RecordEnrichEvent) error {
	// Whoever may see a user may also write to them, so the address is always shown. The board does not use PocketBase's
	// emailVisibility.
	e.Record.IgnoreEmailVisibility(true)
	if seesWholeUser(e.RequestInfo, e.Record) {
		e.Record.Unhide("deactivatedAt")
	} else {
		e.Record.Hide(collections.PrivateUserFields...)
	}
	return e.Next()
}

func seesWholeUser(info *core.RequestInfo, user *core.Record) bool {
	if info.Auth == nil {
		// Rules show guests no users, so this can only be the response to a registration.
		return info.Method == http.MethodPost && info.Context != core.RequestInfoContextExpand
	}
	return info.Auth.Id == user.Id || actor.IsAdminOrSuperuser(info.Auth) && !collections.IsAPIKey(info.Auth)
}
