package checks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// Folder checks whether the data folder can be written. It can be called before the board is open.
func Folder(dir string) Result {
	const check = "data_folder"
	advice := "Create the folder and give it to the user that runs the board, or choose another with --dir."
	file, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return bad(check, Error, advice, "The data folder can't be written: %v.", err)
	}
	path := file.Name()
	_, err = file.WriteString("Written to see whether it can be.\n")
	if err := errors.Join(err, file.Close(), os.Remove(path)); err != nil {
		return bad(check, Error, advice, "The data folder can't be written: %v.", err)
	}
	return fine(check, "%s can be written.", dir)
}

const (
	diskFull = 200 << 20 // free bytes with which writes will soon fail
	diskLow  = 1 << 30
)

// disk checks the free space where the data folder is. A backup needs space for a copy of the database and for the archive.
func disk(app core.App) Result {
	const check = "disk"
	free, total, err := space(app.DataDir())
	if err != nil {
		return unknown(check, err)
	}
	need := uint64(diskLow)
	if app.Settings().Backups.Cron != "" {
		need = max(need, 2*uint64(databaseSize(app.DataDir())))
	}
	state := fmt.Sprintf("%s of %s are free on the disk of the data folder", humanize.IBytes(free), humanize.IBytes(total))
	switch {
	case free < diskFull:
		return bad(check, Error, "Free some space now: without it nothing can be saved.", "Only %s.", state)
	case free < need:
		return bad(check, Warning, "Free some space, or move the data folder to a larger disk.", "Only %s; with backups the board needs %s.",
			state, humanize.IBytes(need))
	}
	return fine(check, "%s.", state)
}

func databaseSize(dir string) int64 {
	var size int64
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			size += info.Size()
		}
	}
	return size
}

// clockTolerance is by how much clocks of machines that keep time may differ.
const clockTolerance = 5 * time.Minute

// clock checks whether the clock is behind what has already happened: the newest rows, the last write of the database, and the build of
// this program. Nothing here can tell that it is ahead.
func clock(app core.App, now time.Time) Result {
	const check = "clock"
	latest, what := built(), "this program was built"
	for _, table := range []string{collections.Users, collections.Jobs, collections.Notifications} {
		var created []string
		err := app.DB().Select("created").From(table).OrderBy("rowid DESC").Limit(1).Column(&created)
		if err != nil {
			return unknown(check, err)
		}
		if len(created) == 0 {
			continue
		}
		if at, err := time.Parse(types.DefaultDateLayout, created[0]); err == nil && at.After(latest) {
			latest, what = at, "the newest row of "+table+" was made"
		}
	}
	info, err := os.Stat(filepath.Join(app.DataDir(), "data.db"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unknown(check, err)
	}
	if err == nil && info.ModTime().After(latest) {
		latest, what = info.ModTime(), "the database was last written"
	}
	if behind := latest.Sub(now); behind > clockTolerance {
		return bad(check, Error, "Set the clock, and have it kept by NTP: deadlines, logins and mails go by it.",
			"The clock is at least %s behind: it says %s, and %s on %s.", behind.Round(time.Minute), now.UTC().Format(time.RFC3339), what,
			latest.UTC().Format(time.RFC3339))
	}
	return fine(check, "It says %s, which is after everything that has happened.", now.UTC().Format(time.RFC3339))
}

// built returns when the commit was made that this program was built from, or the zero time.
func built() time.Time {
	info, has := debug.ReadBuildInfo()
	if !has {
		return time.Time{}
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.time" {
			at, err := time.Parse(time.RFC3339, setting.Value)
			if err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
