package cluster

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
)

// A lease that was renewed while an answer was under way is not as old as the question: it would be taken before it is over.
func TestASlowAnswerMakesALeaseNoOlder(t *testing.T) {
	const slow = 500 * time.Millisecond
	settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, leaseKey) {
				time.Sleep(slow)
			}
			next.ServeHTTP(w, r)
		})
	})
	b := bucket.New(settings)
	if err := b.Put(t.Context(), leaseKey, []byte(`{"node":"other","term":1}`)); err != nil {
		t.Fatal(err)
	}
	l := &lease{bucket: b, node: "this", ttl: time.Second}
	if err := l.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if seen := l.last(); seen.Node != "other" || seen.unchanged >= slow {
		t.Errorf("a lease that has just been seen for the first time is %+v", seen)
	}
}
