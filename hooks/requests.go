package hooks

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/actor"
)

// bindRequests binds what every web request on a record goes through before the hooks of its collection: it notes the caller,
// checks the JSON types and the field rights, and fills in defaults.
func bindRequests(app core.App) {
	early := func(id string, check func(e *core.RecordRequestEvent) error) *hook.Handler[*core.RecordRequestEvent] {
		return &hook.Handler[*core.RecordRequestEvent]{Id: id, Priority: -50, Func: func(e *core.RecordRequestEvent) error {
			actor.Mark(e.Record, e.Auth)
			if check != nil {
				if err := check(e); err != nil {
					return e.BadRequestError("Failed to save record.", err)
				}
			}
			return e.Next()
		}}
	}
	check := func(e *core.RecordRequestEvent) error {
		if err := checkBodyTypes(e); err != nil {
			return err
		}
		return checkFieldRights(e)
	}
	app.OnRecordCreateRequest().Bind(early("checkRecordOnCreateRequest", func(e *core.RecordRequestEvent) error {
		if err := check(e); err != nil {
			return err
		}
		fillCallerField(e)
		return nil
	}))
	app.OnRecordUpdateRequest().Bind(early("checkRecordOnUpdateRequest", check))
	app.OnRecordDeleteRequest().Bind(early("markActorOnDeleteRequest", nil))

	app.OnRecordCreate().Bind(&hook.Handler[*core.RecordEvent]{
		Id: "fillDefaultsOnCreate", Priority: -50, Func: fillDefaultsOnCreate,
	})
	app.OnRecordUpdate().Bind(&hook.Handler[*core.RecordEvent]{
		Id: "writeChangedFieldsOnUpdate", Priority: -50, Func: writeChangedFieldsOnUpdate,
	})
	app.OnRecordCreate().BindFunc(nameFilesByTypeOnSave)
	app.OnRecordUpdate().BindFunc(nameFilesByTypeOnSave)
	app.OnRecordCreate(collections.Employers, collections.JobSeekers).BindFunc(checkWebsiteOnSave)
	app.OnRecordUpdate(collections.Employers, collections.JobSeekers).BindFunc(checkWebsiteOnSave)
}

// fillCallerField sets the relation to the record's creator (collections.CallerFields) to the caller, where the request leaves it out.
func fillCallerField(e *core.RecordRequestEvent) {
	field := collections.CallerFields[e.Collection.Name]
	if field == "" || e.Auth == nil || e.Auth.IsSuperuser() || e.Record.GetString(field) != "" {
		return
	}
	e.Record.Set(field, e.Auth.Id)
}

func fillDefaultsOnCreate(e *core.RecordEvent) error {
	for field, value := range collections.Defaults[e.Record.Collection().Name] {
		if e.Record.GetString(field) == "" {
			e.Record.Set(field, value)
		}
	}
	return e.Next()
}

// writeChangedFieldsOnUpdate makes a save write only the fields that it changes. PocketBase would write the whole row, and undo a status or
// a counter that another save has changed since this one read the record.
func writeChangedFieldsOnUpdate(e *core.RecordEvent) error {
	e.Record.IgnoreUnchangedFields(true)
	return e.Next()
}
