package hooks

import (
	"cmp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/auth"

	"jobboard/collections"
)

func bindProviders(app core.App) {
	app.OnRecordAuthWithOAuth2Request(collections.Users).BindFunc(nameNewUserOfProvider)
}

// nameNewUserOfProvider gives those who register with a provider, such as Google, the name that they have there. PocketBase does so only
// where the operator maps the field, and without a name nobody could register that way.
func nameNewUserOfProvider(e *core.RecordAuthWithOAuth2RequestEvent) error {
	if !e.IsNewRecord {
		return e.Next()
	}
	if e.CreateData == nil {
		e.CreateData = map[string]any{}
	}
	if given, _ := e.CreateData["name"].(string); strings.TrimSpace(given) == "" {
		e.CreateData["name"] = nameAtProvider(e.OAuth2User)
	}
	return e.Next()
}

// nameAtProvider returns the best name that the provider tells: some users have only a nickname there, or an address.
func nameAtProvider(user *auth.AuthUser) string {
	mailbox, _, _ := strings.Cut(user.Email, "@")
	return cmp.Or(strings.TrimSpace(user.Name), strings.TrimSpace(user.Username), mailbox)
}
