package report

import (
	"context"
	"time"
)

// pace leaves the machine to others: after each burst of work it rests for rest times as long as that took. Bursts are short,
// since a request waits behind what is at work on its core. Nobody waits for the rest itself: a report only reads, which
// locks nothing.
type pace struct {
	rest  float64   // 0 does not rest: for a command, which has its process to itself
	began time.Time // the end of the last rest
}

// backgroundRest is how long a report or a summary rests, as a multiple of its work: it takes four fifths of one core at most.
// There is one of each at a time.
const backgroundRest = 0.25

// burst is how long the work goes on at least between two rests.
const burst = 5 * time.Millisecond

// breathe rests if the work has gone on long enough.
func (p *pace) breathe(ctx context.Context) {
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
