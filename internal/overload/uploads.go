package overload

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/router"
)

const (
	// bodyMemory is how many bytes of an upload are kept in memory; the rest goes to a temporary file. PocketBase keeps 16 MB.
	bodyMemory = 1 << 20
	// showPace is how long an upload may take before its pace is compared with that of others.
	showPace = 2 * time.Second
)

// uploadsUnderWay holds the uploads whose bodies are still coming in. A few senders of a byte a second would keep everybody else
// out, so the slowest is ended when another upload needs its slot.
type uploadsUnderWay struct {
	mu  sync.Mutex
	all map[*upload]struct{}
}

// upload is a body that is coming in.
type upload struct {
	io.ReadCloser
	began time.Time
	bytes atomic.Int64
	whole atomic.Bool
	ended atomic.Bool // by endSlowest
	end   func() error
}

// Read implements [io.Reader] and counts what comes.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.bytes.Add(int64(n))
	if err != nil {
		u.whole.Store(true)
	}
	return n, err
}

// pace returns the bytes per second so far.
func (u *upload) pace(now time.Time) float64 {
	return float64(u.bytes.Load()) / now.Sub(u.began).Seconds()
}

// add tracks the body of an admitted request.
func (all *uploadsUnderWay) add(w http.ResponseWriter, r *http.Request) *upload {
	u := &upload{began: time.Now()}
	u.end = func() error { return http.NewResponseController(w).SetReadDeadline(time.Now()) }
	if body, ok := r.Body.(*router.RereadableReadCloser); ok {
		body.MaxMemory = bodyMemory
		u.ReadCloser, body.ReadCloser = body.ReadCloser, u
	} else {
		u.ReadCloser, r.Body = r.Body, u
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.all == nil {
		all.all = map[*upload]struct{}{}
	}
	all.all[u] = struct{}{}
	return u
}

func (all *uploadsUnderWay) remove(u *upload) {
	all.mu.Lock()
	defer all.mu.Unlock()
	delete(all.all, u)
}

// endSlowest ends the slowest upload that has had time to show its pace and is not complete yet.
func (all *uploadsUnderWay) endSlowest() {
	all.mu.Lock()
	defer all.mu.Unlock()
	var slowest *upload
	now := time.Now()
	for u := range all.all {
		if now.Sub(u.began) < showPace || u.whole.Load() {
			continue
		}
		if slowest == nil || u.pace(now) < slowest.pace(now) {
			slowest = u
		}
	}
	if slowest == nil {
		return
	}
	delete(all.all, slowest)
	slowest.ended.Store(true)
	if err := slowest.end(); err != nil {
		slowest.ended.Store(false) // a writer without deadlines: it goes on
	}
}
