package hooks

import (
	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/currency"

	"jobboard/internal/problem"
)

// checkCurrency refuses a code that ISO 4217 does not have.
func checkCurrency(record *core.Record, field string) error {
	code := record.GetString(field)
	if code == "" {
		return nil
	}
	if _, err := currency.ParseISO(code); err != nil {
		return problem.Field(field, problem.InvalidValue, "Must be a currency code of ISO 4217, such as EUR.")
	}
	return nil
}

// checkSalaryRange refuses a minimum above the maximum. 0 means not given, as PocketBase stores it.
func checkSalaryRange(record *core.Record) error {
	low, high := record.GetFloat("salaryMin"), record.GetFloat("salaryMax")
	if low > 0 && high > 0 && low > high {
		return problem.Field("salaryMin", problem.InvalidValue, "Must not be above salaryMax.")
	}
	return checkCurrency(record, "salaryCurrency")
}
