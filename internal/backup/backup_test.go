package backup_test

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/backup"
	"jobboard/internal/database"
	"jobboard/internal/testapp"
)

// unpack creates a backup and returns a folder with its contents.
func unpack(t *testing.T, board *testapp.Board) string {
	t.Helper()
	if err := board.CreateBackup(context.Background(), "made.zip"); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(filepath.Join(board.DataDir(), core.LocalBackupsDirName, "made.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	dir := t.TempDir()
	if err := os.CopyFS(dir, archive); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(board.DataDir(), ".backup*")); err != nil || len(left) > 0 {
		t.Errorf("the backup has left %v (%v)", left, err)
	}
	return dir
}

func put(t *testing.T, data, name, content string) {
	t.Helper()
	path := filepath.Join(data, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBackupHoldsTheBoardAndNothingElse(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, backup.Bind)
	ada := board.Seeker("ada")
	board.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, "cache")
		return e.Next()
	})
	put(t, board.DataDir(), "storage/col/rec/cv.pdf", "a CV")
	put(t, board.DataDir(), "synonyms.txt", "nurse, carer")
	for _, no := range []string{"backups/old.zip", ".pb_temp_to_delete/x", "cache/y", ".backup/left"} {
		put(t, board.DataDir(), no, "not in a backup")
	}
	dir := unpack(t, board)
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	if want := []string{"auxiliary.db", "data.db", "storage/col/rec/cv.pdf", "synonyms.txt"}; !slices.Equal(names, want) {
		t.Errorf("the backup holds %v, want %v", names, want)
	}
	if cv, err := os.ReadFile(filepath.Join(dir, "storage/col/rec/cv.pdf")); err != nil || string(cv) != "a CV" {
		t.Errorf("the file is %q (%v)", cv, err)
	}
	restored := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, EncryptionEnv: "pb_test_env", DBConnect: database.Connect})
	if err := restored.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	defer restored.ResetBootstrapState()
	if _, err := restored.FindRecordById(collections.Users, ada.Id); err != nil {
		t.Errorf("the backup lacks a user: %v", err)
	}
	for _, ask := range []string{"PRAGMA integrity_check", "PRAGMA journal_mode"} {
		var answer string
		if err := restored.DB().NewQuery(ask).Row(&answer); err != nil || answer != "ok" && answer != "wal" {
			t.Errorf("%s: %s (%v)", ask, answer, err)
		}
	}
}

// Writers need not wait for a backup, nor a backup for them.
func TestBackupNeedsNoWriteLock(t *testing.T) {
	board := testapp.NewBoard(t, backup.Bind)
	for _, name := range []string{"data.db", "auxiliary.db"} {
		other, err := database.Connect(filepath.Join(board.DataDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		other.DB().SetMaxOpenConns(1)
		if _, err := other.NewQuery("BEGIN IMMEDIATE").Execute(); err != nil {
			t.Fatal(err)
		}
	}
	unpack(t, board)
}

func TestBackupEndsWithItsContext(t *testing.T) {
	board := testapp.NewBoard(t, backup.Bind)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := board.CreateBackup(ctx, "made.zip"); err == nil {
		t.Error("a backup was created although its context is cancelled")
	}
	if left, err := filepath.Glob(filepath.Join(board.DataDir(), "backups", "*")); err != nil || len(left) > 0 {
		t.Errorf("it has left %v (%v)", left, err)
	}
}

// A copy shows the database at one moment, even while others write.
func TestCopyIsOneMoment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	db, err := database.Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, query := range []string{
		"CREATE TABLE a (n INTEGER, filler TEXT)",
		"CREATE TABLE b (n INTEGER)",
		"INSERT INTO a WITH RECURSIVE i (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i LIMIT 8000) " +
			"SELECT n, hex(randomblob(1000)) FROM i",
		"INSERT INTO b SELECT n FROM a",
	} {
		if _, err := db.NewQuery(query).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	stop, written := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				written <- nil
				return
			default:
			}
			tx, err := db.Begin()
			if err != nil {
				written <- err
				return
			}
			_, err = tx.NewQuery("INSERT INTO a (n) VALUES (1)").Execute()
			if err == nil {
				_, err = tx.NewQuery("INSERT INTO b VALUES (1)").Execute()
			}
			if err != nil || tx.Commit() != nil {
				written <- err
				return
			}
		}
	}()
	to := filepath.Join(t.TempDir(), "copy.db")
	err = database.Copy(context.Background(), path, to)
	close(stop)
	if err := <-written; err != nil {
		t.Errorf("write beside the copy: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	copied, err := database.Connect(to)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var a, b int
	var check string
	err = copied.NewQuery("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)").Row(&a, &b)
	if err == nil {
		err = copied.NewQuery("PRAGMA integrity_check").Row(&check)
	}
	if err != nil || a != b || a < 8000 || check != "ok" {
		t.Errorf("the copy has %d and %d rows, %s (%v)", a, b, check, err)
	}
}
