package collections

import "github.com/pocketbase/pocketbase/core"

// PrivateUserFields lists the fields that only the user and admins see.
var PrivateUserFields = []string{
	"role", "locale", "timeZone", "emailNotifications", "deactivatedAt", core.FieldNameVerified, core.FieldNameEmailVisibility,
	"created", "updated",
}
