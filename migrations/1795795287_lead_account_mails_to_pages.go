package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795795287_lead_account_mails_to_pages.json
var leadAccountMailsToPages []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(leadAccountMailsToPages, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
