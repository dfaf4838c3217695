package assets_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"jobboard/internal/assets"
	"jobboard/internal/testapp"
)

func TestServesFilesForEver(t *testing.T) {
	style := strings.Repeat("a { color: red; }\n", 100)
	files := fstest.MapFS{"site/base.css": {Data: []byte(style)}, "site/.hidden": {Data: []byte("x")}}
	a, err := assets.New(files, map[string]func([]byte) []byte{
		"site/base.css": func(content []byte) []byte { return append(content, "b { color: blue; }"...) },
		"site/logo.svg": func([]byte) []byte { return []byte("<svg/>") },
	})
	if err != nil {
		t.Fatal(err)
	}
	board := testapp.NewBoard(t, a.Bind)
	got := board.Send(httptest.NewRequest("GET", a.URL("site/base.css"), nil))
	if got.Status != 200 || !strings.HasSuffix(got.Raw, "b { color: blue; }") ||
		!strings.Contains(got.Header.Get("Cache-Control"), "immutable") || got.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("got %d, %v", got.Status, got.Header)
	}
	zipped := httptest.NewRequest("GET", a.URL("site/base.css"), nil)
	zipped.Header.Set("Accept-Encoding", "gzip, br")
	got = board.Send(zipped)
	r, err := gzip.NewReader(bytes.NewReader([]byte(got.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || !strings.HasPrefix(string(plain), style) {
		t.Errorf("the zipped file differs: %v", err)
	}
	old := board.Send(httptest.NewRequest("GET", "/assets/0123456789ab/site/base.css", nil))
	if old.Status != 200 || old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("an old address: %d, %v", old.Status, old.Header)
	}
	if got := board.Send(httptest.NewRequest("GET", a.URL("site/logo.svg"), nil)); got.Status != 200 || got.Raw != "<svg/>" {
		t.Errorf("an added file: %d, %q", got.Status, got.Raw)
	}
	for _, name := range []string{"site/.hidden", "site/", "", "../main.go", "site/absent.css"} {
		path := "/assets/0123456789ab/" + strings.ReplaceAll(name, "..", "%2e%2e")
		if got := board.Send(httptest.NewRequest("GET", path, nil)); got.Status == 200 {
			t.Errorf("%q is served", name)
		}
	}
}

func TestAddressChangesWithTheFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(content string) {
		if err := os.WriteFile(filepath.Join(dir, "a.css"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a {}")
	a, err := assets.New(os.DirFS(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	before := a.URL("a.css")
	write("a { color: red; }")
	if err := a.Reload(); err != nil {
		t.Fatal(err)
	}
	if after := a.URL("a.css"); after == before {
		t.Errorf("the address is still %s", after)
	}
	if a.Has("b.css") || !a.Has("a.css") {
		t.Error("what there is is not what it has")
	}
}
