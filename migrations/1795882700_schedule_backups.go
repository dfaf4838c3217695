package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A new board makes a backup each night and keeps seven. A board that people use already keeps what its operator has chosen.
func init() {
	m.Register(func(app core.App) error {
		users, err := app.CountRecords("users")
		if err != nil {
			return fmt.Errorf("count the users: %w", err)
		}
		settings := app.Settings()
		if users > 0 || settings.Backups.Cron != "" {
			return nil
		}
		settings.Backups.Cron = "0 3 * * *"
		settings.Backups.CronMaxKeep = 7
		return app.Save(settings)
	}, nil)
}
