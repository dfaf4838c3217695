// Package delivery sends answers in the cheapest way that their reader takes: nothing but 304 where the reader has the same answer
// already, compressed where that is worth it. It stands before all doors of the board; see docs/decisions/0035.
package delivery

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

const (
	// leastCompressed is from how many bytes on an answer is compressed: what fits into one packet is sent no faster.
	leastCompressed = 1_200
	// mostHeld is how much of an answer is kept in memory to give it an entity tag; what is longer is sent as it comes.
	mostHeld = 512 << 10
)

// Bind applies to every answer of app's server to GET and HEAD.
func Bind(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "jobboardDelivery",
			// Behind the log and the metrics, which are to see the status that the reader gets, and behind the guard against overload,
			// since compressing is work that it counts.
			Priority: apis.DefaultPanicRecoverMiddlewarePriority + 1,
			Func:     deliver,
		})
		return e.Next()
	})
}

type deliveredKey struct{}

func deliver(e *core.RequestEvent) error {
	if isMarked(e.Request.Context()) {
		return e.Next()
	}
	// What the board asks itself for this answer comes by here again and stays as it is, also where this answer does not change.
	*e.Request = *e.Request.WithContext(withMark(e.Request.Context()))
	if !applies(e.Request) {
		return e.Next()
	}
	outer := e.Response
	a := newAnswer(outer, e.Request)
	defer a.release()
	e.Response = a
	whole := false
	defer func() {
		if !whole { // also after a panic, which is answered further out
			a.drop()
		}
		e.Response = outer
	}()
	if err := e.Next(); err != nil {
		return err
	}
	whole = true
	return a.finish()
}

// applies looks at the request alone.
func applies(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Range") != "" {
		return false
	}
	path := r.URL.Path
	for _, prefix := range []string{
		"/_/",           // PocketBase compresses its admin UI itself
		"/api/files/",   // pictures and documents are compressed already
		"/api/realtime", // events must not wait
		"/api/backups",
		"/assets/", // has compressed copies of its files
		"/metrics",
	} {
		if strings.HasPrefix(path, prefix) {
			return false
		}
	}
	return true
}

// isSecret reports whether an answer holds what lets somebody in, such as the state of a login at another provider. Such an answer
// is never compressed, since its length would tell something about the secret to who can vary the rest (the BREACH attack).
func isSecret(r *http.Request, header http.Header) bool {
	path := r.URL.Path
	return strings.HasPrefix(path, "/api/") && (strings.Contains(path, "auth") || strings.Contains(path, "token")) || isPrivatePage(header)
}

// isPrivatePage reports whether an answer must not be kept by anybody, such as a page with the token of a mail.
func isPrivatePage(header http.Header) bool {
	return strings.Contains(header.Get("Cache-Control"), "no-store")
}

// isText reports whether a media type is one that compression makes much smaller.
func isText(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	switch mediaType {
	case "text/event-stream":
		return false
	case "application/json", "application/xml", "application/javascript", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "+json") || strings.HasSuffix(mediaType, "+xml")
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3).
func takesGzip(header http.Header) bool {
	takesAny := false
	for _, line := range header.Values("Accept-Encoding") {
		for one := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(one, ";")
			takes := true
			if weight, has := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="); has {
				value, err := strconv.ParseFloat(weight, 64)
				takes = err == nil && value > 0
			}
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip", "x-gzip":
				return takes
			case "*":
				takesAny = takes
			}
		}
	}
	return takesAny
}

// HasTag reports whether a reader has the answer with an entity tag (RFC 9110, 13.1.2: the comparison is the weak one).
func HasTag(header http.Header, tag string) bool {
	for _, line := range header.Values("If-None-Match") {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}
