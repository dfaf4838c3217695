package migrations

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base32"
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

//go:embed 1764000300_seed_fields_of_interest.json
var fieldsOfInterestSeed []byte

type fieldOfInterestSeed struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
	Kind string `json:"kind"`
}

// id is the same on every board, so that exports and front ends may rely on it: 15 letters and digits of the slug's hash.
func (s fieldOfInterestSeed) id() string {
	hash := sha256.Sum256([]byte("fields_of_interest/" + s.Slug))
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").EncodeToString(hash[:])[:15]
}

// A taxonomy to start with: industries under the names that job boards and LinkedIn use, roles and skills. What a board
// already has under the same slug stays as it is.
func init() {
	m.Register(func(app core.App) error {
		seeds, err := readFieldOfInterestSeeds()
		if err != nil {
			return err
		}
		now := types.NowDateTime()
		for _, seed := range seeds {
			_, err := app.DB().NewQuery(`INSERT INTO {{fields_of_interest}} ([[id]], [[name]], [[slug]], [[kind]], [[created]], [[updated]])
				VALUES ({:id}, {:name}, {:slug}, {:kind}, {:now}, {:now}) ON CONFLICT DO NOTHING`).
				Bind(dbx.Params{"id": seed.id(), "name": seed.Name, "slug": seed.Slug, "kind": seed.Kind, "now": now}).
				Execute()
			if err != nil {
				return fmt.Errorf("seed %s: %w", seed.Slug, err)
			}
		}
		return nil
	}, func(app core.App) error {
		seeds, err := readFieldOfInterestSeeds()
		if err != nil {
			return err
		}
		collection, err := app.FindCollectionByNameOrId("fields_of_interest")
		if err != nil {
			return err
		}
		references, err := app.FindCollectionReferences(collection)
		if err != nil {
			return err
		}
		// Seeds in use stay: taking them away would empty fields of jobs, employers and people.
		var unused []dbx.Expression
		for owner, fields := range references {
			for _, field := range fields {
				// A relation holds an id, or a JSON list of ids.
				unused = append(unused, dbx.NewExp(fmt.Sprintf(
					"NOT EXISTS (SELECT 1 FROM {{%s}} o WHERE o.[[%s]] = {{fields_of_interest}}.[[id]] OR o.[[%s]] LIKE '%%\"' || {{fields_of_interest}}.[[id]] || '\"%%')",
					owner.Name, field.GetName(), field.GetName())))
			}
		}
		for _, seed := range seeds {
			where := append([]dbx.Expression{dbx.HashExp{"id": seed.id(), "slug": seed.Slug}}, unused...)
			if _, err := app.DB().Delete("fields_of_interest", dbx.And(where...)).Execute(); err != nil {
				return fmt.Errorf("remove the seed %s: %w", seed.Slug, err)
			}
		}
		return nil
	})
}

func readFieldOfInterestSeeds() ([]fieldOfInterestSeed, error) {
	var seeds []fieldOfInterestSeed
	if err := json.Unmarshal(fieldsOfInterestSeed, &seeds); err != nil {
		return nil, fmt.Errorf("read the seed of fields_of_interest: %w", err)
	}
	return seeds, nil
}
