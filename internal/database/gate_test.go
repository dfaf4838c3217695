package database

import (
	"database/sql/driver"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/pocketbase/dbx"
)

func openGate(t *testing.T, gate *Gate) *dbx.DB {
	t.Helper()
	db, err := gate.Connect(filepath.Join(t.TempDir(), guarded))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestAGateClosesAndOpens(t *testing.T) {
	gate := new(Gate)
	db := openGate(t, gate)
	db.DB().SetMaxOpenConns(1) // so that a connection from before would be used again
	mustExec(t, db, "CREATE TABLE t (a TEXT)")
	if got := pragmaOf(t, db, "wal_autocheckpoint"); got != "1000" || !gate.IsOpen() {
		t.Errorf("without a cluster, checkpoints come after %s pages, want SQLite's 1000", got)
	}

	for range 2 {
		gate.Close()
		gate.Close() // twice is once
		if _, err := db.DB().Exec("INSERT INTO t VALUES ('lost')"); err == nil || !strings.Contains(err.Error(), "readonly") {
			t.Errorf("writing behind a closed gate: %v", err)
		}
		if got := texts(t, db, "SELECT a FROM t WHERE a = 'lost'"); len(got) != 0 || gate.IsOpen() {
			t.Errorf("read %v behind a closed gate", got)
		}
		gate.Open()
		mustExec(t, db, "INSERT INTO t VALUES ('kept')")
		if got := pragmaOf(t, db, "wal_autocheckpoint"); got != "0" {
			t.Errorf("the leader's connections make checkpoints after %s pages", got)
		}
	}
	if got := texts(t, db, "SELECT count(*) FROM t"); got[0] != "2" {
		t.Errorf("%v rows, want 2", got)
	}
}

func TestATransactionEndsWithTheRole(t *testing.T) {
	gate := new(Gate)
	db := openGate(t, gate)
	gate.Open()
	mustExec(t, db, "CREATE TABLE t (a TEXT)")
	tx, err := db.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO t VALUES ('lost')"); err != nil {
		t.Fatal(err)
	}
	gate.Close()
	if err := tx.Commit(); !errors.Is(err, ErrClosed) {
		t.Errorf("committing after the role has changed: %v", err)
	}
	gate.Open()
	if got := texts(t, db, "SELECT a FROM t"); len(got) != 0 {
		t.Errorf("%v was committed", got)
	}
	mustExec(t, db, "INSERT INTO t VALUES ('kept')") // nothing is locked
}

func TestAStatementThatWaitedForTheLockEndsWithTheRole(t *testing.T) {
	gate := new(Gate)
	db := openGate(t, gate)
	gate.Open()
	mustExec(t, db, "CREATE TABLE t (a TEXT)")
	holder, err := db.DB().Begin() // as the node that steps down holds it
	if err != nil {
		t.Fatal(err)
	}
	began, failed := Writes(), make(chan error, 2)
	go func() {
		_, err := db.DB().Exec("INSERT INTO t VALUES ('lost')")
		failed <- err
	}()
	go func() {
		var a string
		failed <- db.DB().QueryRow("INSERT INTO t VALUES ('lost') RETURNING a").Scan(&a)
	}()
	for Writes() < began+2 {
		time.Sleep(time.Millisecond)
	}
	gate.Close()
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-failed; !IsReadOnly(err) {
			t.Errorf("writing after the role has changed: %v", err)
		}
	}
	if got := texts(t, db, "SELECT a FROM t"); len(got) != 0 {
		t.Errorf("%v was committed", got)
	}
}

func TestAClosedConnectionIsForgotten(t *testing.T) {
	gate := new(Gate)
	gate.Open()
	db := openGate(t, gate)
	var held weak.Pointer[conn]
	func() {
		c, err := db.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = c.Raw(func(raw any) error {
			held = weak.Make(raw.(*conn))
			return driver.ErrBadConn // so that it is closed
		})
		if !errors.Is(err, driver.ErrBadConn) {
			t.Fatal(err)
		}
	}()
	for range 10 {
		runtime.GC()
	}
	if held.Value() != nil {
		t.Error("a closed connection is kept in memory")
	}
}

func TestTheLogFileIsNotBehindTheGate(t *testing.T) {
	gate := new(Gate)
	gate.Close()
	db, err := gate.Connect(filepath.Join(t.TempDir(), "auxiliary.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mustExec(t, db, "CREATE TABLE t (a TEXT)")
}

func TestTransactionsReadBehindAClosedGate(t *testing.T) {
	gate := new(Gate)
	db := openGate(t, gate)
	mustExec(t, db, "CREATE TABLE t (a TEXT)")
	gate.Close()
	err := db.Transactional(func(tx *dbx.Tx) error {
		var rows int
		if err := tx.NewQuery("SELECT count(*) FROM t").Row(&rows); err != nil {
			return err
		}
		if _, err := tx.NewQuery("INSERT INTO t VALUES ('lost')").Execute(); err == nil {
			t.Error("a follower's transaction may write")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
