package database

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/pocketbase/dbx"
)

func connect(t *testing.T, path string) *dbx.DB {
	t.Helper()
	db, err := Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db dbx.Builder, query string) {
	t.Helper()
	if _, err := db.NewQuery(query).Execute(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Without the lock from the start, a transaction that reads first would fail at once if another process had written since.
func TestTransactionsThatReadFirstWaitForOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	server, command := connect(t, path), connect(t, path)
	execute(t, server, "CREATE TABLE counter (n INTEGER)")
	execute(t, server, "INSERT INTO counter VALUES (0)")
	add := func(db *dbx.DB) error {
		return db.Transactional(func(tx *dbx.Tx) error {
			var n int
			if err := tx.NewQuery("SELECT n FROM counter").Row(&n); err != nil {
				return err
			}
			_, err := tx.NewQuery("UPDATE counter SET n = {:n}").Bind(dbx.Params{"n": n + 1}).Execute()
			return err
		})
	}
	failed := make(chan error)
	const times = 100
	for _, db := range []*dbx.DB{server, command} {
		go func() {
			for range times {
				if err := add(db); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	for range 2 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	var n int
	if err := server.NewQuery("SELECT n FROM counter").Row(&n); err != nil || n != 2*times {
		t.Errorf("counted to %d, want %d (%v)", n, 2*times, err)
	}
}

func TestTransactionsThatOnlyReadTakeNoLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	reader, writer := connect(t, path), connect(t, path)
	execute(t, writer, "CREATE TABLE a (n INTEGER)")
	tx, err := reader.DB().BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM a").Scan(&n); err != nil {
		t.Fatal(err)
	}
	execute(t, writer, "INSERT INTO a VALUES (1)")
}
