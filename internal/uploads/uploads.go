// Package uploads copies uploaded files from a board's data folder to its bucket, where every node of a cluster finds them.
package uploads

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/internal/bucket"
)

// aside is the folder, in the data folder, that keeps the files once all of them are in the bucket.
const aside = "storage-before-bucket"

// atOnce is how many files are copied at the same time.
const atOnce = 8

// Progress is how far copying has come.
type Progress struct {
	Files  int // to copy in all
	Copied int
	Bytes  int64 // of those copied
}

// Bind makes the board copy the files in its data folder, if there are any, before it serves, so that none is missing for a client.
// report is called now and then.
func Bind(app core.App, settings bucket.Settings, report func(Progress)) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		progress, err := Copy(context.Background(), e.App, settings, report)
		if err != nil {
			return err
		}
		if err := setAside(e.App.DataDir()); err != nil {
			return err
		}
		if progress.Files > 0 {
			e.App.Logger().Info("The uploaded files are in the bucket now.", "files", progress.Copied, "bytes", progress.Bytes, "kept", aside)
		}
		return e.Next()
	})
}

// setAside renames the folder of files, so that the next start need not compare it with the bucket.
func setAside(data string) error {
	from, to := filepath.Join(data, core.LocalStorageDirName), filepath.Join(data, aside)
	if entries, err := os.ReadDir(from); errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	} else if err != nil {
		return fmt.Errorf("look for uploaded files: %w", err)
	}
	if _, err := os.Stat(to); err == nil {
		to += "-" + time.Now().UTC().Format("20060102T150405")
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("set aside the files that are in the bucket now: %w", err)
	}
	return nil
}

// Copy copies the files in the data folder that the bucket lacks. It may be repeated after an interruption, and while a board serves
// that does not know of the bucket yet.
func Copy(ctx context.Context, app core.App, settings bucket.Settings, report func(Progress)) (progress Progress, err error) {
	folder := filepath.Join(app.DataDir(), core.LocalStorageDirName)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return progress, nil
	}
	from, err := filesystem.NewLocal(folder)
	if err != nil {
		return progress, fmt.Errorf("open the folder of uploaded files: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	local, err := from.List("")
	if err != nil {
		return progress, fmt.Errorf("list the uploaded files: %w", err)
	}
	if len(local) == 0 {
		return progress, nil
	}
	there, err := sizes(ctx, settings)
	if err != nil {
		return progress, err
	}
	to, err := app.NewFilesystem()
	if err != nil {
		return progress, fmt.Errorf("open the bucket for files: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	to.SetContext(ctx)

	var missing []string
	bytes := map[string]int64{}
	for _, file := range local {
		if size, has := there[file.Key]; has && size == file.Size || strings.HasPrefix(file.Key, ".") {
			continue
		}
		missing = append(missing, file.Key)
		bytes[file.Key] = file.Size
	}
	progress.Files = len(missing)
	return copyAll(ctx, missing, progress, report, func(key string) (int64, error) {
		file, err := from.GetReuploadableFile(key, true)
		if errors.Is(err, filesystem.ErrNotFound) {
			return 0, nil // deleted meanwhile
		}
		if err == nil {
			err = to.UploadFile(file, key)
		}
		if err != nil {
			return 0, fmt.Errorf("copy %s to the bucket: %w", key, err)
		}
		return bytes[key], nil
	})
}

// sizes returns the sizes of the files in the bucket.
func sizes(ctx context.Context, settings bucket.Settings) (map[string]int64, error) {
	b, err := bucket.Open(ctx, settings)
	if err != nil {
		return nil, err
	}
	there := map[string]int64{}
	for object, err := range b.List(ctx, "", ".board0") { // which comes after everything below .board/
		if err != nil {
			return nil, fmt.Errorf("list the files in the bucket: %w", err)
		}
		there[object.Key] = object.Size
	}
	return there, nil
}

// copyAll copies files, some at the same time, until one fails.
func copyAll(
	ctx context.Context, keys []string, progress Progress, report func(Progress), do func(key string) (int64, error),
) (Progress, error) {
	var mu sync.Mutex
	var failed error
	next, last := 0, time.Now()
	take := func() (key string, more bool) {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = ctx.Err()
		}
		if failed != nil || next == len(keys) {
			return "", false
		}
		next++
		return keys[next-1], true
	}
	var workers sync.WaitGroup
	for range min(atOnce, len(keys)) {
		workers.Go(func() {
			for key, more := take(); more; key, more = take() {
				size, err := do(key)
				mu.Lock()
				if err != nil {
					failed = err
				} else {
					progress.Copied++
					progress.Bytes += size
				}
				if time.Since(last) > time.Second && report != nil {
					last = time.Now()
					report(progress)
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return progress, failed
}
