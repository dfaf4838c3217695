package changes

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/leadership"
)

const (
	// keepFor is how long changes are kept. A follower that was away for longer reads everything anew, and so do its clients.
	keepFor      = 10 * time.Minute
	trimInterval = time.Minute
	trimAtOnce   = 1_000
)

func (s *state) bindTrimming() {
	background.Bind(s.app, background.NewLoop("delete old record changes", background.Options{Interval: trimInterval, Rest: 10},
		func(_ context.Context, app core.App) (more bool, err error) { return trim(app, time.Now()) }))
}

// trim deletes some old changes, and reports whether there may be more. The last one stays, so that numbers never come again: without it
// SQLite would begin at 1. AUTOINCREMENT would prevent that too, but change another page in every transaction. What it holds of a
// deleted record goes all the same: on a quiet board it would stay for ever.
func trim(app core.App, now time.Time) (more bool, err error) {
	if !leadership.Clustered(app) {
		return false, nil
	}
	var upTo int64
	err = app.ConcurrentDB().NewQuery(`SELECT coalesce(max(seq), 0) FROM (
		SELECT seq, [[at]] FROM {{record_changes}} WHERE seq < (SELECT max(seq) FROM {{record_changes}}) ORDER BY seq LIMIT {:most}
	) WHERE [[at]] < {:before}`).
		Bind(dbx.Params{"most": trimAtOnce, "before": now.Add(-keepFor).UnixMilli()}).Row(&upTo)
	if err != nil {
		return false, fmt.Errorf("find old changes: %w", err)
	}
	if upTo == 0 {
		return false, forgetDeleted(app, now)
	}
	result, err := app.NonconcurrentDB().NewQuery("DELETE FROM {{record_changes}} WHERE seq <= {:upTo}").
		Bind(dbx.Params{"upTo": upTo}).Execute()
	if err != nil {
		return false, fmt.Errorf("delete old changes: %w", err)
	}
	deleted, err := result.RowsAffected()
	return deleted >= trimAtOnce, err
}

// forgetDeleted empties the last change if it is old.
func forgetDeleted(app core.App, now time.Time) error {
	old := "seq = (SELECT max(seq) FROM {{record_changes}}) AND [[at]] < {:before} AND data <> ''"
	params := dbx.Params{"before": now.Add(-keepFor).UnixMilli()}
	var found int
	err := app.ConcurrentDB().NewQuery("SELECT count(*) FROM {{record_changes}} WHERE " + old).Bind(params).Row(&found)
	if err != nil || found == 0 { // nothing to write, as nearly always
		return err
	}
	if _, err := app.NonconcurrentDB().NewQuery("UPDATE {{record_changes}} SET data = '' WHERE " + old).Bind(params).Execute(); err != nil {
		return fmt.Errorf("forget a deleted record: %w", err)
	}
	return nil
}
