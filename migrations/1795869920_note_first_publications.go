package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Jobs of earlier versions were applied to on the board. When they were first published, and how often, is not known any more: their
// last publication counts as the only one.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.NonconcurrentDB().NewQuery(`UPDATE {{jobs}} SET [[applyMethod]] = 'board', [[firstPublishedAt]] = [[publishedAt]],
			[[postedAt]] = [[publishedAt]], [[publicationCount]] = ([[publishedAt]] != '')`).Execute()
		if err != nil {
			return fmt.Errorf("note the first publications of jobs: %w", err)
		}
		return nil
	}, nil)
}
