// Package testapp gives tests a board, migrated once (per package, or per run of make) and then cloned, in this process or as the real
// binary.
package testapp

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"golang.org/x/crypto/bcrypt"

	"jobboard/collections"
	"jobboard/internal/database"
	_ "jobboard/migrations" // registers them
)

// migrated returns the files of an empty, migrated board that nothing has open, to be cloned. Without a folder to share they are kept in
// memory, since nothing would delete a folder after the last test.
var migrated = sync.OnceValues(func() (fs.FS, error) {
	if shared := os.Getenv("JOBBOARD_TEST_TEMPLATES"); shared != "" {
		dir, err := sharedTemplate(shared)
		return os.DirFS(dir), err
	}
	dir, err := os.MkdirTemp("", "jobboard-test-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := migrate(dir); err != nil {
		return nil, err
	}
	return readAll(os.DirFS(dir))
})

// readAll returns a copy of files in memory.
func readAll(files fs.FS) (fs.FS, error) {
	all := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		all[path] = &fstest.MapFile{Data: content, Mode: 0o600}
		return err
	})
	return all, err
}

// sharedTemplate returns the template in a folder that all packages of one run of the tests share, since migrating takes seconds under
// the race detector. Processes that start together may each make one; the first to be ready is used.
func sharedTemplate(folder string) (string, error) {
	template := filepath.Join(folder, "board")
	if _, err := os.Stat(template); err == nil {
		return template, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(folder, "making-*")
	if err != nil {
		return "", err
	}
	if err := migrate(dir); err != nil {
		return "", err
	}
	if err := os.Rename(dir, template); err == nil {
		return template, nil
	}
	if _, err := os.Stat(template); err != nil {
		return "", err
	}
	return template, os.RemoveAll(dir)
}

// migrate makes an empty board in a folder.
func migrate(dir string) error {
	app := core.NewBaseApp(config(dir))
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := cheapenPasswords(app); err != nil {
		return err
	}
	return app.ResetBootstrapState()
}

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
	app, err := tests.NewTestAppWithConfig(config(Folder(t)))
	if err != nil {
		t.Fatalf("clone the test board: %v", err)
	}
	t.Cleanup(app.Cleanup)
	if err := logStatements(app); err != nil {
		t.Fatalf("watch the test board's database: %v", err)
	}
	// All requests of a test come from one address; the tests of the limits turn the limits on again.
	app.Settings().RateLimits.Enabled = false
	// PocketBase's test app binds counters to these events, to which a real board binds only what decides about shown fields; the
	// number of handlers decides how public rows are read.
	app.OnRecordEnrich().UnbindAll()
	app.OnRecordViewRequest().UnbindAll()
	for _, b := range bind {
		b(app)
	}
	return app
}
