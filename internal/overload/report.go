package overload

import (
	"log/slog"
	"sync"
	"time"
)

// report sums up refusals for the log: a line for each would add work when there is too much of it already.
type report struct {
	mu    sync.Mutex
	count map[class]int
	last  time.Time
}

// refused counts a refusal, and logs all since the last time once that is reportEvery ago.
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
