package migrations

import (
	_ "embed"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

//go:embed 1795881327_add_api_keys.json
var addAPIKeys []byte

// An API key of an employer is among its people, as the user key_ID. So far only the owner and the members were: a change of them
// rewrote all rows of the employer, and has to leave those of keys alone.
func init() {
	steps := []string{
		"DROP TRIGGER employer_people_on_update",
		`CREATE TRIGGER employer_people_on_update AFTER UPDATE OF id, owner, members ON employers
			WHEN NEW.id IS NOT OLD.id OR NEW.owner IS NOT OLD.owner OR NEW.members IS NOT OLD.members BEGIN
			DELETE FROM employer_people WHERE employer = OLD.id AND substr([[user]], 1, 4) != 'key_';
			INSERT INTO employer_people SELECT NEW.owner, NEW.id
				UNION SELECT m.value, NEW.id FROM json_each(iif(json_valid(NEW.members), NEW.members, '[]')) m;
		END`,
		`CREATE TRIGGER employer_people_on_key_insert AFTER INSERT ON api_keys WHEN NEW.employer != '' BEGIN
			INSERT INTO employer_people VALUES ('key_' || NEW.id, NEW.employer);
		END`,
		`CREATE TRIGGER employer_people_on_key_update AFTER UPDATE OF id, employer ON api_keys
			WHEN NEW.id IS NOT OLD.id OR NEW.employer IS NOT OLD.employer BEGIN
			DELETE FROM employer_people WHERE [[user]] = 'key_' || OLD.id;
			INSERT INTO employer_people SELECT 'key_' || NEW.id, NEW.employer WHERE NEW.employer != '';
		END`,
		`CREATE TRIGGER employer_people_on_key_delete AFTER DELETE ON api_keys BEGIN
			DELETE FROM employer_people WHERE [[user]] = 'key_' || OLD.id;
		END`,
	}
	m.Register(func(app core.App) error {
		if err := app.ImportCollectionsByMarshaledJSON(addAPIKeys, false); err != nil {
			return err
		}
		for _, step := range steps {
			if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
				return fmt.Errorf("%.60s...: %w", step, err)
			}
		}
		return nil
	}, nil)
}
