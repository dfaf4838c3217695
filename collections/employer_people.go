package collections

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// An employer's people are its owner and its members, as long as they are active and employers by role. Users who have lost the
// role or left the board stay owner or member, but that gives them no rights. This file says so in the three forms that are
// needed: for API rules, in SQL and in Go.

// EmployerPeople is a table with one row (user, employer) for the owner and for each member of an employer, whether active or
// not, and for each API key of the employer. Triggers keep it, see migrations/1795774000_list_employer_people.go and
// migrations/1795881327_add_api_keys.go.
const EmployerPeople = "employer_people"

const (
	// myEmployers selects the ids of the employers that the caller, @me, is owner or member of. Rules demand the role beside it.
	myEmployers = "SELECT [[employer]] FROM {{" + EmployerPeople + "}} WHERE [[user]] = @me"
	// isActivePerson is the condition that a row of EmployerPeople is of {:user}, who is an active employer or an API key. The index is
	// named since the planner, without statistics, may scan the users.
	isActivePerson = "[[user]] = {:user} AND (substr({:user}, 1, 4) = '" + serviceUserPrefix + "' OR " +
		"EXISTS (SELECT 1 FROM users INDEXED BY sqlite_autoindex_users_1 " +
		"WHERE id = {:user} AND role = '" + RoleEmployer + "' AND deactivatedAt = ''))"
)

// asPersonOf returns the rule that the caller is one of the people of the employer whose id is in field. It need not ask whether
// the caller is active, since deactivation ends all tokens.
func asPersonOf(field string) string {
	return `(` + asEmployer + ` && isMyEmployer(` + field + `) = true)`
}

// IsActiveEmployer reports whether a user may be one of an employer's people.
func IsActiveEmployer(user *core.Record) bool {
	return user.GetString("role") == RoleEmployer && user.GetDateTime("deactivatedAt").IsZero()
}

// PeopleOf returns the ids of an employer's people, the owner last. It goes by the record, which may not be saved yet.
func PeopleOf(app core.App, employer *core.Record) ([]string, error) {
	users, err := PeopleRecordsOf(app, employer)
	if err != nil {
		return nil, err
	}
	people := make([]string, len(users))
	for i, user := range users {
		people[i] = user.Id
	}
	return people, nil
}

// PeopleRecordsOf is PeopleOf for the users themselves.
func PeopleRecordsOf(app core.App, employer *core.Record) ([]*core.Record, error) {
	named := append(employer.GetStringSlice("members"), employer.GetString("owner"))
	users, err := app.FindRecordsByIds(Users, named)
	if err != nil {
		return nil, fmt.Errorf("find the people of employer %s: %w", employer.Id, err)
	}
	active := map[string]*core.Record{}
	for _, user := range users {
		if IsActiveEmployer(user) {
			active[user.Id] = user
		}
	}
	people := make([]*core.Record, 0, len(named))
	for _, id := range named {
		if user := active[id]; user != nil {
			delete(active, id) // an owner may be a member too
			people = append(people, user)
		}
	}
	return people, nil
}

// EmployersOf returns the ids of the employers whose people the user is one of.
func EmployersOf(app core.App, userID string) ([]string, error) {
	var ids []string
	err := app.DB().Select("employer").From(EmployerPeople).
		Where(dbx.NewExp(isActivePerson, dbx.Params{"user": userID})).
		OrderBy("employer").Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("find the employers of user %s: %w", userID, err)
	}
	return ids, nil
}

// OnlyEmployerOf returns the id of the employer whose people the user is one of, or "" if there is none or more than one.
func OnlyEmployerOf(app core.App, userID string) (string, error) {
	ids, err := EmployersOf(app, userID)
	if len(ids) != 1 {
		return "", err
	}
	return ids[0], nil
}

// IsPersonOf reports whether the user is one of the employer's people.
func IsPersonOf(app core.App, employerID, userID string) (bool, error) {
	var found bool
	err := app.DB().Select("count(*)").From(EmployerPeople).
		Where(dbx.And(dbx.HashExp{"employer": employerID}, dbx.NewExp(isActivePerson, dbx.Params{"user": userID}))).Row(&found)
	if err != nil {
		return false, fmt.Errorf("look for user %s among the people of employer %s: %w", userID, employerID, err)
	}
	return found, nil
}
