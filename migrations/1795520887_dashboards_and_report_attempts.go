package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795520887_dashboards_and_report_attempts.json
var dashboardsAndReportAttempts []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(dashboardsAndReportAttempts, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
