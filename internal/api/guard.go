package api

import (
	"slices"

	"github.com/pocketbase/pocketbase/apis"

	"jobboard/collections"
	"jobboard/internal/apikey"
	"jobboard/internal/session"
)

// access is which callers a route is for. It is coarse on purpose: the API rules decide which records a caller may see or change.
type access struct {
	description string // a sentence for the documentation
	login       bool
	roles       []string // empty: every role
	// ignoresToken lets an invalid token pass: a client that logs in may still send its old one.
	ignoresToken bool
	// handlerAsksForLogin says that the handler answers 401 to guests whose body is not enough.
	handlerAsksForLogin bool
	// handlerRefusesRoles says that the handler answers 403 to some roles.
	handlerRefusesRoles bool
	// secondFactor says that the handler answers 401 where a second factor is due.
	secondFactor bool
	// alsoMembers lets in members of the path's employer, whatever their role: one who has lost the role can still leave.
	alsoMembers bool
}

var (
	anyone              = access{description: "Anyone."}
	anyoneIgnoringToken = access{
		description:  "Anyone; a token that is sent along is ignored.",
		ignoresToken: true,
	}
	anyoneWithSecondFactor = access{
		description:  "Anyone; a token that is sent along is ignored.",
		ignoresToken: true,
		secondFactor: true,
	}
	loggedInOrWithMailToken = access{
		description:         "Anyone with the token of a reset mail; without it, whoever is logged in.",
		ignoresToken:        true,
		handlerAsksForLogin: true,
	}
	anyoneButAsksForLogin = access{
		description:         "Anyone; whoever is logged in, where the answer is not for guests.",
		handlerAsksForLogin: true,
		handlerRefusesRoles: true,
	}
	loggedIn    = access{description: "Whoever is logged in.", login: true}
	seekersOnly = access{
		description: "Job seekers.",
		login:       true,
		roles:       []string{collections.RoleJobSeeker},
	}
	employersAndAdmins = access{
		description: "Employers and admins.",
		login:       true,
		roles:       []string{collections.RoleEmployer, collections.RoleAdmin},
	}
	employersAdminsAndMembers = access{
		description: "Employers and admins; also members who leave, whatever their role.",
		login:       true,
		roles:       employersAndAdmins.roles,
		alsoMembers: true,
	}
	seekersAndAdmins = access{
		description: "Job seekers and admins.",
		login:       true,
		roles:       []string{collections.RoleJobSeeker, collections.RoleAdmin},
	}
	seekersAndEmployers = access{
		description: "Job seekers and employers.",
		login:       true,
		roles:       []string{collections.RoleJobSeeker, collections.RoleEmployer},
	}
	adminsOnly = access{
		description: "Admins.",
		login:       true,
		roles:       []string{collections.RoleAdmin},
	}
)

// admit refuses callers that the route is not for, and queries and bodies that it doesn't take, and reads the body.
func (c *call) admit(r route) error {
	auth := c.auth()
	if auth == nil && (r.access.login || session.BearerToken(c.Request()) != "" && !r.access.ignoresToken) {
		return unauthorized(c)
	}
	if r.scope != anyScope {
		if err := apikey.Require(auth, r.scope); err != nil {
			return err
		}
	}
	if auth != nil && !auth.IsSuperuser() && len(r.access.roles) > 0 && !slices.Contains(r.access.roles, auth.GetString("role")) &&
		!(r.access.alsoMembers && c.isMember()) {
		return apis.NewForbiddenError("", nil)
	}
	if err := c.checkQuery(r); err != nil {
		return err
	}
	if r.readsBody() {
		return c.readBody(r.body.Files)
	}
	c.body = emptyBody()
	return nil
}

// isMember reports whether the caller is a member of the path's employer, in whatever role.
func (c *call) isMember() bool {
	employer, err := c.app().FindRecordById(collections.Employers, c.Param("employer_id"))
	return err == nil && slices.Contains(employer.GetStringSlice("members"), c.auth().Id)
}

// unauthorized returns the 401 for a caller without a valid login.
func unauthorized(c *call) error {
	if session.BearerToken(c.Request()) != "" {
		return apis.NewUnauthorizedError("The token is invalid, expired or revoked.", nil)
	}
	return apis.NewUnauthorizedError("This request needs a login.", nil)
}
