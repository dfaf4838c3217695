package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/leadership"
	"jobboard/internal/notify"
)

// Run makes the report of a record now. The record becomes running, then done with its file or failed with the reason, and the person
// who requested it is notified in the same transaction. A report that is not pending is left alone. If ctx ends meanwhile, the record
// becomes pending again for the next start, and Run returns ctx's error.
func Run(ctx context.Context, app core.App, id string) error {
	record, err := claim(app, id)
	if record == nil || err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "jobboard-report-*") // while serving in the data folder, see internal/tempdir
	if err != nil {
		return fmt.Errorf("create the report's work folder: %w", err)
	}
	defer os.RemoveAll(folder)
	path, rows, err := makeFile(ctx, app, record, folder)
	if ctx.Err() != nil {
		requeue(app, record.Id)
		return ctx.Err()
	}
	return finish(app, record.Id, path, rows, err)
}

// claim marks a pending report as running and returns it, or nil if it is not pending.
func claim(app core.App, id string) (*core.Record, error) {
	var claimed *core.Record
	err := app.RunInTransaction(func(tx core.App) error {
		record, err := findPending(tx, id)
		if record == nil || err != nil {
			return err
		}
		record.Set("status", collections.ReportRunning)
		record.Set("attempts", record.GetInt("attempts")+1)
		claimed = record
		return tx.Save(record)
	})
	if err != nil {
		return nil, fmt.Errorf("claim the report %s: %w", id, err)
	}
	return claimed, nil
}

func findPending(app core.App, id string) (*core.Record, error) {
	records, err := app.FindRecordsByIds(collections.Reports, []string{id})
	if err != nil || len(records) == 0 || records[0].GetString("status") != collections.ReportPending {
		return nil, err
	}
	return records[0], nil
}

// makeFile writes the report into folder. A panic becomes the report's error, so that the report is not tried again.
func makeFile(ctx context.Context, app core.App, record *core.Record, folder string) (path string, rows int, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			app.Logger().Error("A report panicked.", "report", record.Id, "panic", cause)
			err = errors.New("an internal error; see the log")
		}
	}()
	request, err := requestOf(app, record)
	if err != nil {
		return "", 0, err
	}
	request.restFactor = restFactor
	path = filepath.Join(folder, fileName(request, record.GetDateTime("created")))
	file, err := os.Create(path)
	if err != nil {
		return "", 0, fmt.Errorf("create the report's file: %w", err)
	}
	rows, err = Write(ctx, app, request, file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return path, rows, err
}

func fileName(request Request, made types.DateTime) string {
	return fmt.Sprintf("%s_%s.%s", request.Kind, made.Time().Format(time.DateOnly), request.Format)
}

// finish stores the outcome and notifies the person who requested the report. A report that was deleted meanwhile is left alone.
func finish(app core.App, id, path string, rows int, failure error) error {
	return app.RunInTransaction(func(tx core.App) error {
		records, err := tx.FindRecordsByIds(collections.Reports, []string{id})
		if err != nil || len(records) == 0 {
			return err
		}
		record := records[0]
		notification := notify.Notification{Kind: collections.KindReportReady, Data: map[string]any{"report": id}}
		subject := titles[record.GetString("kind")]
		if failure != nil {
			app.Logger().Error("A report failed.", "report", id, "error", failure)
			record.Set("status", collections.ReportFailed)
			record.Set("error", fmt.Sprintf("%.1000s", failure.Error()))
			notification.Title = "Your report failed: " + subject
			notification.Body = "The report could not be generated. Its record states the reason."
		} else {
			file, err := filesystem.NewFileFromPath(path)
			if err != nil {
				return fmt.Errorf("attach the report's file: %w", err)
			}
			record.Set("status", collections.ReportDone)
			record.Set("file", file)
			record.Set("rows", rows)
			record.Set("error", "")
			notification.Title = "Your report is ready: " + subject
		}
		if err := tx.Save(record); err != nil {
			return fmt.Errorf("finish the report %s: %w", id, err)
		}
		requester := record.GetString("requestedBy")
		if requester == "" { // a superuser, who is no user and gets no notifications
			return nil
		}
		return notify.Write(tx, notification, requester)
	})
}

// Wait blocks until the report is done or failed, or ctx ends, and returns the record as it is then.
func Wait(ctx context.Context, app core.App, id string) (*core.Record, error) {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		record, err := app.FindRecordById(collections.Reports, id)
		if err != nil {
			return nil, fmt.Errorf("wait for the report: %w", err)
		}
		switch record.GetString("status") {
		case collections.ReportDone, collections.ReportFailed:
			return record, nil
		}
		select {
		case <-ctx.Done():
			return record, nil
		case <-tick.C:
		}
	}
}

// maxAttempts is how often an interrupted report is started: it may be what ends the process.
const maxAttempts = 3

// requeueInterrupted makes reports pending again that were running when the board died. Those that were interrupted too often fail.
func requeueInterrupted(_ context.Context, app core.App) error {
	records, err := app.FindAllRecords(collections.Reports, dbx.HashExp{"status": collections.ReportRunning})
	if err != nil {
		return fmt.Errorf("find reports that were running: %w", err)
	}
	for _, record := range records {
		if record.GetInt("attempts") >= maxAttempts {
			err = finish(app, record.Id, "", 0, fmt.Errorf("the board stopped %d times while generating it; a shorter period may help",
				maxAttempts))
		} else {
			record.Set("status", collections.ReportPending)
			err = app.Save(record)
		}
		if err != nil {
			return fmt.Errorf("requeue the report %s: %w", record.Id, err)
		}
	}
	return nil
}

// requeue makes a report pending again that a regular stop has interrupted, without counting the attempt. If that fails, the report stays
// running, and the next start counts it as interrupted.
func requeue(app core.App, id string) {
	if !leadership.Leading(app) {
		return // the next leader finds it running
	}
	record, err := app.FindRecordById(collections.Reports, id)
	if errors.Is(err, sql.ErrNoRows) {
		return // deleted meanwhile
	}
	if err == nil {
		record.Set("status", collections.ReportPending)
		record.Set("attempts", record.GetInt("attempts")-1)
		err = app.Save(record)
	}
	if err != nil {
		app.Logger().Error("An interrupted report could not be requeued.", "report", id, "error", err)
	}
}

// nextPending returns the id of the oldest pending report, or "".
func nextPending(app core.App) (string, error) {
	records, err := app.FindRecordsByFilter(collections.Reports, "status = {:status}", "created,id", 1, 0,
		dbx.Params{"status": collections.ReportPending})
	if err != nil {
		return "", fmt.Errorf("find the next report: %w", err)
	}
	if len(records) == 0 {
		return "", nil
	}
	return records[0].Id, nil
}
