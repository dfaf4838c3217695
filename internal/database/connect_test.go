package database

import (
	"path/filepath"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Connections must differ from PocketBase's only in the cache, also after an upgrade of PocketBase.
func TestConnectIsPocketBasesButForTheCache(t *testing.T) {
	ask := func(connect core.DBConnectFunc, pragma string) string {
		db, err := connect(filepath.Join(t.TempDir(), "data.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}()
		return pragmaOf(t, db, pragma)
	}
	for _, pragma := range []string{"busy_timeout", "journal_mode", "journal_size_limit", "synchronous", "foreign_keys", "temp_store",
		"mmap_size", "page_size", "wal_autocheckpoint", "locking_mode", "auto_vacuum", "secure_delete"} {
		if ours, theirs := ask(Connect, pragma), ask(core.DefaultDBConnect, pragma); ours != theirs {
			t.Errorf("%s is %s, PocketBase's %s", pragma, ours, theirs)
		}
	}
	if ours, theirs := ask(Connect, "cache_size"), ask(core.DefaultDBConnect, "cache_size"); ours != "-4000" || theirs != "-32000" {
		t.Errorf("the cache is %s, PocketBase's %s: see the measurements in decision 19", ours, theirs)
	}
}

func pragmaOf(t *testing.T, db *dbx.DB, pragma string) string {
	t.Helper()
	var value string
	if err := db.NewQuery("PRAGMA " + pragma).Row(&value); err != nil {
		t.Fatalf("%s: %v", pragma, err)
	}
	return value
}
