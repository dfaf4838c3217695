package collections

import "github.com/pocketbase/pocketbase/core"

// PrivateUserFields are a user's own business: shown to the user and to administrators.
var PrivateUserFields = []string{
	"role", "locale", "emailNotifications", "deactivatedAt", core.FieldNameVerified, core.FieldNameEmailVisibility,
	"created", "updated",
}
