package uploads_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/testapp"
	"jobboard/internal/uploads"
)

// withLogos returns a board with employers whose logos are in its data folder, and the addresses of the logos.
func withLogos(t *testing.T, count int) (board *testapp.Board, paths []string) {
	t.Helper()
	board = testapp.NewBoard(t, hooks.Bind)
	owner := board.User(collections.RoleEmployer, "owner")
	for i := range count {
		logo, err := filesystem.NewFileFromBytes([]byte("\x89PNG\r\n\x1a\n"+strings.Repeat("x", 100+i)), "Our logo.png")
		if err != nil {
			t.Fatal(err)
		}
		employer := board.Record(collections.Employers, map[string]any{"owner": owner.Id, "name": fmt.Sprint("Acme ", i), "logo": logo})
		paths = append(paths, "/api/files/"+employer.BaseFilesPath()+"/"+employer.GetString("logo"))
	}
	return board, paths
}

// use makes the board keep its files in a bucket, as JOBBOARD_BUCKET_NAME does.
func use(board *testapp.Board, b bucket.Settings) {
	board.Settings().S3 = core.S3Config{
		Enabled: true, Bucket: b.Name, Region: b.Region, Endpoint: b.Endpoint, AccessKey: b.AccessKey, Secret: b.SecretKey,
		ForcePathStyle: true,
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

func TestFilesAreInTheBucketBeforeTheBoardServes(t *testing.T) {
	board, paths := withLogos(t, 20)
	settings := buckettest.Start(t)
	use(board, settings)
	uploads.Bind(board.TestApp, settings, nil)
	url := board.Serve()
	for i, path := range paths {
		if status, body := get(t, url+path); status != http.StatusOK || len(body) != 108+i {
			t.Errorf("%s: %d with %d bytes, want %d", path, status, len(body), 108+i)
		}
	}
	if _, err := os.Stat(filepath.Join(board.DataDir(), "storage")); err == nil {
		t.Error("the files are still where a board without a bucket keeps them")
	}
	if kept, err := filepath.Glob(filepath.Join(board.DataDir(), "storage-before-bucket", "*", "*", "*.png")); len(kept) != 20 {
		t.Errorf("%d files were kept (%v), want 20", len(kept), err)
	}
	b, err := bucket.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	for object, err := range b.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		head, err := b.Head(t.Context(), object.Key)
		if err != nil || head.Meta["original-filename"] != "Our%20logo.png" { // as PocketBase writes it
			t.Errorf("%s was uploaded as %q (%v)", object.Key, head.Meta["original-filename"], err)
		}
	}
}

// What is in the bucket already need not be copied again, so that an interruption costs little.
func TestCopyingGoesOnWhereItEnded(t *testing.T) {
	board, _ := withLogos(t, 20)
	var puts atomic.Int64
	var broken atomic.Bool
	settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && puts.Add(1) > 5 && broken.Load() {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	use(board, settings)
	broken.Store(true)
	if progress, err := uploads.Copy(t.Context(), board.TestApp, settings, nil); err == nil || progress.Copied != 5 || progress.Files != 20 {
		t.Errorf("with a bucket that fails: %+v, %v", progress, err)
	}
	broken.Store(false)
	for _, want := range []int{15, 0} {
		puts.Store(0)
		progress, err := uploads.Copy(t.Context(), board.TestApp, settings, nil)
		if err != nil || progress.Files != want || progress.Copied != want || puts.Load() != int64(want) {
			t.Errorf("copied %+v with %d requests, %v; want %d", progress, puts.Load(), err, want)
		}
	}
}
