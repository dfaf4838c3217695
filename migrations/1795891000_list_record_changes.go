package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The changes of records that the leader of a cluster tells its followers (internal/changes). They are written by hooks and only in a
// cluster, since a board that runs alone needs none.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.NonconcurrentDB().NewQuery(`CREATE TABLE record_changes (
			seq INTEGER PRIMARY KEY,
			at INTEGER NOT NULL,
			collection TEXT NOT NULL,
			record TEXT NOT NULL,
			action TEXT NOT NULL,
			user TEXT NOT NULL,
			first INTEGER NOT NULL,
			data TEXT NOT NULL
		)`).Execute()
		if err != nil {
			return fmt.Errorf("create the table of record changes: %w", err)
		}
		return nil
	}, func(app core.App) error {
		_, err := app.NonconcurrentDB().NewQuery("DROP TABLE record_changes").Execute()
		return err
	})
}
