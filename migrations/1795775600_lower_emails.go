package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Addresses are stored in small letters from now on, so that one address makes one account. Where two accounts share one in
// two spellings, the one that can't have it in small letters keeps its own, by which it still logs in.
func init() {
	m.Register(func(app core.App) error {
		for _, table := range []string{"users", core.CollectionNameSuperusers} {
			if _, err := app.DB().NewQuery(
				"UPDATE OR IGNORE {{" + table + "}} SET [[email]] = lower([[email]]) WHERE [[email]] <> lower([[email]])").Execute(); err != nil {
				return fmt.Errorf("write the addresses of %s in small letters: %w", table, err)
			}
			var left int
			if err := app.DB().NewQuery(
				"SELECT count(*) FROM {{" + table + "}} WHERE [[email]] <> lower([[email]])").Row(&left); err != nil {
				return fmt.Errorf("count the shared addresses of %s: %w", table, err)
			}
			if left > 0 {
				app.Logger().Warn("Some accounts share an e-mail address in two spellings and keep both", "collection", table, "accounts", left)
			}
		}
		return nil
	}, nil)
}
