package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/list"
)

// errWrites ends a rehearsal in which a hook writes to the database or the files.
var errWrites = errors.New("a hook writes")

// rehearsal is an app with which a save goes through all hooks and checks, and then isn't written. Hooks take it for the app of a
// transaction. It can read, outside of any transaction; what writes panics with errWrites, and the save has to be done in earnest.
type rehearsal struct {
	core.App
	// onlyFields is true if nobody else than the collection's fields checks a record's values.
	onlyFields bool
	// related are the ids that the record refers to, by collection. That they exist is left to be checked for many records at once.
	related map[string][]string
}

// rehearse runs a save of which every write panics with errWrites.
func rehearse(save func() error) (err error) {
	defer func() {
		switch cause := recover(); {
		case cause == nil:
		case cause == any(errWrites):
			err = errWrites
		default:
			panic(cause)
		}
	}()
	return save()
}

// create returns what would be stored of a new record, and the event with which its hooks were called.
func (r *rehearsal) create(record *core.Record) (values map[string]any, event *core.ModelEvent, err error) {
	event = &core.ModelEvent{App: r, Context: context.Background(), Type: core.ModelEventTypeCreate}
	event.Model = record
	err = rehearse(func() error {
		return r.OnModelCreate().Trigger(event, func(e *core.ModelEvent) error {
			if err := e.App.ValidateWithContext(e.Context, e.Model); err != nil {
				return err
			}
			return e.App.OnModelCreateExecute().Trigger(event, func(e *core.ModelEvent) (err error) {
				if values, err = record.DBExport(e.App); err != nil {
					return err
				}
				e.Model.MarkAsNotNew()
				return nil
			})
		})
	})
	if err == nil && values == nil {
		err = errWrites // a hook has ended the save before it is written
	}
	return values, event, err
}

// errChanged says that an update would write something.
var errChanged = errors.New("the job has changed")

// update returns errUnchanged if the update of an imported job would change nothing.
func (r *rehearsal) update(record *core.Record) error {
	event := &core.ModelEvent{App: r, Context: context.Background(), Type: core.ModelEventTypeUpdate}
	event.Model = record
	return rehearse(func() error {
		return r.OnModelUpdate().Trigger(event, func(*core.ModelEvent) error { return errChanged })
	})
}

// countingValidators is how many handlers of each hook only count its calls, as PocketBase's app for tests does.
var countingValidators = 0

// checksFieldsOnly reports whether a record of the collection is valid if each of its fields says so.
func checksFieldsOnly(app core.App, collection *core.Collection) bool {
	plain := core.NewBaseApp(core.BaseAppConfig{}) // never started, only to see what PocketBase itself binds
	if app.OnModelValidate().Length() != plain.OnModelValidate().Length()+countingValidators ||
		app.OnRecordValidate().Length() != plain.OnRecordValidate().Length()+countingValidators {
		return false
	}
	types := []string{core.FieldTypeText, core.FieldTypeEditor, core.FieldTypeJSON, core.FieldTypeSelect, core.FieldTypeNumber,
		core.FieldTypeDate, core.FieldTypeAutodate, core.FieldTypeBool, core.FieldTypeRelation, core.FieldTypeURL, core.FieldTypeEmail}
	return !slices.ContainsFunc(collection.Fields, func(f core.Field) bool { return !slices.Contains(types, f.Type()) })
}

// ValidateWithContext checks a record as PocketBase does, except whether the records exist that it refers to.
func (r *rehearsal) ValidateWithContext(ctx context.Context, model core.Model) error {
	record, ok := model.(*core.Record)
	if !ok || !r.onlyFields {
		return r.App.ValidateWithContext(ctx, model)
	}
	errs := validation.Errors{}
	for _, field := range record.Collection().Fields {
		var err error
		if relation, ok := field.(*core.RelationField); ok {
			err = r.relate(relation, record)
		} else {
			err = field.ValidateValue(ctx, r, record)
		}
		if err != nil {
			errs[field.GetName()] = err
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// relate notes the ids in a relation. If their number is wrong it checks them as PocketBase does.
func (r *rehearsal) relate(field *core.RelationField, record *core.Record) error {
	ids := list.ToUniqueStringSlice(record.GetRaw(field.Name))
	if len(ids) == 0 && !field.Required {
		return nil
	}
	if len(ids) == 0 || len(ids) < field.MinSelect || len(ids) > max(field.MaxSelect, 1) {
		return field.ValidateValue(context.Background(), r, record)
	}
	collection, err := r.FindCachedCollectionByNameOrId(field.CollectionId)
	if err != nil {
		return fmt.Errorf("find the collection of %s: %w", field.Name, err)
	}
	r.related[collection.Name] = append(r.related[collection.Name], ids...)
	return nil
}

// Rehearses says that nothing is written; internal/changes would write that the record was saved.
func (r *rehearsal) Rehearses() {}

// RunInTransaction runs fn, which reads, without a transaction.
func (r *rehearsal) RunInTransaction(fn func(tx core.App) error) error { return fn(r) }

// IsTransactional returns true, so that hooks begin no transaction.
func (r *rehearsal) IsTransactional() bool { return true }

// DB returns a builder of queries that read.
func (r *rehearsal) DB() dbx.Builder { return readBuilder{Builder: r.ConcurrentDB()} }

// ConcurrentDB returns a builder of queries that read.
func (r *rehearsal) ConcurrentDB() dbx.Builder { return readBuilder{Builder: r.App.ConcurrentDB()} }

// NonconcurrentDB panics: it is for writing.
func (r *rehearsal) NonconcurrentDB() dbx.Builder { panic(errWrites) }

// AuxRunInTransaction panics.
func (r *rehearsal) AuxRunInTransaction(func(core.App) error) error { panic(errWrites) }

// Save panics, as do the other methods that write.
func (r *rehearsal) Save(core.Model) error { panic(errWrites) }

// SaveWithContext panics.
func (r *rehearsal) SaveWithContext(context.Context, core.Model) error { panic(errWrites) }

// SaveNoValidate panics.
func (r *rehearsal) SaveNoValidate(core.Model) error { panic(errWrites) }

// SaveNoValidateWithContext panics.
func (r *rehearsal) SaveNoValidateWithContext(context.Context, core.Model) error { panic(errWrites) }

// Delete panics.
func (r *rehearsal) Delete(core.Model) error { panic(errWrites) }

// DeleteWithContext panics.
func (r *rehearsal) DeleteWithContext(context.Context, core.Model) error { panic(errWrites) }

// UnsafeWithoutHooks panics: the app that it returns could write.
func (r *rehearsal) UnsafeWithoutHooks() core.App { panic(errWrites) }

// TxInfo panics: nothing is going to be committed.
func (r *rehearsal) TxInfo() *core.TxAppInfo { panic(errWrites) }

// readBuilder builds queries that read; what may write panics with errWrites.
type readBuilder struct{ dbx.Builder }

// NewQuery panics: a text may be any statement.
func (readBuilder) NewQuery(string) *dbx.Query { panic(errWrites) }

// Model panics.
func (readBuilder) Model(any) *dbx.ModelQuery { panic(errWrites) }

// Insert panics.
func (readBuilder) Insert(string, dbx.Params) *dbx.Query { panic(errWrites) }

// Upsert panics.
func (readBuilder) Upsert(string, dbx.Params, ...string) *dbx.Query { panic(errWrites) }

// Update panics.
func (readBuilder) Update(string, dbx.Params, dbx.Expression) *dbx.Query { panic(errWrites) }

// Delete panics.
func (readBuilder) Delete(string, dbx.Expression) *dbx.Query { panic(errWrites) }
