package overload

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// class groups requests of similar cost, so that expensive ones don't keep cheap ones waiting.
type class string

const (
	free      class = "" // costs nothing, or must work when nothing else does
	reads     class = "reads"
	heavy     class = "searches"  // and whatever else reads the index
	writes    class = "writes"    // a batch counts as one
	passwords class = "passwords" // hashing one takes a core a tenth of a second
	reports   class = "reports"
	uploads   class = "uploads"  // slow because of the network
	outbound  class = "outbound" // waits for the servers of others
	crawls    class = "crawls"   // what only programs fetch and people don't wait for: pictures of links, sitemaps, the file of all jobs
)

// classes holds, for each class, how many requests run at once on a number of cores, and how long one is expected to take until
// that is measured. All slots together are more than the cores can serve at once, since some requests wait for the disk or the
// write lock.
var classes = map[class]struct {
	slots    func(cores int) int
	expected time.Duration
}{
	reads:     {func(cores int) int { return 2 * cores }, 10 * time.Millisecond},
	heavy:     {func(cores int) int { return cores }, 20 * time.Millisecond},
	writes:    {func(cores int) int { return 2 * cores }, 20 * time.Millisecond},
	passwords: {func(cores int) int { return max(1, cores/2) }, 100 * time.Millisecond},
	reports:   {func(int) int { return 1 }, 200 * time.Millisecond},
	uploads:   {func(cores int) int { return 64 * cores }, 100 * time.Millisecond},
	outbound:  {func(cores int) int { return 16 * cores }, time.Second},
	crawls:    {func(cores int) int { return cores }, 40 * time.Millisecond},
}

// largeBody is the size in bytes above which a request counts as an upload.
const largeBody = 64 << 10

// classify returns the class of a request, judged by its head alone.
func classify(r *http.Request) class {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case r.Method == http.MethodOptions, path == "/api/health", path == "/api/realtime", path == "/metrics",
		strings.HasPrefix(path, "/api/board/cluster/"), // calls between nodes
		path == "/_", strings.HasPrefix(path, "/_/"), strings.HasPrefix(path, "/assets/"),
		path == "/api/docs", strings.HasPrefix(path, "/api/docs/"):
		return free
	case isWrite(r.Method) && (r.ContentLength < 0 || r.ContentLength > largeBody):
		return uploads
	case isWrite(r.Method) && hashes(path):
		return passwords
	case isReport(r.Method, path):
		return reports
	case isWrite(r.Method) && strings.HasPrefix(path, "/api/webhooks/") &&
		(strings.HasSuffix(path, "/test") || strings.HasSuffix(path, "/redeliver")):
		return outbound
	case isWrite(r.Method):
		return writes
	case isSearch(path):
		return heavy
	case isCrawl(path):
		return crawls
	}
	return reads
}

func isWrite(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// hashes reports whether a request hashes a password, or may do so as far as its head shows.
func hashes(path string) bool {
	if rest, ok := strings.CutPrefix(path, "/api/collections/"); ok {
		collection, action, _ := strings.Cut(rest, "/")
		switch {
		case action == "auth-with-password", action == "confirm-password-reset", action == "confirm-email-change":
			return true
		case collection == "users" || collection == "_superusers":
			return action == "records" || strings.HasPrefix(action, "records/")
		}
		return false
	}
	switch path {
	case "/api/users/auth/logout", "/api/users/auth/refresh":
		return false
	case "/account/reset", "/account/email":
		return true
	}
	return strings.HasPrefix(path, "/api/users/auth/") || isOneUser(path)
}

// isOneUser reports whether the path is that of all users or of one, with nothing below it.
func isOneUser(path string) bool {
	rest, ok := strings.CutPrefix(path, "/api/users")
	return ok && !strings.Contains(strings.TrimPrefix(rest, "/"), "/")
}

func isReport(method, path string) bool {
	return path == "/api/reports/summary" ||
		isWrite(method) && (path == "/api/reports" || strings.HasPrefix(path, "/api/collections/reports/records"))
}

// isSearch reports whether the path is a list, or a page with lists, that is read through the index, or as costly as that.
func isSearch(path string) bool {
	switch path {
	case "/api/jobs", "/api/jobs/search", "/api/jobs/suggest", "/api/candidates", "", "/jobs", "/remote", "/feed.xml", "/feed.json":
		return true
	}
	return strings.HasPrefix(path, "/jobs/") || strings.HasPrefix(path, "/companies/") ||
		strings.HasPrefix(path, "/api/jobs/") && strings.HasSuffix(path, "/similar") ||
		strings.HasPrefix(path, "/api/employers/") && strings.HasSuffix(path, "/jobs") || strings.HasPrefix(path, "/api/compat/") ||
		strings.HasPrefix(path, "/api/users/") && strings.HasSuffix(path, "/recommendations")
}

// isCrawl reports whether the path is one that is drawn or streamed for programs.
func isCrawl(path string) bool {
	return path == "/sitemap.xml" || path == "/feed/indeed.xml" || strings.HasPrefix(path, "/sitemaps/") ||
		strings.HasPrefix(path, "/pictures/")
}

type admittedKey struct{}

func isAdmitted(r *http.Request) bool { return r.Context().Value(admittedKey{}) != nil }

// markAdmitted changes the request itself: the server cleans up after the one that it made, not after a copy.
func markAdmitted(r *http.Request) {
	*r = *r.WithContext(context.WithValue(r.Context(), admittedKey{}, true))
}
