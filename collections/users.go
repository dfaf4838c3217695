package collections

import (
	"github.com/pocketbase/pocketbase/core"
)

// The roles of the board, values of users.role. A superuser is no user: PocketBase keeps them in _superusers.
const (
	RoleJobSeeker = "job_seeker"
	RoleEmployer  = "employer"
	RoleAdmin     = "admin"
)

func users() *core.Collection {
	c := core.NewAuthCollection(Users, id(Users))
	fields(c,
		label("name", maxName),
		choice("role", required, RoleJobSeeker, RoleEmployer, RoleAdmin),
		picture("avatar"),
		&core.TextField{Name: "locale", Max: 35, Pattern: `^[a-zA-Z]{2,8}([-_][a-zA-Z0-9]{1,8})*$`}, // BCP 47, longest in use is 35
		&core.DateField{Name: "deactivatedAt", Hidden: true},                                        // shown to the user and to admins by a hook
		choices("emailNotifications", NotificationKinds()...),
	)
	rules(c,
		rule(visibleUsers),
		rule(visibleUsers),
		// Anyone may register, but the role admin is given by an admin alone.
		rule(`role != "admin" || `+asAdmin),
		rule(`id = @request.auth.id || `+asAdmin),
		// People leave by deactivation; deletion is the admin's.
		rule(asAdmin),
	)
	// A deactivated user can't log in by any method, nor refresh a token.
	c.AuthRule = rule(`deactivatedAt = ""`)
	// Admins manage all users: they set passwords and e-mail addresses without the old password.
	c.ManageRule = rule(asAdmin)
	c.OAuth2.Enabled = false
	c.PasswordAuth.Enabled = true
	c.PasswordAuth.IdentityFields = []string{core.FieldNameEmail}
	c.AuthAlert.Enabled = false
	// PocketBase's unique index leaves out empty addresses, so that a search for a given one can't use it.
	c.AddIndex("idx_users_email", false, "email", "")
	userMails(c)
	return c
}

// visibleUsers: employer people see those who applied to them, whose fields a hook cuts down to name, avatar and e-mail.
const visibleUsers = loggedIn + ` && (
	id = @request.auth.id
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isMyApplicant(id) = true)
)`
