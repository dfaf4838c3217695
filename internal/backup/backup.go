// Package backup creates the board's backups, in place of PocketBase, which reads the database files itself: see database.Copy for
// the harm that does. The archives are like PocketBase's, which restores them.
package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/inflector"

	"jobboard/internal/database"
)

// workFolder is the folder, in the data folder, where a backup is created. PocketBase's own folder for temporary files won't do: every
// command beside the board empties it.
const workFolder = ".backup"

// Bind creates the backups that people, schedules and commands ask for.
func Bind(app core.App) {
	app.OnBackupCreate().Bind(&hook.Handler[*core.BackupEvent]{
		Id:       "jobboardBackup",
		Priority: 9999, // last, in PocketBase's place, after other hooks have said what to leave out
		Func:     create,
	})
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, workFolder)
		return e.Next()
	})
}

func create(e *core.BackupEvent) (err error) {
	if e.Name == "" {
		e.Name = nameFor(e.App, time.Now())
	}
	work := filepath.Join(e.App.DataDir(), workFolder)
	if err := os.RemoveAll(work); err != nil { // left by a backup that was killed
		return fmt.Errorf("make a backup: %w", err)
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return fmt.Errorf("make a backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	made := filepath.Join(work, "made.zip")
	if err := write(e.Context, made, e.App.DataDir(), work, append([]string{workFolder}, e.Exclude...)); err != nil {
		return fmt.Errorf("make the backup %s: %w", e.Name, err)
	}
	if err := store(e.Context, e.App, made, e.Name); err != nil {
		return fmt.Errorf("store the backup %s: %w", e.Name, err)
	}
	return nil
}

// nameFor returns the name of a backup, as PocketBase would choose it.
func nameFor(app core.App, now time.Time) string {
	board := inflector.Snakecase(app.Settings().Meta.AppName)
	return fmt.Sprintf("pb_backup_%.50s_%s.zip", board, now.UTC().Format("20060102150405"))
}

// write creates the archive of a data folder.
func write(ctx context.Context, path, data, work string, exclude []string) error {
	a, err := newArchive(ctx, path)
	if err != nil {
		return err
	}
	// Files are written before the rows that name them, and deleted after those. Since they are added both before and after the
	// databases, the archive has every file that a row names.
	files := func() error { return a.addFolder(data, append(databases(), exclude...)) }
	err = files()
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if err == nil && !excluded(name, exclude) {
			err = addDatabase(ctx, a, filepath.Join(data, name), filepath.Join(work, name))
		}
	}
	if err == nil {
		err = files()
	}
	return errors.Join(err, a.close())
}

// databases returns the names of the files in the data folder that only SQLite may read.
func databases() []string {
	var names []string
	for _, database := range []string{"data.db", "auxiliary.db"} {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			names = append(names, database+suffix)
		}
	}
	return names
}

func addDatabase(ctx context.Context, a *archive, from, to string) error {
	if err := database.Copy(ctx, from, to); err != nil {
		return err
	}
	if err := a.addFile(filepath.Base(from), to); err != nil {
		return err
	}
	return os.Remove(to) // makes room for the rest
}

// store moves the archive to where the board keeps its backups.
func store(ctx context.Context, app core.App, path, name string) (err error) {
	files, err := app.NewBackupsFilesystem()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	files.SetContext(ctx)
	file, err := filesystem.NewFileFromPath(path)
	if err != nil {
		return err
	}
	file.OriginalName, file.Name = name, name
	return files.UploadFile(file, name)
}

// excluded reports whether a file has one of the names, or is in a folder with one of them.
func excluded(name string, exclude []string) bool {
	for _, each := range exclude {
		if each = filepath.ToSlash(filepath.Clean(each)); name == each || strings.HasPrefix(name, each+"/") {
			return true
		}
	}
	return false
}

// Newest returns when the newest of the board's backups was made, or the zero time if there is none.
func Newest(ctx context.Context, app core.App) (newest time.Time, err error) {
	files, err := app.NewBackupsFilesystem()
	if err != nil {
		return newest, fmt.Errorf("open the folder of backups: %w", err)
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	files.SetContext(ctx)
	list, err := files.List("")
	if err != nil {
		return newest, fmt.Errorf("list the backups: %w", err)
	}
	for _, file := range list {
		if strings.HasSuffix(file.Key, ".zip") && file.ModTime.After(newest) {
			newest = file.ModTime
		}
	}
	return newest, nil
}
