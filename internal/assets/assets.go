// Package assets serves the style sheets, scripts and images of the board's pages under an address that changes with them:
// /assets/{hash}/site/base.css. So browsers and caches may keep each file for ever, and modules that import one another by relative
// paths need no rewriting.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const (
	prefix = "/assets/"
	// lookEvery is how often files on disk are checked for changes, at most, while they are requested.
	lookEvery = time.Second
)

// Assets are the files of one board.
type Assets struct {
	files   fs.FS
	live    bool // the files are on disk and may change
	amend   map[string]func([]byte) []byte
	current atomic.Pointer[edition]

	mu     sync.Mutex
	looked time.Time
	seen   string // the names, sizes and times of the files as last loaded
}

// edition holds all files as they were at one time.
type edition struct {
	hash  string
	files map[string]*file
}

type file struct {
	source    []byte
	mediaType string
	// bodies returns what is sent, as it is and compressed; zipped is nil if it would not be smaller. It is worked out when somebody asks
	// for the file: doing so for all of them would be a large part of a board's start.
	bodies func() (content, zipped []byte)
}

// New loads files. amend holds functions that change the content of files by name, and may add files that are not in the folder, for
// which they are given nil.
func New(files fs.FS, amend map[string]func([]byte) []byte) (*Assets, error) {
	a := &Assets{files: files, amend: amend}
	if info, err := fs.Stat(files, "."); err == nil {
		a.live = !info.ModTime().IsZero() // those in the binary have no time
	}
	return a, a.Reload()
}

// Reload reads the files again, such as after a change in what amend returns.
func (a *Assets) Reload() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.load()
}

func (a *Assets) load() error {
	seen, err := a.fingerprint()
	if err != nil {
		return err
	}
	next := &edition{files: map[string]*file{}}
	before := a.current.Load()
	if before == nil {
		before = &edition{}
	}
	hash := sha256.New()
	add := func(name string, source []byte) {
		fmt.Fprintf(hash, "%s %d\n", name, len(source))
		hash.Write(source)
		f, is := before.files[name]
		if !is || !bytes.Equal(f.source, source) { // most files are as they were, and need not be compressed again
			f = newFile(name, source)
		}
		next.files[name] = f
	}
	err = fs.WalkDir(a.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(a.files, name)
		if err != nil {
			return err
		}
		if change := a.amend[name]; change != nil {
			content = change(content)
		}
		add(name, content)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the assets: %w", err)
	}
	for name, change := range a.amend {
		if _, is := next.files[name]; !is {
			if content := change(nil); content != nil {
				add(name, content)
			}
		}
	}
	next.hash = hex.EncodeToString(hash.Sum(nil))[:12]
	a.seen = seen
	a.current.Store(next)
	return nil
}

func newFile(name string, source []byte) *file {
	return &file{source: source, mediaType: mediaType(name), bodies: sync.OnceValues(func() (content, zipped []byte) {
		content = served(name, source)
		return content, zip(content)
	})}
}

// writers are kept, since each allocates over a megabyte.
var writers = sync.Pool{New: func() any {
	writer, err := gzip.NewWriterLevel(io.Discard, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	return writer
}}

// zip compresses content, or returns nil if that saves less than a tenth.
func zip(content []byte) []byte {
	writer := writers.Get().(*gzip.Writer)
	defer writers.Put(writer)
	var zipped bytes.Buffer
	writer.Reset(&zipped)
	if _, err := writer.Write(content); err != nil || writer.Close() != nil || zipped.Len() >= len(content)*9/10 {
		return nil
	}
	return zipped.Bytes()
}

// mediaType returns the media type of a file name. The machine's own list, which differs between machines, comes last.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webp":
		return "image/webp"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
}

func (a *Assets) fingerprint() (string, error) {
	if !a.live {
		return "", nil
	}
	var seen strings.Builder
	err := fs.WalkDir(a.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&seen, name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look at the assets: %w", err)
	}
	return seen.String(), nil
}

// latest returns the newest edition: files on disk may change while the board runs.
func (a *Assets) latest() *edition {
	if a.live && a.mu.TryLock() {
		if time.Since(a.looked) > lookEvery {
			a.looked = time.Now()
			if seen, err := a.fingerprint(); err == nil && seen != a.seen {
				_ = a.load() // a file that is only half written is read at the next check
			}
		}
		a.mu.Unlock()
	}
	return a.current.Load()
}

// URL returns the address of a file such as "site/base.css".
func (a *Assets) URL(name string) string { return prefix + a.latest().hash + "/" + name }

// Has reports whether there is a file of that name.
func (a *Assets) Has(name string) bool {
	_, is := a.latest().files[name]
	return is
}

// Bind serves the files as soon as app starts serving.
func (a *Assets) Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET(prefix+"{hash}/{path...}", a.serve)
		return e.Next()
	})
}

func (a *Assets) serve(e *core.RequestEvent) error {
	now := a.latest()
	f, is := now.files[e.Request.PathValue("path")]
	if !is {
		return e.NotFoundError("", nil)
	}
	header := e.Response.Header()
	header.Set("Content-Type", f.mediaType)
	header.Set("Vary", "Accept-Encoding")
	// A page from before an update may still use the old address; it gets the current file, and must not keep it.
	header.Set("Cache-Control", "no-cache")
	if e.Request.PathValue("hash") == now.hash {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, zipped := f.bodies()
	if zipped != nil && strings.Contains(e.Request.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		content = zipped
	}
	return e.Blob(http.StatusOK, f.mediaType, content)
}
