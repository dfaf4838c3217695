package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795775514_let_members_leave.json
var letMembersLeave []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(letMembersLeave, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
