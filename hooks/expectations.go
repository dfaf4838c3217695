package hooks

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// bindExpectations makes PocketBase's errors say what a field takes. Their codes stay.
func bindExpectations(app core.App) {
	outermost := &hook.Handler[*core.RecordEvent]{Id: "explainErrorsOnSave", Priority: -1000, Func: explainErrorsOnSave}
	app.OnRecordCreate().Bind(outermost)
	app.OnRecordUpdate().Bind(outermost)
}

func explainErrorsOnSave(e *core.RecordEvent) error {
	err := e.Next()
	var faults validation.Errors
	if !errors.As(err, &faults) {
		return err
	}
	explained := maps.Clone(faults)
	collection := e.Record.Collection()
	for name, fault := range faults {
		field := collection.Fields.GetByName(name)
		var one validation.Error
		if field == nil || !errors.As(fault, &one) {
			continue
		}
		if message := expectation(e.App, collection, field, one); message != "" {
			explained[name] = validation.NewError(one.Code(), message)
		}
	}
	return explained
}

// expectation returns what a field takes, for an error of PocketBase's that doesn't say so, or "" for others, such as the board's own.
func expectation(app core.App, collection *core.Collection, field core.Field, fault validation.Error) string {
	code, message := fault.Code(), fault.Message()
	if code == problem.NotUnique {
		return taken[collection.Name+"."+field.GetName()]
	}
	switch f := field.(type) {
	case *core.SelectField:
		switch {
		case message == "Invalid value {{.value}}":
			return allowedValues(f)
		case message == validation.ErrRequired.Message():
			return "Cannot be blank. " + allowedValues(f)
		}
	case *core.NumberField:
		switch code {
		case "validation_min_number_constraint", "validation_max_number_constraint", "validation_only_int_constraint":
			return allowedNumbers(f)
		}
	case *core.TextField:
		if code == "validation_invalid_format" {
			return formats[collection.Name+"."+f.Name]
		}
	case *core.EmailField:
		if code == "validation_is_email" {
			return "Must be an e-mail address, such as ann@example.com."
		}
	case *core.URLField:
		if code == "validation_invalid_url" {
			return "Must be an address on the web, such as https://example.com."
		}
	case *core.RelationField:
		if message == "Failed to find all relation records with the provided ids" {
			return missingTarget(app, f)
		}
	}
	return ""
}

// taken lists what an error about a value that there may be only once says.
var taken = map[string]string{
	collections.Users + ".email":     "This address already has an account.",
	collections.Employers + ".slug":  "This slug is taken by another employer.",
	collections.Jobs + ".externalId": "There is a job with this source and externalId.",
	collections.SavedJobs + ".job":   "This job is saved already.",
}

// formats lists what text fields take that have a pattern.
var formats = map[string]string{
	collections.Users + ".locale":              "Must be a language tag, such as en or pt-BR.",
	collections.Employers + ".slug":            slugFormat,
	collections.FieldsOfInterest + ".slug":     slugFormat,
	collections.JobSeekers + ".phone":          "Must be a phone number, such as +33 4 72 00 00 00.",
	collections.JobSeekers + ".salaryCurrency": currencyFormat,
	collections.Jobs + ".salaryCurrency":       currencyFormat,
}

const (
	slugFormat     = "Must be lower-case letters and digits, with single hyphens between them, such as acme-inc."
	currencyFormat = "Must be an ISO 4217 code in capital letters, such as EUR."
)

func allowedValues(f *core.SelectField) string {
	values := strings.Join(f.Values, ", ") + "."
	if f.IsMultiple() {
		return "Each must be one of " + values
	}
	return "Must be one of " + values
}

func allowedNumbers(f *core.NumberField) string {
	what := "Must be a number"
	if f.OnlyInt {
		what = "Must be a whole number"
	}
	text := func(limit float64) string { return strconv.FormatFloat(limit, 'f', -1, 64) }
	switch {
	case f.Min != nil && f.Max != nil:
		return fmt.Sprintf("%s from %s to %s.", what, text(*f.Min), text(*f.Max))
	case f.Min != nil:
		return fmt.Sprintf("%s, at least %s.", what, text(*f.Min))
	case f.Max != nil:
		return fmt.Sprintf("%s, at most %s.", what, text(*f.Max))
	}
	return what + "."
}

func missingTarget(app core.App, f *core.RelationField) string {
	target, err := app.FindCachedCollectionByNameOrId(f.CollectionId)
	if err != nil {
		return "" // PocketBase's own words are true all the same
	}
	if f.IsMultiple() {
		return "Each must be the id of an existing record of " + target.Name + "."
	}
	return "Must be the id of an existing record of " + target.Name + "."
}
