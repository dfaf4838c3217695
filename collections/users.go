package collections

import (
	"github.com/pocketbase/pocketbase/core"
)

// The roles of users, values of users.role. Superusers are not users: PocketBase keeps them in _superusers.
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
		&core.TextField{Name: "timeZone", Max: 64},                                                  // IANA; a hook checks it
		&core.DateField{Name: "deactivatedAt", Hidden: true},                                        // a hook shows it to some
		choices("emailNotifications", NotificationKinds()...),
	)
	rules(c,
		rule(visibleUsers),
		rule(visibleUsers),
		// Anyone may register, but only admins make admins.
		rule(`role != "admin" || `+asAdmin),
		rule(`id = @request.auth.id || `+asAdmin),
		// Users leave by deactivation; only admins delete.
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
	// PocketBase's unique index leaves out empty addresses, so SQLite can't use it to find an address given as a parameter.
	c.AddIndex("idx_users_email", false, "email", "")
	userMails(c)
	return c
}

// visibleUsers is the rule for seeing users. Employer people see those who applied to them, of whom a hook shows them only name,
// avatar and e-mail.
const visibleUsers = loggedIn + ` && (
	id = @request.auth.id
	|| ` + asAdmin + `
	|| (` + asEmployer + ` && isMyApplicant(id) = true)
)`
