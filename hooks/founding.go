package hooks

import (
	"errors"
	"fmt"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

// companyName is what a request that registers an employer may have besides the fields of users, and companyKey the raw key on the user
// that keeps it for the model hook.
const (
	companyName = "companyName"
	companyKey  = "@" + companyName
)

func noteCompanyOnCreateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the request body.", err)
	}
	value := body[companyName]
	if typed := typedKeys(e); typed != nil && !typed[companyName] {
		value = asText(value)
	}
	if value == nil {
		return e.Next()
	}
	name, ok := value.(string)
	if !ok {
		return e.BadRequestError("Failed to create record.", problem.Field(companyName, problem.WrongType, "Must be a string."))
	}
	if strings.TrimSpace(name) != "" {
		e.Record.SetRaw(companyKey, name)
	}
	return e.Next()
}

// foundCompany creates the company that a new employer has named, in the transaction that creates the user.
func foundCompany(tx core.App, user *core.Record) error {
	name, _ := user.GetRaw(companyKey).(string)
	if name == "" || user.GetString("role") != collections.RoleEmployer {
		return nil
	}
	collection, err := tx.FindCachedCollectionByNameOrId(collections.Employers)
	if err != nil {
		return fmt.Errorf("find the employers: %w", err)
	}
	employer := core.NewRecord(collection)
	actor.Mark(employer, user)
	employer.Set("owner", user.Id)
	employer.Set("name", name)
	err = tx.Save(employer)
	var faults validation.Errors
	if errors.As(err, &faults) && faults["name"] != nil {
		return validation.Errors{companyName: faults["name"]}
	}
	if err != nil {
		return fmt.Errorf("found the company of a new employer: %w", err)
	}
	return nil
}
