package hooks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gosimple/slug"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const maxSlug = 80 // characters of a slug made from a name, which leaves room for a number

func bindEmployers(app core.App) {
	app.OnRecordCreate(collections.Employers).BindFunc(tidyEmployerOnSave)
	app.OnRecordUpdate(collections.Employers).BindFunc(tidyEmployerOnSave)
	app.OnRecordDelete(collections.Employers).BindFunc(keepEmployerWithJobsOnDelete)
	app.OnRecordCreate(collections.FieldsOfInterest).BindFunc(slugFieldOnCreate)
}

func tidyEmployerOnSave(e *core.RecordEvent) error {
	employer := e.Record
	sanitiseRichText(employer, "about")
	tidyLine(employer, "name")
	resolveCoordinates(employer)
	return inTransaction(e, func(tx core.App) error {
		if err := fillSlug(tx, employer); err != nil {
			return err
		}
		return checkPeople(tx, employer)
	}, nil)
}

// fillSlug makes the slug from the name where none is given, with a number behind it when another record has it. A slug
// that was asked for is kept, and refused as not unique when it is taken.
func fillSlug(tx core.App, record *core.Record) error {
	if record.GetString("slug") != "" {
		return nil
	}
	stem := slug.Make(record.GetString("name"))
	if len(stem) > maxSlug {
		stem = strings.Trim(stem[:maxSlug], "-")
	}
	if stem == "" { // a name in signs alone
		stem = "company"
	}
	table := record.Collection().Name
	for n := 1; ; n++ {
		candidate := stem
		if n > 1 {
			candidate += "-" + strconv.Itoa(n)
		}
		taken, err := tx.CountRecords(table, dbx.HashExp{"slug": candidate})
		if err != nil {
			return fmt.Errorf("look for the slug %q: %w", candidate, err)
		}
		if taken == 0 {
			record.Set("slug", candidate)
			return nil
		}
	}
}

// checkPeople lets only employers (and admins, who may found one for the board) be owner or member.
func checkPeople(tx core.App, employer *core.Record) error {
	for _, field := range []string{"owner", "members"} {
		ids := employer.GetStringSlice(field)
		if !employer.IsNew() && slices.Equal(ids, employer.Original().GetStringSlice(field)) {
			continue
		}
		users, err := tx.FindRecordsByIds(collections.Users, ids)
		if err != nil {
			return fmt.Errorf("find the %s of the employer: %w", field, err)
		}
		for _, user := range users {
			if user.GetString("role") == collections.RoleJobSeeker {
				return problem.Field(field, problem.InvalidValue, "Must be a user with the role employer.")
			}
		}
	}
	return nil
}

func keepEmployerWithJobsOnDelete(e *core.RecordEvent) error {
	return inTransaction(e, func(tx core.App) error {
		count, err := tx.CountRecords(collections.Jobs, dbx.HashExp{"employer": e.Record.Id})
		if err != nil {
			return fmt.Errorf("count the jobs of employer %s: %w", e.Record.Id, err)
		}
		if count > 0 {
			return problem.Field("employer", problem.EmployerHasJobs, "An employer with jobs can't be deleted.")
		}
		return nil
	}, nil)
}

func slugFieldOnCreate(e *core.RecordEvent) error {
	if err := fillSlug(e.App, e.Record); err != nil {
		return err
	}
	return e.Next()
}

// amongPeople is true of the employers that {:user} owns or is a member of.
const amongPeople = "owner = {:user} OR EXISTS (SELECT 1 FROM json_each(members) WHERE value = {:user})"

// EmployersOf returns the ids of the employers that the user owns or is a member of.
func EmployersOf(app core.App, userID string) ([]string, error) {
	var ids []string
	err := app.DB().Select("id").From(collections.Employers).
		Where(dbx.NewExp(amongPeople, dbx.Params{"user": userID})).
		OrderBy("id").Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("find the employers of user %s: %w", userID, err)
	}
	return ids, nil
}

// IsEmployerPerson tells whether the user owns the employer or is a member of it.
func IsEmployerPerson(app core.App, employerID, userID string) (bool, error) {
	count, err := app.CountRecords(collections.Employers,
		dbx.HashExp{"id": employerID}, dbx.NewExp(amongPeople, dbx.Params{"user": userID}))
	if err != nil {
		return false, fmt.Errorf("look for user %s among the people of employer %s: %w", userID, employerID, err)
	}
	return count > 0, nil
}
