package database

import "testing"

func TestWritesAreCounted(t *testing.T) {
	db := open(t)
	counts := func(what string, want bool, do func() error) {
		t.Helper()
		before := Writes()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := Writes() != before; got != want {
			t.Errorf("%s counts as a write: %t, want %t", what, got, want)
		}
	}
	row := func(query string) func() error {
		return func() error {
			var id int
			return db.DB().QueryRow(query).Scan(&id)
		}
	}
	exec := func(query string) func() error {
		return func() error { _, err := db.DB().Exec(query); return err }
	}
	counts("a query", false, row("\n\tSELECT id FROM t"))
	counts("a query with WITH", false, row("WITH one AS (SELECT id FROM t) SELECT id FROM one"))
	counts("an insert", true, exec("INSERT INTO t (a) VALUES ('four')"))
	counts("an insert that returns", true, row("\n\tINSERT INTO t (a) VALUES ('five') RETURNING id"))
	counts("a delete that returns", true, row("DELETE FROM t WHERE a = 'five' RETURNING id"))
}
