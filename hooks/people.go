package hooks

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/account"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

// bindPeople lets only active employers become owner or member of an employer, and members always leave.
func bindPeople(app core.App) {
	app.OnRecordUpdateRequest(collections.Employers).BindFunc(leaveOnEmployerUpdateRequest)
}

// leaveOnEmployerUpdateRequest answers a member who has lost the role employer like a stranger, unless the request is to leave.
func leaveOnEmployerUpdateRequest(e *core.RecordRequestEvent) error {
	if actor.IsAdminOrSuperuser(e.Auth) || e.Auth != nil && e.Auth.GetString("role") == collections.RoleEmployer {
		return e.Next()
	}
	leaves := e.Auth != nil && removesOnly(e.Record, "members", e.Auth.Id)
	for _, field := range e.Collection.Fields {
		name := field.GetName()
		if name != "members" && !sameValue(e.Record.Original(), e.Record, name) {
			leaves = false
		}
	}
	if !leaves {
		return e.NotFoundError("", nil)
	}
	return e.Next()
}

// removesOnly reports whether the only change to a list of users is the removal of user.
func removesOnly(record *core.Record, field, user string) bool {
	before, after := record.Original().GetStringSlice(field), record.GetStringSlice(field)
	rest := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return id == user })
	return len(rest) < len(before) && slices.Equal(rest, after)
}

// checkPeople lets only active employers become owner or member, and admins found an employer for the board. Present owners and
// members stay: without the role or an active account they have no rights (collections.PeopleOf).
func checkPeople(tx core.App, employer *core.Record) error {
	who := actor.Of(employer)
	for _, field := range []string{"owner", "members"} {
		ids := employer.GetStringSlice(field)
		if !employer.IsNew() {
			before := employer.Original().GetStringSlice(field)
			ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(before, id) })
		}
		users, err := tx.FindRecordsByIds(collections.Users, ids)
		if err != nil {
			return fmt.Errorf("find the %s of the employer: %w", field, err)
		}
		for _, user := range users {
			if !canBelongToEmployer(user, who) {
				return problem.Field(field, problem.InvalidValue, "Must be an active user with the role employer.")
			}
		}
	}
	return nil
}

// canBelongToEmployer reports whether who may make user one of an employer's people. The board itself gives employers that
// nobody has claimed yet to an account that nobody can log in to.
func canBelongToEmployer(user *core.Record, who actor.Actor) bool {
	switch user.GetString("role") {
	case collections.RoleEmployer:
		return account.IsActive(user) || who.IsBoard()
	case collections.RoleAdmin:
		return who.IsBoard() || who.UserID() == user.Id
	}
	return false
}
