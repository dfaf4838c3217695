package testapp

import (
	"context"
	"log/slog"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"
)

// LoggedErrors returns what a board has logged as errors or warnings so far: the messages with their data.
func LoggedErrors(t testing.TB, app core.App) (messages []string) {
	t.Helper()
	batches, ok := app.Logger().Handler().(*logger.BatchHandler)
	if !ok {
		t.Fatalf("the log is a %T", app.Logger().Handler())
	}
	if err := batches.WriteAll(context.Background()); err != nil {
		t.Fatalf("write the log: %v", err)
	}
	err := app.AuxDB().NewQuery("SELECT message || ' ' || data FROM {{" + core.LogsTableName + "}} WHERE level >= {:level} ORDER BY rowid").
		Bind(dbx.Params{"level": int(slog.LevelWarn)}).Column(&messages)
	if err != nil {
		t.Fatalf("read the log: %v", err)
	}
	return messages
}

// RunCron runs one of a board's scheduled jobs now.
func RunCron(t testing.TB, app core.App, id string) {
	t.Helper()
	for _, job := range app.Cron().Jobs() {
		if job.Id() == id {
			job.Run()
			return
		}
	}
	t.Fatalf("there is no scheduled job %s", id)
}
