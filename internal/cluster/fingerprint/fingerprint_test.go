package fingerprint_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"jobboard/internal/cluster/fingerprint"
)

// open opens a database and closes it when the test ends.
func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, queries ...string) {
	t.Helper()
	for _, query := range queries {
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// twins returns a database with tables, an index and free pages, and a copy of it.
func twins(t *testing.T) (first, second *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "first.db")
	first = open(t, path)
	execute(t, first, "PRAGMA synchronous = OFF", "CREATE TABLE a (n INTEGER PRIMARY KEY, text TEXT)", "CREATE INDEX by_text ON a (text)",
		"CREATE TABLE b (n INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)",
		"INSERT INTO a WITH RECURSIVE i (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i LIMIT 3000) "+
			"SELECT n, hex(randomblob(100)) FROM i",
		"INSERT INTO b SELECT n, text FROM a", "DELETE FROM b WHERE n > 10", "PRAGMA wal_checkpoint(TRUNCATE)")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "second.db")
	if err := os.WriteFile(other, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return first, open(t, other)
}

func of(t *testing.T, db *sql.DB) []fingerprint.Tree {
	t.Helper()
	trees, err := fingerprint.Of(t.Context(), db, fingerprint.Unpaced)
	if err != nil {
		t.Fatal(err)
	}
	return trees
}

func TestCopiesAreTheSameWhateverTheirJournal(t *testing.T) {
	first, second := twins(t)
	execute(t, second, "PRAGMA journal_mode(WAL)") // changes the first page
	trees := of(t, first)
	names := make([]string, 0, len(trees))
	for _, tree := range trees {
		names = append(names, tree.Name)
		if tree.Pages < 1 || len(tree.Hash) != 32 {
			t.Errorf("the hash of %+v", tree)
		}
	}
	if want := []string{"a", "b", "by_text", "sqlite_schema", "sqlite_sequence"}; !slices.Equal(names, want) {
		t.Errorf("hashed were %v, want %v", names, want)
	}
	if differences := fingerprint.Compare(trees, of(t, second)); len(differences) > 0 {
		t.Errorf("they differ in %v", fingerprint.Names(differences))
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	for name, change := range map[string]struct {
		query string
		want  []string
	}{
		"a row":               {"UPDATE b SET text = 'other' WHERE n = 3", []string{"b"}},
		"a row and its index": {"UPDATE a SET text = 'other' WHERE n = 3", []string{"a", "by_text"}},
		"the next number":     {"UPDATE sqlite_sequence SET seq = seq + 1", []string{"sqlite_sequence"}},
		"a new table":         {"CREATE TABLE c (n INTEGER)", []string{"c", "sqlite_schema"}},
	} {
		first, second := twins(t)
		execute(t, second, change.query)
		if got := fingerprint.Names(fingerprint.Compare(of(t, first), of(t, second))); !slices.Equal(got, change.want) {
			t.Errorf("%s: they differ in %v, want %v", name, got, change.want)
		}
		if got := fingerprint.Names(fingerprint.Compare(of(t, second), of(t, first))); !slices.Equal(got, change.want) {
			t.Errorf("%s: the other way round they differ in %v, want %v", name, got, change.want)
		}
	}
}

func TestQuickCheckFindsADamagedPage(t *testing.T) {
	first, second := twins(t)
	if complaints, err := fingerprint.QuickCheck(t.Context(), first); err != nil || len(complaints) > 0 {
		t.Fatalf("a sound database: %v, %v", complaints, err)
	}
	var page int64
	if err := second.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = 'a'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ExecContext(t.Context(), "UPDATE sqlite_dbpage SET data = randomblob(4096) WHERE pgno = ?", page); err != nil {
		t.Fatal(err)
	}
	execute(t, second, "PRAGMA shrink_memory")
	if complaints, err := fingerprint.QuickCheck(t.Context(), second); err == nil && len(complaints) == 0 {
		t.Error("nothing is said of a damaged page")
	}
}

func TestAFingerprintEndsWithItsContext(t *testing.T) {
	first, _ := twins(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fingerprint.Of(ctx, first, 0.5); err == nil {
		t.Error("it goes on although its context has ended")
	}
}
