package hooks

import (
	"cmp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/auth"

	"jobboard/collections"
	"jobboard/internal/problem"
)

func bindProviders(app core.App) {
	app.OnRecordAuthWithOAuth2Request(collections.Users).BindFunc(prepareNewUserOfProvider)
}

// prepareNewUserOfProvider gives those who register with a provider, such as Google, the name that they have there, and the role of most
// people where the client names none. PocketBase does the former only where the operator maps the field, and without a name nobody could
// register that way. The create rule refuses roles that nobody may register with.
func prepareNewUserOfProvider(e *core.RecordAuthWithOAuth2RequestEvent) error {
	if !e.IsNewRecord {
		return e.Next()
	}
	if e.CreateData == nil {
		e.CreateData = map[string]any{}
	}
	if address, _ := e.CreateData["email"].(string); e.OAuth2User.Email == "" && address == "" {
		return e.BadRequestError("Failed to authenticate.", problem.Field("email", problem.Required,
			"The provider did not tell a confirmed e-mail address. Confirm it there, or register with a password."))
	}
	if role, _ := e.CreateData["role"].(string); role == "" {
		e.CreateData["role"] = collections.RoleJobSeeker
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
