package hooks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gosimple/slug"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

const maxSlug = 80 // characters of a slug made from a name, which leaves room for a number

func bindEmployers(app core.App) {
	bindPeople(app)
	app.OnRecordCreate(collections.Employers).BindFunc(normalizeEmployerOnSave)
	app.OnRecordUpdate(collections.Employers).BindFunc(normalizeEmployerOnSave)
	app.OnRecordDelete(collections.Employers).BindFunc(refuseEmployerWithJobsOnDelete)
	app.OnRecordCreate(collections.FieldsOfInterest).BindFunc(fillSlugOnFieldCreate)
}

func normalizeEmployerOnSave(e *core.RecordEvent) error {
	employer := e.Record
	sanitiseRichText(employer, "about")
	normalizeLine(employer, "name")
	revokeVerificationWhenRenamed(employer)
	resolveCoordinates(employer)
	return inTransaction(e, func(tx core.App) error {
		if err := fillSlug(tx, employer); err != nil {
			return err
		}
		return checkPeople(tx, employer)
	}, nil)
}

// revokeVerificationWhenRenamed takes the badge from an employer that its people rename: an admin verified it under the old name, and
// imports find employers by name.
func revokeVerificationWhenRenamed(employer *core.Record) {
	who := actor.Of(employer)
	if employer.IsNew() || who.IsBoard() || who.IsAdmin() {
		return
	}
	if !strings.EqualFold(employer.GetString("name"), employer.Original().GetString("name")) {
		employer.Set("verified", false)
	}
}

// fillSlug makes a slug from the name where none is given, with a number after it when the slug is taken. A given slug is kept,
// and refused as not unique when it is taken.
func fillSlug(tx core.App, record *core.Record) error {
	if record.GetString("slug") != "" {
		return nil
	}
	stem := slug.Make(record.GetString("name"))
	if len(stem) > maxSlug {
		stem = strings.Trim(stem[:maxSlug], "-")
	}
	if stem == "" { // the name has no letters or digits
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

func refuseEmployerWithJobsOnDelete(e *core.RecordEvent) error {
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

func fillSlugOnFieldCreate(e *core.RecordEvent) error {
	if err := fillSlug(e.App, e.Record); err != nil {
		return err
	}
	return e.Next()
}
