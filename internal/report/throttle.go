package report

import (
	"context"
	"time"
)

// throttle limits the CPU time of background work: after each burst of work it pauses for rest times as long. Bursts are short, since a
// request may have to wait for the core. Pauses block nobody: a report only reads, which takes no lock.
type throttle struct {
	rest  float64   // 0 is no pause: for a command, which has its process to itself
	began time.Time // when the last pause ended
}

// restFactor is how long a report or a summary pauses, as a multiple of its work: it uses four fifths of one core at most. There is one
// of each at a time.
const restFactor = 0.25

// burst is how long the work continues at least between two pauses.
const burst = 5 * time.Millisecond

// pause sleeps if the work has continued long enough.
func (p *throttle) pause(ctx context.Context) {
	if p.rest == 0 {
		return
	}
	worked := time.Since(p.began)
	if worked < burst {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(p.rest * float64(worked))):
	}
	p.began = time.Now()
}
