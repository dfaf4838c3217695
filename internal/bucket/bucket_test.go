package bucket_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
)

func TestObjects(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "/nowhere") // of AWS's tools, which the board does not read
	t.Setenv("AWS_ACCESS_KEY_ID", "another")
	b, ctx := buckettest.Open(t), t.Context()
	if _, _, err := b.Get(ctx, "a/1"); !errors.Is(err, bucket.ErrNotFound) {
		t.Errorf("reading what is not there: %v", err)
	}
	if _, err := b.Head(ctx, "a/1"); !errors.Is(err, bucket.ErrNotFound) {
		t.Errorf("asking about what is not there: %v", err)
	}
	etag, err := b.Create(ctx, "a/1", []byte("one"), map[string]string{"session": "s"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(ctx, "a/1", []byte("other"), nil); !errors.Is(err, bucket.ErrExists) {
		t.Errorf("creating twice: %v", err)
	}
	data, object, err := b.Get(ctx, "a/1")
	if err != nil || string(data) != "one" || object.ETag != etag || object.Meta["session"] != "s" || object.Size != 3 {
		t.Errorf("read %q, %+v, %v", data, object, err)
	}
	if _, err := b.Replace(ctx, "a/1", []byte("two"), etag); err != nil {
		t.Error(err)
	}
	if _, err := b.Replace(ctx, "a/1", []byte("three"), etag); !errors.Is(err, bucket.ErrChanged) {
		t.Errorf("replacing what has changed: %v", err)
	}
	if _, err := b.Replace(ctx, "a/none", []byte("three"), etag); !errors.Is(err, bucket.ErrChanged) {
		t.Errorf("replacing what is not there: %v", err)
	}
	body, _, err := b.Reader(ctx, "a/1", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if part, err := io.ReadAll(body); err != nil || string(part) != "w" || body.Close() != nil {
		t.Errorf("a part is %q, %v", part, err)
	}
	if err := b.Delete(ctx, "a/1"); err != nil {
		t.Error(err)
	}
	if err := b.Delete(ctx, "a/1"); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
}

func TestListsAndDeletesManyObjects(t *testing.T) {
	b, ctx := buckettest.Open(t), t.Context()
	var keys []string
	for i := range 1_100 {
		keys = append(keys, fmt.Sprintf("list/%04d", i))
		if err := b.Put(ctx, keys[i], []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Put(ctx, "other", nil); err != nil {
		t.Fatal(err)
	}
	list := func(after string) (found []string) {
		for object, err := range b.List(ctx, "list/", after) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, object.Key)
		}
		return found
	}
	if found := list(""); !slices.Equal(found, keys) {
		t.Errorf("listed %d objects, want %d", len(found), len(keys))
	}
	if found := list("list/1097"); !slices.Equal(found, []string{"list/1098", "list/1099"}) {
		t.Errorf("after 1097 come %v", found)
	}
	if err := b.Delete(ctx, keys...); err != nil {
		t.Fatal(err)
	}
	if found := list(""); len(found) > 0 {
		t.Errorf("%d objects are left", len(found))
	}
	if _, err := b.Head(ctx, "other"); err != nil {
		t.Error(err)
	}
}

func TestCreatesFromAFile(t *testing.T) {
	b, ctx := buckettest.Open(t), t.Context()
	if err := b.CreateFile(ctx, "file", strings.NewReader("content"), 7, map[string]string{"session": "s"}); err != nil {
		t.Fatal(err)
	}
	if err := b.CreateFile(ctx, "file", strings.NewReader("another"), 7, nil); !errors.Is(err, bucket.ErrExists) {
		t.Errorf("creating twice: %v", err)
	}
	if data, object, err := b.Get(ctx, "file"); err != nil || string(data) != "content" || object.Meta["session"] != "s" {
		t.Errorf("read %q, %+v, %v", data, object, err)
	}
}

func TestUploadsInParts(t *testing.T) {
	b, ctx := buckettest.Open(t), t.Context()
	content := bytes.Repeat([]byte("0123456789abcdef"), 17<<20/16)
	if err := b.Upload(ctx, "large", io.MultiReader(bytes.NewReader(content)), nil); err != nil {
		t.Fatal(err)
	}
	if data, _, err := b.Get(ctx, "large"); err != nil || !bytes.Equal(data, content) {
		t.Errorf("read %d bytes, %v; want %d", len(data), err, len(content))
	}
}

func TestAServerMustHonourConditions(t *testing.T) {
	ctx := t.Context()
	good := buckettest.Open(t)
	if err := good.Try(ctx, ".board/trial/"); err != nil {
		t.Error(err)
	}
	for object := range good.List(ctx, "", "") {
		t.Errorf("the trial left %s", object.Key)
	}
	for _, condition := range []string{"If-None-Match", "If-Match"} {
		settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del(condition)
				next.ServeHTTP(w, r)
			})
		})
		if err := bucket.New(settings).Try(ctx, ".board/trial/"); err == nil || !strings.Contains(err.Error(), condition+":") {
			t.Errorf("without %s: %v", condition, err)
		}
	}
}

func TestATrialOutlivesALostAnswer(t *testing.T) {
	lost := false
	settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !lost && r.Header.Get("If-Match") != "" {
				lost = true
				next.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler) // the object is replaced, but nobody learns it
			}
			next.ServeHTTP(w, r)
		})
	})
	if err := bucket.New(settings).Try(t.Context(), ".board/trial/"); err != nil || !lost {
		t.Errorf("the trial failed although one answer was lost (%v): %v", lost, err)
	}
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	settings := buckettest.Start(t)
	settings.Name = "another"
	if _, err := bucket.Open(t.Context(), settings); err == nil || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("opening a bucket that is not there: %v", err)
	}
}
