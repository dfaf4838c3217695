package importsource

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/background"
	"jobboard/internal/leadership"
)

const (
	// pollInterval is how often sources are looked for that have become due.
	pollInterval = 20 * time.Second
	// stopTimeout is for the rows that are being saved.
	stopTimeout = 10 * time.Second
	// maxAttempts is how often a run that ended with the process is tried again at once.
	maxAttempts = 3
)

// Options configure the imports.
type Options struct {
	// PrivateAddresses lets sources lead to addresses that are not public.
	PrivateAddresses bool
}

// Bind imports from the sources that are due while the app serves, one at a time, the one that has waited longest first.
//
// There is one server process per data folder, and one leader of a cluster, so a source that is running when a worker begins was
// interrupted.
func Bind(app core.App, options Options) {
	w := &worker{options: options}
	loop := background.NewLoop("import jobs from sources",
		background.Options{Interval: pollInterval, Rest: 0.2, StopTimeout: stopTimeout, Begin: recoverInterrupted}, w.step)
	background.Bind(app, loop)
	app.OnRecordAfterCreateSuccess(collections.ImportSources).BindFunc(loop.WakeOn())
	app.OnRecordAfterUpdateSuccess(collections.ImportSources).BindFunc(loop.WakeOn())
}

type worker struct{ options Options }

// step runs the source that is due longest.
func (w *worker) step(ctx context.Context, app core.App) (more bool, err error) {
	id, err := nextDue(app)
	if err != nil || id == "" {
		return false, err
	}
	source, err := begin(app, id)
	if err != nil || source == nil {
		return err == nil, err
	}
	if err := leadership.Await(ctx, app); err != nil { // otherwise the next leader could not know that the source was read
		return false, errors.Join(err, leaveBehind(app, id))
	}
	result := w.run(ctx, app, source)
	if ctx.Err() != nil {
		return false, leaveBehind(app, id)
	}
	return true, finish(app, source, result)
}

func nextDue(app core.App) (string, error) {
	var ids []string
	err := app.DB().Select("id").From(collections.ImportSources).
		Where(dbx.NewExp("[[nextRun]] != '' AND [[nextRun]] <= {:now}", dbx.Params{"now": types.NowDateTime().String()})).
		OrderBy("nextRun", "id").Limit(1).Column(&ids)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// change changes a source as it is now, unless it was deleted meanwhile.
func change(app core.App, id string, edit func(tx core.App, source *core.Record) error) error {
	return app.RunInTransaction(func(tx core.App) error {
		found, err := tx.FindRecordsByIds(collections.ImportSources, []string{id})
		if err != nil || len(found) == 0 {
			return err
		}
		if err := edit(tx, found[0]); err != nil {
			return err
		}
		if err := tx.Save(found[0]); err != nil {
			return fmt.Errorf("save the import source %s: %w", id, err)
		}
		return nil
	})
}

// begin notes that a source runs, and when it runs next, and returns it, or nil if it is gone.
func begin(app core.App, id string) (begun *core.Record, err error) {
	err = change(app, id, func(_ core.App, source *core.Record) error {
		schedule, err := ParseSchedule(source.GetString("schedule"))
		if err != nil {
			return fmt.Errorf("read the schedule of the import source %s: %w", id, err)
		}
		source.Set("startedAt", types.NowDateTime())
		source.Set("attempts", source.GetInt("attempts")+1)
		source.Set("nextRun", schedule.Next(time.Now()))
		begun = source
		return nil
	})
	return begun, err
}

// leaveBehind puts a source back whose run was stopped. A node that no longer leads can't; the next leader finds it running.
func leaveBehind(app core.App, id string) error {
	if !leadership.Leading(app) {
		return nil
	}
	return putBack(app, id)
}

// putBack makes a source due again whose run was stopped with the board.
func putBack(app core.App, id string) error {
	return change(app, id, func(_ core.App, source *core.Record) error {
		source.Set("startedAt", "")
		source.Set("attempts", 0)
		source.Set("nextRun", types.NowDateTime())
		return nil
	})
}

// recoverInterrupted makes the sources due again whose run a crash interrupted, or gives this run up after some attempts.
func recoverInterrupted(_ context.Context, app core.App) error {
	interrupted, err := app.FindAllRecords(collections.ImportSources, dbx.NewExp("[[startedAt]] != ''"))
	if err != nil {
		return fmt.Errorf("look for interrupted imports: %w", err)
	}
	for _, source := range interrupted {
		if source.GetInt("attempts") >= maxAttempts {
			text := fmt.Sprintf("The board stopped %d times while it ran.", maxAttempts)
			if err := finish(app, source, result{status: collections.ImportFailed, text: text}); err != nil {
				return err
			}
			continue
		}
		err := change(app, source.Id, func(_ core.App, source *core.Record) error {
			source.Set("startedAt", "")
			source.Set("nextRun", types.NowDateTime())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
