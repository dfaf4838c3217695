// Package testapp gives tests a board, migrated once per package and then cloned, in this process or as the real binary.
package testapp

import (
	"os"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"golang.org/x/crypto/bcrypt"

	"jobboard/collections"
	"jobboard/internal/database"
	_ "jobboard/migrations"
)

var migrated = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "jobboard-test-*")
	if err != nil {
		return "", err
	}
	app := core.NewBaseApp(config(dir))
	if err := app.Bootstrap(); err != nil {
		return "", err
	}
	if err := app.RunAllMigrations(); err != nil {
		return "", err
	}
	if err := cheapenPasswords(app); err != nil {
		return "", err
	}
	return dir, app.ResetBootstrapState()
})

// config returns the configuration of the real board, as far as it matters to tests.
func config(dir string) core.BaseAppConfig {
	return core.BaseAppConfig{DataDir: dir, EncryptionEnv: "pb_test_env", DBConnect: database.Connect}
}

// cheapenPasswords lowers the cost of hashing, which would be most of a test's time, above all under the race detector.
func cheapenPasswords(app core.App) error {
	for _, name := range []string{collections.Users, core.CollectionNameSuperusers} {
		collection, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		collection.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField).Cost = bcrypt.MinCost
		if err := app.Save(collection); err != nil {
			return err
		}
	}
	return nil
}

// With binds options to the Bind function of a package that takes some, so that New and NewBoard can be given it.
func With[Options any](bind func(core.App, Options), options Options) func(core.App) {
	return func(app core.App) { bind(app, options) }
}

// Slow skips a test under go test -short; why says what takes its time.
func Slow(t testing.TB, why string) {
	t.Helper()
	if testing.Short() {
		t.Skip("slow: " + why)
	}
}

// New returns a fresh board with empty collections, bound by bind, that is deleted when the test ends.
func New(t testing.TB, bind ...func(core.App)) *tests.TestApp {
	t.Helper()
	dir, err := migrated()
	if err != nil {
		t.Fatalf("migrate the test board: %v", err)
	}
	app, err := tests.NewTestAppWithConfig(config(dir))
	if err != nil {
		t.Fatalf("clone the test board: %v", err)
	}
	t.Cleanup(app.Cleanup)
	if err := logStatements(app); err != nil {
		t.Fatalf("watch the test board's database: %v", err)
	}
	// All requests of a test come from one address; the tests of the limits turn the limits on again.
	app.Settings().RateLimits.Enabled = false
	// PocketBase's test app binds a counter to this event, to which a real board binds only what decides about shown fields; the
	// number of these handlers decides how public rows are read.
	app.OnRecordEnrich().UnbindAll()
	for _, b := range bind {
		b(app)
	}
	return app
}
