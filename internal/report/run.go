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
	"jobboard/internal/notify"
)

// Run makes the report of a record now: running, then done with its file or failed with the reason, and tells who asked in
// the same transaction. A report that does not wait (any more) is left alone. When ctx ends meanwhile the record stays
// waiting, for the next start to take; the error is then ctx's.
func Run(ctx context.Context, app core.App, id string) error {
	record, err := take(app, id)
	if record == nil || err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "jobboard-report-*") // while serving in the data folder, see internal/tempdir
	if err != nil {
		return fmt.Errorf("make the report's work folder: %w", err)
	}
	defer os.RemoveAll(folder)
	path, rows, err := makeFile(ctx, app, record, folder)
	if ctx.Err() != nil {
		putBack(app, record.Id)
		return ctx.Err()
	}
	return finish(app, record.Id, path, rows, err)
}

// take marks a waiting report as running and answers it, or nil if it does not wait.
func take(app core.App, id string) (*core.Record, error) {
	var taken *core.Record
	err := app.RunInTransaction(func(tx core.App) error {
		record, err := waiting(tx, id)
		if record == nil || err != nil {
			return err
		}
		record.Set("status", collections.ReportRunning)
		record.Set("attempts", record.GetInt("attempts")+1)
		taken = record
		return tx.Save(record)
	})
	if err != nil {
		return nil, fmt.Errorf("take the report %s: %w", id, err)
	}
	return taken, nil
}

func waiting(app core.App, id string) (*core.Record, error) {
	records, err := app.FindRecordsByIds(collections.Reports, []string{id})
	if err != nil || len(records) == 0 || records[0].GetString("status") != collections.ReportPending {
		return nil, err
	}
	return records[0], nil
}

// makeFile writes the report into folder. A panic becomes an error: one bad report must not take the board down.
func makeFile(ctx context.Context, app core.App, record *core.Record, folder string) (path string, rows int, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			app.Logger().Error("a report panicked", "report", record.Id, "fault", fault)
			err = errors.New("an internal fault; the log tells more")
		}
	}()
	request, err := requestOf(app, record)
	if err != nil {
		return "", 0, err
	}
	request.restFactor = backgroundRest
	path = filepath.Join(folder, fileName(request, record.GetDateTime("created")))
	file, err := os.Create(path)
	if err != nil {
		return "", 0, fmt.Errorf("make the report's file: %w", err)
	}
	rows, err = Write(ctx, app, request, file)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return path, rows, err
}

func fileName(request Request, made types.DateTime) string {
	return fmt.Sprintf("%s_%s.%s", request.Kind, made.Time().Format(time.DateOnly), request.Format)
}

// finish stores how it went. The report may have been deleted meanwhile: then there is nobody to tell.
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
			app.Logger().Error("a report failed", "report", id, "error", failure)
			record.Set("status", collections.ReportFailed)
			record.Set("error", fmt.Sprintf("%.1000s", failure.Error()))
			notification.Title = "Your report failed: " + subject
			notification.Body = "The report could not be made. Its record tells the reason."
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
		asked := record.GetString("requestedBy")
		if asked == "" { // a superuser asked, who is no user and gets no notifications
			return nil
		}
		return notify.Write(tx, notification, asked)
	})
}

// Wait blocks until the report is done or failed, or ctx ends, and answers the record as it is then.
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

// maxAttempts is how often a report is begun that is cut off each time: it may be what ends the process.
const maxAttempts = 3

// takeAgain puts reports back in line that were running when the board died, and gives up those that were so too often.
func takeAgain(app core.App) error {
	records, err := app.FindAllRecords(collections.Reports, dbx.HashExp{"status": collections.ReportRunning})
	if err != nil {
		return fmt.Errorf("find reports that were running: %w", err)
	}
	for _, record := range records {
		if record.GetInt("attempts") >= maxAttempts {
			err = finish(app, record.Id, "", 0, fmt.Errorf("the board stopped %d times while making it; a shorter period may help", maxAttempts))
		} else {
			record.Set("status", collections.ReportPending)
			err = app.Save(record)
		}
		if err != nil {
			return fmt.Errorf("put the report %s back in line: %w", record.Id, err)
		}
	}
	return nil
}

// putBack lets a report wait again that the board's orderly end has broken off: that was no fault of the report. If it
// can't, the report stays running, and the next start counts it as cut off.
func putBack(app core.App, id string) {
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
		app.Logger().Error("a report that was broken off could not be put back in line", "report", id, "error", err)
	}
}

// nextPending is the id of the oldest waiting report, or "".
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
