package api

import (
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/apis"

	"jobboard/collections"
)

// who says which callers a route is for. It is coarse on purpose: which records a caller may touch say the API rules.
type who struct {
	text  string // as the documentation shows it
	login bool
	roles []string // empty: every role
	// stale lets a dead token pass: those who come to log in may still send their old one.
	stale bool
	// members lets in those of the path's employer too, whom an earlier role has left there.
	members bool
}

var (
	anyone          = who{text: "Anyone."}
	entering        = who{text: "Anyone; a token that is sent along is not looked at.", stale: true}
	everyUser       = who{text: "Whoever is logged in.", login: true}
	seekersOnly     = who{text: "Job seekers.", login: true, roles: []string{collections.RoleJobSeeker}}
	hiring          = who{text: "Employers and admins.", login: true, roles: []string{collections.RoleEmployer, collections.RoleAdmin}}
	seekersAdmin    = who{text: "Job seekers and admins.", login: true, roles: []string{collections.RoleJobSeeker, collections.RoleAdmin}}
	reviewers       = who{text: "Job seekers and employers.", login: true, roles: []string{collections.RoleJobSeeker, collections.RoleEmployer}}
	adminsOnly      = who{text: "Admins.", login: true, roles: []string{collections.RoleAdmin}}
	hiringOrLeaving = who{text: "Employers and admins; members who leave, whatever their role.", login: true, roles: hiring.roles, members: true}
)

// admit refuses callers the route is not for, and queries and bodies it can't take.
func (c *call) admit(r route) error {
	auth := c.auth()
	if auth == nil && (r.who.login || token(c) != "" && !r.who.stale) {
		return unauthorized(c)
	}
	if auth != nil && !auth.IsSuperuser() && len(r.who.roles) > 0 && !slices.Contains(r.who.roles, auth.GetString("role")) &&
		!(r.who.members && c.isMember()) {
		return apis.NewForbiddenError("", nil)
	}
	if err := c.checkQuery(r); err != nil {
		return err
	}
	if r.takesBody() {
		return c.readBody(r.body.files)
	}
	c.body = emptyBody()
	return nil
}

// isMember reports whether the caller is a member of the path's employer, in whatever role.
func (c *call) isMember() bool {
	employer, err := c.app().FindRecordById(collections.Employers, c.Param("employer_id"))
	return err == nil && slices.Contains(employer.GetStringSlice("members"), c.auth().Id)
}

func unauthorized(c *call) error {
	if token(c) != "" {
		return apis.NewUnauthorizedError("The token is invalid, expired or revoked.", nil)
	}
	return apis.NewUnauthorizedError("This request needs a login.", nil)
}

// token is the token as PocketBase reads it: after "Bearer ", or bare.
func token(c *call) string {
	value := c.Request().Header.Get("Authorization")
	if len(value) > 7 && strings.EqualFold(value[:7], "Bearer ") {
		return value[7:]
	}
	return value
}
