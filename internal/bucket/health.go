package bucket

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// health notes how the server answers, and passes requests on.
type health struct {
	aws.HTTPClient
	failed   atomic.Uint64
	answered atomic.Int64 // in milliseconds since 1970
}

// Do sends a request.
func (h *health) Do(request *http.Request) (*http.Response, error) {
	answer, err := h.HTTPClient.Do(request)
	switch {
	case err != nil && request.Context().Err() != nil: // given up by the caller
	case err != nil, answer.StatusCode >= http.StatusInternalServerError:
		h.failed.Add(1)
	default:
		h.answered.Store(time.Now().UnixMilli())
	}
	return answer, err
}

// Health returns how many requests have failed so far and when the server last answered one; the zero time before the first.
func (b *Bucket) Health() (failed uint64, answered time.Time) {
	if at := b.health.answered.Load(); at > 0 {
		answered = time.UnixMilli(at)
	}
	return b.health.failed.Load(), answered
}
