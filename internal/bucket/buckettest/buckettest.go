// Package buckettest starts S3 servers in memory for tests.
package buckettest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"jobboard/internal/bucket"
)

const name = "board"

// Start starts a server with an empty bucket, which ends with the test.
func Start(t testing.TB) bucket.Settings {
	t.Helper()
	settings, _ := Behind(t, nil)
	return settings
}

// Behind starts a server with an empty bucket behind a handler, such as one that loses requests; nil for none. The server's own
// address is returned too.
func Behind(t testing.TB, handler func(next http.Handler) http.Handler) (bucket.Settings, *httptest.Server) {
	t.Helper()
	fake := Handler(t)
	if handler != nil {
		fake = handler(fake)
	}
	server := httptest.NewServer(fake)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return Settings(server.URL), server
}

// Handler returns an S3 server with an empty bucket. It checks no signatures, but requests without one are refused, as by a bucket that is
// private.
func Handler(t testing.TB) http.Handler {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket(name); err != nil {
		t.Fatalf("create the bucket: %v", err)
	}
	quiet := gofakes3.WithLogger(gofakes3.DiscardLog())
	server := gofakes3.New(memory, quiet, gofakes3.WithTimeSkewLimit(0)).Server()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			http.Error(w, "AccessDenied", http.StatusForbidden)
			return
		}
		server.ServeHTTP(w, r)
	})
}

// Settings returns the settings of the bucket of a server at an address.
func Settings(url string) bucket.Settings {
	return bucket.Settings{Name: name, Endpoint: url, Region: "us-east-1", AccessKey: "key", SecretKey: "secret", PathStyle: true}
}

// Open starts a server with an empty bucket, which ends with the test, and opens it.
func Open(t testing.TB) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(t.Context(), Start(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
