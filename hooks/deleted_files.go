package hooks

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/internal/leadership"
)

const (
	// logWait is how long the deletion of files waits for the cluster's log at most.
	logWait = 30 * time.Second
	// markedFiles is where PocketBase keeps, on a record that is being saved, the names of a field's files that are to be deleted.
	markedFiles = "@pbInternal_deletedFilesPrefix_"
)

// bindDeletedFiles keeps the files of what was deleted or replaced until that is in the log of the cluster. A failover could bring the
// record back, but not its files.
func bindDeletedFiles(app core.App) {
	const beforeDeletion = -100 // PocketBase deletes files at -99
	app.OnModelAfterDeleteSuccess().Bind(&hook.Handler[*core.ModelEvent]{Id: "keepFilesOnDelete", Priority: beforeDeletion,
		Func: func(e *core.ModelEvent) error {
			return keepFiles(e, func(*core.Record, string) bool { return true })
		}})
	app.OnModelAfterUpdateSuccess().Bind(&hook.Handler[*core.ModelEvent]{Id: "keepFilesOnUpdate", Priority: beforeDeletion,
		Func: func(e *core.ModelEvent) error {
			return keepFiles(e, func(record *core.Record, field string) bool {
				names, _ := record.GetRaw(markedFiles + field).([]string)
				return len(names) > 0
			})
		}})
}

// keepFiles waits for the log if a record loses files of one of its fields.
func keepFiles(e *core.ModelEvent, loses func(record *core.Record, field string) bool) error {
	record, ok := e.Model.(*core.Record)
	if !ok || !leadership.Clustered(e.App) {
		return e.Next()
	}
	for _, field := range record.Collection().Fields {
		if field.Type() != core.FieldTypeFile || !loses(record, field.GetName()) {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), logWait)
		defer cancel()
		if err := leadership.Await(ctx, e.App); err != nil {
			return fmt.Errorf("keep the files of a record whose deletion may be undone: %w", err)
		}
		break
	}
	return e.Next()
}
