package changes

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/leadership"
)

const silentKey = "@silent" // on a record, where no field can be named so

// Silence keeps the creation of a record from connected clients, for a record that is nothing new to those who may see it.
func Silence(record *core.Record) { record.SetRaw(silentKey, true) }

// IsSilent reports whether a record was silenced.
func IsSilent(record *core.Record) bool {
	silent, _ := record.GetRaw(silentKey).(bool)
	return silent
}

// Rehearsal is an app with which saves go through all hooks but are not written. Whoever writes them afterwards calls Write.
type Rehearsal interface {
	core.App
	Rehearses()
}

// innermost is the priority of the hooks that write rows: right around the statement that saves the record.
const innermost = 999

func (s *state) bindWriting() {
	bind := func(event *hook.TaggedHook[*core.ModelEvent], write func(*core.ModelEvent, *core.Record) error) {
		event.Bind(&hook.Handler[*core.ModelEvent]{
			Id: "writeChangeOnExecute", Priority: innermost,
			Func: func(e *core.ModelEvent) error {
				record := RecordOf(e.Model)
				_, rehearses := e.App.(Rehearsal)
				if record == nil || rehearses || !leadership.Clustered(e.App) {
					return e.Next()
				}
				if e.App.IsTransactional() {
					return write(e, record)
				}
				app := e.App
				defer func() { e.App = app }()
				return app.RunInTransaction(func(tx core.App) error {
					e.App = tx
					return write(e, record)
				})
			},
		})
	}
	saved := func(action string) func(*core.ModelEvent, *core.Record) error {
		return func(e *core.ModelEvent, record *core.Record) error {
			if err := e.Next(); err != nil || action == Create && IsSilent(record) {
				return err
			}
			return s.write(e.App, record.Collection(), action, record.Id, recipientOf(record), "")
		}
	}
	bind(s.app.OnModelCreateExecute(), saved(Create))
	bind(s.app.OnModelUpdateExecute(), saved(Update))
	bind(s.app.OnModelDeleteExecute(), func(e *core.ModelEvent, record *core.Record) error {
		var data string
		err := e.App.NonconcurrentDB().Select(jsonOf(record.Collection())).From(record.Collection().Name).
			Where(dbx.HashExp{"id": record.Id}).Row(&data)
		if err != nil {
			return fmt.Errorf("keep what is deleted: %w", err)
		}
		if err := e.Next(); err != nil {
			return err
		}
		return s.write(e.App, record.Collection(), Delete, record.Id, recipientOf(record), data)
	})
}

// RecordOf returns the record that is behind a model, or nil.
func RecordOf(model core.Model) *core.Record {
	switch m := model.(type) {
	case *core.Record:
		return m
	case core.RecordProxy:
		return m.ProxyRecord()
	}
	return nil
}

func recipientOf(record *core.Record) string {
	if record.Collection().Name == collections.Notifications {
		return record.GetString("user")
	}
	return ""
}

// jsonOf returns an expression of SQL for a collection's row as a JSON object, without secrets.
func jsonOf(collection *core.Collection) string {
	var pairs []string
	for _, field := range collection.Fields {
		if !isSecret(field) {
			pairs = append(pairs, fmt.Sprintf("'%[1]s', [[%[1]s]]", field.GetName()))
		}
	}
	return "json_object(" + strings.Join(pairs, ", ") + ")"
}

func isSecret(field core.Field) bool {
	return field.Type() == core.FieldTypePassword || field.GetName() == core.FieldNameTokenKey
}

// transaction is one that writes rows.
type transaction struct{ first int64 }

// begun returns the state of the transaction of tx, and has OnWritten's functions called when it is committed.
func (s *state) begun(tx core.App) *transaction {
	info := tx.TxInfo()
	if known, ok := s.transactions.Load(info); ok {
		return known.(*transaction)
	}
	begun := &transaction{}
	s.led.Store(true)
	s.transactions.Store(info, begun)
	info.OnComplete(func(failed error) error {
		s.transactions.Delete(info)
		if failed == nil {
			s.notifyWritten()
		}
		return nil
	})
	return begun
}

func (s *state) notifyWritten() {
	s.mu.Lock()
	calls := s.onWritten
	s.mu.Unlock()
	for _, call := range calls {
		call()
	}
}

func (s *state) write(tx core.App, collection *core.Collection, action, record, user, data string) error {
	within := s.begun(tx)
	result, err := tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{record_changes}} ([[at]], collection, record, action, [[user]], [[first]], data)
		VALUES ({:at}, {:collection}, {:record}, {:action}, {:user},
			iif({:first} = 0, (SELECT coalesce(max(seq), 0) + 1 FROM {{record_changes}}), {:first}), {:data})`).
		Bind(dbx.Params{
			"at": time.Now().UnixMilli(), "collection": collection.Id, "record": record, "action": action, "user": user,
			"first": within.first, "data": data,
		}).Execute()
	if err != nil {
		return fmt.Errorf("record that a record of %s was saved: %w", collection.Name, err)
	}
	if within.first == 0 {
		if within.first, err = result.LastInsertId(); err != nil {
			return fmt.Errorf("number a change: %w", err)
		}
	}
	return nil
}

// Saved is a record that plain SQL has created or updated, and the recipient if it is a notification.
type Saved struct {
	Record string `json:"record"`
	User   string `json:"user"`
}

// Write writes changes for records that plain SQL has created or updated in the transaction of tx, in their order. It does nothing on a
// board that runs alone.
func Write(tx core.App, collection *core.Collection, action string, records []Saved) error {
	if len(records) == 0 || !leadership.Clustered(tx) {
		return nil
	}
	list, err := json.Marshal(records)
	if err != nil {
		return fmt.Errorf("list the changes: %w", err)
	}
	of(tx).begun(tx)
	_, err = tx.NonconcurrentDB().NewQuery(`INSERT INTO {{record_changes}} ([[at]], collection, record, action, [[user]], [[first]], data)
		SELECT {:at}, {:collection}, value ->> 'record', {:action}, value ->> 'user', 0, '' FROM json_each({:list}) ORDER BY key`).
		Bind(dbx.Params{"at": time.Now().UnixMilli(), "collection": collection.Id, "action": action, "list": string(list)}).Execute()
	if err != nil {
		return fmt.Errorf("record that records of %s were saved: %w", collection.Name, err)
	}
	return nil
}

// WriteDeletions writes changes for notifications that plain SQL is going to delete in the transaction of tx. It does nothing on a board
// that runs alone.
func WriteDeletions(tx core.App, notifications *core.Collection, ids []string) error {
	if len(ids) == 0 || !leadership.Clustered(tx) {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("list the deletions: %w", err)
	}
	of(tx).begun(tx)
	_, err = tx.NonconcurrentDB().NewQuery(fmt.Sprintf(
		`INSERT INTO {{record_changes}} ([[at]], collection, record, action, [[user]], [[first]], data)
		SELECT {:at}, {:collection}, [[id]], {:action}, [[user]], 0, %s FROM {{%s}} WHERE [[id]] IN (SELECT value FROM json_each({:list}))`,
		jsonOf(notifications), notifications.Name)).
		Bind(dbx.Params{"at": time.Now().UnixMilli(), "collection": notifications.Id, "action": Delete, "list": string(list)}).Execute()
	if err != nil {
		return fmt.Errorf("record that records of %s are deleted: %w", notifications.Name, err)
	}
	return nil
}
