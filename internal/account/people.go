package account

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// The employer's people are its owner and members, as far as they are active and employers by role: who has lost the role or
// left the board keeps the place in the company, and nothing that comes with it. The API rules say the same for callers
// (employerPeople in the package collections; a deactivated user is none, since the tokens are dead).

const (
	// employerPeople is the table of each employer's owner and members, which triggers keep.
	employerPeople = "employer_people"
	// isPerson is true of its rows of {:user}, as long as the user is an active employer.
	isPerson = "[[user]] = {:user} AND EXISTS (SELECT 1 FROM users INDEXED BY sqlite_autoindex_users_1 " +
		"WHERE id = {:user} AND role = 'employer' AND deactivatedAt = '')"
)

// PeopleOf returns the ids of an employer's people, the owner last.
func PeopleOf(app core.App, employer *core.Record) ([]string, error) {
	named := append(employer.GetStringSlice("members"), employer.GetString("owner"))
	users, err := app.FindRecordsByIds(collections.Users, named)
	if err != nil {
		return nil, fmt.Errorf("find the people of employer %s: %w", employer.Id, err)
	}
	active := map[string]bool{}
	for _, user := range users {
		active[user.Id] = IsActiveEmployer(user)
	}
	people := make([]string, 0, len(named))
	for _, id := range named {
		if active[id] {
			active[id] = false // an owner may be a member too
			people = append(people, id)
		}
	}
	return people, nil
}

// IsActiveEmployer reports whether a user may be one of an employer's people.
func IsActiveEmployer(user *core.Record) bool {
	return user.GetString("role") == collections.RoleEmployer && IsActive(user)
}

// EmployersOf returns the ids of the employers of whose people the user is one.
func EmployersOf(app core.App, userID string) ([]string, error) {
	var ids []string
	err := app.DB().Select("employer").From(employerPeople).
		Where(dbx.NewExp(isPerson, dbx.Params{"user": userID})).
		OrderBy("employer").Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("find the employers of user %s: %w", userID, err)
	}
	return ids, nil
}

// IsPersonOf reports whether the user is one of the employer's people.
func IsPersonOf(app core.App, employerID, userID string) (bool, error) {
	var found bool
	err := app.DB().Select("count(*)").From(employerPeople).
		Where(dbx.And(dbx.HashExp{"employer": employerID}, dbx.NewExp(isPerson, dbx.Params{"user": userID}))).Row(&found)
	if err != nil {
		return false, fmt.Errorf("look for user %s among the people of employer %s: %w", userID, employerID, err)
	}
	return found, nil
}
