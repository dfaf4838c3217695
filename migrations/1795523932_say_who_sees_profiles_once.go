package migrations

import (
	_ "embed"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795523932_say_who_sees_profiles_once.json
var sayWhoSeesProfilesOnce []byte

func init() {
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(sayWhoSeesProfilesOnce, false); err != nil {
			return err
		}

		return nil
	}, nil)
}
