package delivery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// answer holds an answer until it is whole, or too long to be held. Pictures, files and whatever else is not to be compressed go
// straight through.
type answer struct {
	http.ResponseWriter
	request *http.Request
	status  int
	mode    mode
	held    *bytes.Buffer
	zip     *gzip.Writer // while streaming compressed
}

type mode int

const (
	undecided mode = iota
	holding
	streaming
	direct
	dropped
)

// level saves nearly as much as the highest one, in a third of the time.
const level = 5

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil { // the level is a constant
			panic(err)
		}
		return w
	}}
)

func withMark(ctx context.Context) context.Context {
	return context.WithValue(ctx, deliveredKey{}, true)
}

func isMarked(ctx context.Context) bool { return ctx.Value(deliveredKey{}) != nil }

func newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	held, _ := buffers.Get().(*bytes.Buffer)
	held.Reset()
	return &answer{ResponseWriter: w, request: r, held: held}
}

// release gives back what was borrowed.
func (a *answer) release() {
	if a.held.Cap() <= 2*mostHeld {
		buffers.Put(a.held)
	}
	a.held = nil
	if a.zip != nil {
		zippers.Put(a.zip)
		a.zip = nil
	}
}

// Unwrap lets [http.ResponseController] and PocketBase reach the writer behind.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Written reports whether there is an answer, though it may not be on its way yet.
func (a *answer) Written() bool { return a.status != 0 }

// Status is the answer's, 0 where there is none yet.
func (a *answer) Status() int { return a.status }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK { // more is to come
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status == 0 {
		a.status = status
	}
}

// decide looks at the head of the answer, when its body begins.
func (a *answer) decide() {
	if a.mode != undecided {
		return
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	header := a.Header()
	if isText(header.Get("Content-Type")) && header.Get("Content-Encoding") == "" && header.Get("Content-Range") == "" &&
		header.Get("Content-Disposition") == "" && a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		a.mode = holding
		return
	}
	a.mode = direct
	a.ResponseWriter.WriteHeader(a.status)
}

// Write implements [io.Writer].
func (a *answer) Write(p []byte) (int, error) {
	if a.mode == undecided && a.Header().Get("Content-Type") == "" {
		a.Header().Set("Content-Type", http.DetectContentType(p))
	}
	a.decide()
	if a.mode == holding && a.held.Len()+len(p) > mostHeld {
		if err := a.stream(); err != nil {
			return 0, err
		}
	}
	switch a.mode {
	case holding:
		return a.held.Write(p)
	case streaming:
		if a.zip != nil {
			return a.zip.Write(p)
		}
	}
	return a.ResponseWriter.Write(p)
}

// ReadFrom implements [io.ReaderFrom], so that files still go the short way.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.decide()
	if a.mode == direct {
		return io.Copy(a.ResponseWriter, r)
	}
	return io.Copy(struct{ io.Writer }{a}, r)
}

// FlushError sends what there is, for [http.ResponseController].
func (a *answer) FlushError() error {
	a.decide()
	if a.mode == holding {
		if err := a.stream(); err != nil {
			return err
		}
	}
	if a.zip != nil {
		if err := a.zip.Flush(); err != nil {
			return fmt.Errorf("flush what is compressed: %w", err)
		}
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Flush implements [http.Flusher]. What fails is seen by the next write.
func (a *answer) Flush() { _ = a.FlushError() }

// stream sends what is held and lets the rest follow as it comes, without an entity tag.
func (a *answer) stream() error {
	a.mode = streaming
	header := a.Header()
	a.vary()
	if a.compresses() {
		header.Set("Content-Encoding", "gzip")
		header.Del("Content-Length")
		header.Del("Accept-Ranges") // they would be ranges of something else
		a.zip, _ = zippers.Get().(*gzip.Writer)
		a.zip.Reset(a.ResponseWriter)
	}
	a.ResponseWriter.WriteHeader(a.status)
	var err error
	if a.zip != nil {
		_, err = a.zip.Write(a.held.Bytes())
	} else {
		_, err = a.ResponseWriter.Write(a.held.Bytes())
	}
	a.held.Reset()
	return err
}

// compresses reports whether the answer is to be compressed.
func (a *answer) compresses() bool {
	return takesGzip(a.request.Header) && !isSecret(a.request, a.Header())
}

// vary tells caches what the answer depends on besides its address.
func (a *answer) vary() {
	header := a.Header()
	header.Add("Vary", "Accept-Encoding")
	if !strings.HasPrefix(a.request.URL.Path, "/api/") {
		return
	}
	// The API answers each caller what that caller may see. Answers may be kept, but each use is checked here first.
	header.Add("Vary", "Authorization")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-cache")
		if a.request.Header.Get("Authorization") != "" {
			header.Set("Cache-Control", "private, no-cache")
		}
	}
}

// drop forgets an answer that was begun before an error, where it is not on its way yet.
func (a *answer) drop() {
	if a.mode == direct || a.mode == streaming {
		return
	}
	a.mode = dropped
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Etag", "Last-Modified"} {
		a.Header().Del(name)
	}
}

// finish sends what is held.
func (a *answer) finish() error {
	switch a.mode {
	case undecided:
		if a.status != 0 {
			a.ResponseWriter.WriteHeader(a.status)
		}
	case holding:
		return a.sendHeld()
	case streaming:
		if a.zip != nil {
			if err := a.zip.Close(); err != nil {
				return fmt.Errorf("end what is compressed: %w", err)
			}
		}
	}
	return nil
}

// passing is what an answer of a search says of its moment: how long it took, and where the next page begins for a reader that is to
// see the same order as now.
var passing = regexp.MustCompile(`"took":[0-9.e+-]+,?|"nextCursor":"[^"]*",?`)

// tagOf makes the entity tag of an answer. It is a weak one, the same whether the answer is compressed or not, and for searches the
// same as long as they find the same.
func tagOf(path string, body []byte) string {
	hash := sha256.New()
	if isSearch(path) {
		head := body
		if items := bytes.Index(body, []byte(`"items":`)); items >= 0 {
			head = body[:items]
		}
		hash.Write(passing.ReplaceAll(head, nil))
		body = body[len(head):]
	}
	hash.Write(body)
	return `W/"` + hex.EncodeToString(hash.Sum(nil)[:12]) + `"`
}

// isSearch knows the lists that are made by a search.
func isSearch(path string) bool {
	switch strings.TrimSuffix(path, "/") {
	case "/api/jobs", "/api/jobs/search", "/api/candidates":
		return true
	}
	return strings.HasPrefix(path, "/api/employers/")
}

func (a *answer) sendHeld() error {
	header := a.Header()
	a.vary()
	if a.status == http.StatusOK && !isPrivatePage(header) {
		tag := header.Get("Etag")
		if tag == "" {
			tag = tagOf(a.request.URL.Path, a.held.Bytes())
			header.Set("Etag", tag)
		}
		if HasTag(a.request.Header, tag) {
			header.Del("Content-Type")
			header.Del("Content-Length")
			a.status = http.StatusNotModified
			a.ResponseWriter.WriteHeader(a.status)
			return nil
		}
	}
	body := a.held
	if a.held.Len() >= leastCompressed && a.compresses() {
		packed, _ := buffers.Get().(*bytes.Buffer)
		packed.Reset()
		defer buffers.Put(packed)
		zip, _ := zippers.Get().(*gzip.Writer)
		defer zippers.Put(zip)
		zip.Reset(packed)
		if _, err := zip.Write(a.held.Bytes()); err != nil {
			return fmt.Errorf("compress an answer: %w", err)
		}
		if err := zip.Close(); err != nil {
			return fmt.Errorf("compress an answer: %w", err)
		}
		header.Set("Content-Encoding", "gzip")
		header.Del("Accept-Ranges")
		if tag := header.Get("Etag"); strings.HasPrefix(tag, `"`) { // a strong one is of the answer as it was
			header.Set("Etag", "W/"+tag)
		}
		body = packed
	}
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	a.ResponseWriter.WriteHeader(a.status)
	_, err := a.ResponseWriter.Write(body.Bytes())
	return err // to PocketBase, which sees that the answer is on its way
}
