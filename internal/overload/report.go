package overload

import (
	"log/slog"
	"sync"
	"time"
)

// report sums up the refusals for the log: a line for each would be one more thing to do when there is too much to do.
type report struct {
	mu    sync.Mutex
	count map[class]int
	last  time.Time
}

// refused counts a refusal, and tells of all since the last time when that is a while ago.
func (r *report) refused(log *slog.Logger, of class) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == nil {
		r.count = map[class]int{}
	}
	r.count[of]++
	if time.Since(r.last) < reportEvery {
		return
	}
	attributes := make([]any, 0, len(r.count))
	for class, n := range r.count {
		attributes = append(attributes, slog.Int(string(class), n))
	}
	log.Warn("Refused requests, since more came than the board can carry.", attributes...)
	r.count, r.last = nil, time.Now()
}
