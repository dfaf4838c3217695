package database

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
)

func open(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := Connect(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.DB().SetMaxOpenConns(1) // so that every statement meets those kept before
	mustExec(t, db, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
	mustExec(t, db, "INSERT INTO t (a) VALUES ('one'), ('two'), ('three')")
	return db
}

func mustExec(t *testing.T, db *dbx.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.DB().Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func texts(t *testing.T, db *dbx.DB, query string, args ...any) []string {
	t.Helper()
	found, err := db.DB().Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	var all []string
	for found.Next() {
		var one sql.NullString
		columns, err := found.Columns()
		if err != nil {
			t.Fatal(err)
		}
		into := make([]any, len(columns))
		for i := range into {
			into[i] = &one // the last one stays
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, one.String)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// kept returns the statements that the only connection keeps.
func kept(t *testing.T, db *dbx.DB) []string {
	t.Helper()
	c, err := db.DB().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var all []string
	err = c.Raw(func(connection any) error {
		idle := connection.(*conn).idle
		for element := idle.recent.Front(); element != nil; element = element.Next() {
			all = append(all, element.Value.(*idleStatement).query)
		}
		if len(all) != len(idle.byText) {
			t.Errorf("%d statements by text, %d by use", len(idle.byText), len(all))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStatementsRunAgainWithOtherValues(t *testing.T) {
	db := open(t)
	for i, want := range []string{"one", "two", "three", "two"} {
		id := []int{1, 2, 3, 2}[i]
		if got := texts(t, db, "SELECT a FROM t WHERE id = ?", id); len(got) != 1 || got[0] != want {
			t.Errorf("%d: %v, want %s", id, got, want)
		}
	}
	if got := texts(t, db, "SELECT a FROM t WHERE id = ?", 9); len(got) != 0 {
		t.Errorf("9: %v", got)
	}
	for i := range 3 {
		result, err := db.DB().Exec("UPDATE t SET a = ? WHERE id <= ?", fmt.Sprint("new", i), i)
		if err != nil {
			t.Fatal(err)
		}
		if changed, err := result.RowsAffected(); err != nil || changed != int64(i) {
			t.Errorf("%d rows changed, want %d (%v)", changed, i, err)
		}
	}
	if got := texts(t, db, "SELECT a FROM t ORDER BY id"); fmt.Sprint(got) != "[new2 new2 three]" {
		t.Error(got)
	}
	if got := kept(t, db); len(got) != 4 { // the three above and the first INSERT
		t.Errorf("kept %q", got)
	}
}

func TestStatementInUseIsNotShared(t *testing.T) {
	db := open(t)
	err := db.Transactional(func(tx *dbx.Tx) error {
		outer, err := tx.NewQuery("SELECT a FROM t ORDER BY id").Rows()
		if err != nil {
			return err
		}
		defer outer.Close()
		var seen []string
		for outer.Next() {
			var one string
			if err := outer.Scan(&one); err != nil {
				return err
			}
			var inner []string // with the same text, while the outer one is between two rows
			if err := tx.NewQuery("SELECT a FROM t ORDER BY id").Column(&inner); err != nil {
				return err
			}
			seen = append(seen, fmt.Sprint(one, inner))
		}
		if want := "[one[one two three] two[one two three] three[one two three]]"; fmt.Sprint(seen) != want {
			t.Errorf("%v, want %v", seen, want)
		}
		return outer.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := kept(t, db); len(got) != 2 {
		t.Errorf("kept %q", got)
	}
}

func TestStatementsSeeChangesOfTheSchema(t *testing.T) {
	db := open(t)
	const all, insert = "SELECT * FROM t WHERE id = 1", "INSERT INTO t (a) VALUES (?)"
	if got := texts(t, db, all); len(got) != 1 || got[0] != "one" {
		t.Fatal(got)
	}
	mustExec(t, db, insert, "four")
	mustExec(t, db, "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'added'")
	if got := texts(t, db, all); len(got) != 1 || got[0] != "added" {
		t.Errorf("after a column was added: %v", got)
	}
	other, err := Connect(dataFile(t, db)) // another connection changes it
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	mustExec(t, other, "ALTER TABLE t DROP COLUMN b")
	if got := texts(t, db, all); len(got) != 1 || got[0] != "one" {
		t.Errorf("after another connection dropped a column: %v", got)
	}
	mustExec(t, db, "DROP TABLE t") // which open statements would lock
	if _, err := db.DB().Exec(insert, "five"); err == nil {
		t.Error("a row was inserted into a table that is gone")
	}
	mustExec(t, db, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
	mustExec(t, db, insert, "six")
	if got := texts(t, db, all); len(got) != 1 || got[0] != "six" {
		t.Errorf("in the new table: %v", got)
	}
}

func dataFile(t *testing.T, db *dbx.DB) string {
	t.Helper()
	var file string
	if err := db.NewQuery("SELECT file FROM pragma_database_list WHERE name = 'main'").Row(&file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFailedStatementsAreNotKept(t *testing.T) {
	db := open(t)
	before := len(kept(t, db))
	const insert = "INSERT INTO t (id, a) VALUES (?, ?)"
	if _, err := db.DB().Exec(insert, 1, "again"); err == nil {
		t.Fatal("the same id twice")
	}
	if got := kept(t, db); len(got) != before {
		t.Errorf("kept %q", got)
	}
	mustExec(t, db, insert, 8, "eight")
	ctx, cancel := context.WithCancel(context.Background())
	endless, err := db.DB().QueryContext(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
	if err != nil {
		t.Fatal(err)
	}
	endless.Next()
	cancel()
	for endless.Next() { // until the cancellation arrives
	}
	if endless.Err() == nil {
		t.Error("a query without an end ended without an error")
	}
	if err := endless.Close(); err != nil {
		t.Error(err)
	}
	if got := texts(t, db, "SELECT a FROM t WHERE id = ?", 8); len(got) != 1 || got[0] != "eight" {
		t.Errorf("after a cancelled query: %v", got)
	}
}

func TestKeptStatementsAreBounded(t *testing.T) {
	db := open(t)
	for i := range maxIdleStatements + 10 {
		texts(t, db, fmt.Sprintf("SELECT a FROM t WHERE id = %d", i))
	}
	got := kept(t, db)
	if len(got) != maxIdleStatements || got[0] != fmt.Sprintf("SELECT a FROM t WHERE id = %d", maxIdleStatements+9) {
		t.Errorf("kept %d, the latest is %q", len(got), got[0])
	}
	long := "SELECT a FROM t WHERE id = 1 -- " + fmt.Sprintf("%*d", maxStatementBytes, 1)
	if rows := texts(t, db, long); len(rows) != 1 {
		t.Error(rows)
	}
	if got := kept(t, db); got[0] == long {
		t.Error("a statement of any length was kept")
	}
}

func TestReusable(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT 1": true, " \n(select 1)": true, "INSERT INTO t VALUES (1)": true, "with x as (select 1) select 1": true, "SELECT\n1": true,
		"PRAGMA optimize": false, "BEGIN": false, "VACUUM": false, "ANALYZE": false, "CREATE TABLE t (a)": false, "": false,
	} {
		if got := reusable(query); got != want {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
}

// Run with the race detector: connections are used by many goroutines, one after the other.
func TestStatementsOfManyConnections(t *testing.T) {
	db := open(t)
	db.DB().SetMaxOpenConns(4)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 50 {
				id := 1 + (worker+i)%3
				var got string
				if err := db.NewQuery("SELECT a FROM t WHERE id = {:id}").Bind(dbx.Params{"id": id}).Row(&got); err != nil ||
					got != []string{"one", "two", "three"}[id-1] {
					t.Errorf("%d: %q, %v", id, got, err)
				}
				if i%10 == 0 {
					if _, err := db.DB().Exec("UPDATE t SET a = a WHERE id = ?", id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}
