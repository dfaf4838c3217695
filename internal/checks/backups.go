package checks

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/cron"

	"jobboard/internal/backup"
	"jobboard/internal/datafolder"
)

// backupGrace is how long a backup may take before it counts as missing.
const backupGrace = time.Hour

// backups checks that backups are scheduled, and that the last one that was due is there.
func backups(ctx context.Context, app core.App, now time.Time) Result {
	const check = "backups"
	settings := app.Settings().Backups
	if settings.Cron == "" {
		return bad(check, Warning, "Set JOBBOARD_BACKUP_SCHEDULE=@daily, or choose a schedule in the admin UI (docs/operate.md).",
			"No backups are scheduled.")
	}
	newest, err := backup.Newest(ctx, app)
	if err != nil {
		return unknown(check, err)
	}
	where := "in the data folder, so copy them to another machine"
	if settings.S3.Enabled {
		where = "in the bucket " + settings.S3.Bucket
	}
	due, err := lastDue(settings.Cron, now.Add(-backupGrace))
	if err != nil {
		return unknown(check, err)
	}
	switch began := boardBegan(app.DataDir()); {
	case !newest.IsZero() && !newest.Before(due):
		return fine(check, "The newest is of %s, %s.", newest.UTC().Format(time.RFC3339), where)
	case due.IsZero() || began.After(due):
		return fine(check, "They are scheduled (%s, UTC); the first is not due yet. They are kept %s.", settings.Cron, where)
	case newest.IsZero():
		return bad(check, Error, "See the log for why, and whether the board ran at that time.", "There is none, though one was due on %s.",
			due.Format(time.RFC3339))
	}
	return bad(check, Warning, "See the log for why, and whether the board ran at that time.",
		"The one of %s is missing; the newest is of %s.", due.Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
}

// lastDue returns the last minute, not after a moment and within a month before it, at which a schedule was due; else the zero time.
func lastDue(expression string, moment time.Time) (time.Time, error) {
	schedule, err := cron.NewSchedule(expression)
	if err != nil {
		return time.Time{}, err
	}
	at := moment.UTC().Truncate(time.Minute)
	for range 31 * 24 * 60 {
		if schedule.IsDue(cron.NewMoment(at)) {
			return at, nil
		}
		at = at.Add(-time.Minute)
	}
	return time.Time{}, nil
}

// boardBegan returns when the data folder became a board, or the zero time.
func boardBegan(dir string) time.Time {
	info, err := os.Stat(filepath.Join(dir, datafolder.Marker))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
