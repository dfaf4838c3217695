package hooks

import (
	"fmt"
	"testing"
	"time"
)

// Requests in an address's name without end let through a mail each 20 minutes, so that its owner is never without one that
// works.
func TestMailLimitsLetOneThroughEachInterval(t *testing.T) {
	limits := &mailLimits{full: map[string]time.Time{}}
	start := time.Now()
	var sent []time.Duration
	for at := time.Duration(0); at < 2*time.Hour; at += time.Minute {
		if limits.allow("reset ann@example.com", start.Add(at)) {
			sent = append(sent, at)
		}
	}
	if got := fmt.Sprint(sent); got != "[0s 1m0s 2m0s 20m0s 40m0s 1h0m0s 1h20m0s 1h40m0s]" {
		t.Errorf("mails after %s", got)
	}
}

func TestMailLimitsForgetWhatNoLongerMatters(t *testing.T) {
	limits := &mailLimits{full: map[string]time.Time{}}
	start := time.Now()
	for i := range 3 * maxMailKeys {
		limits.allow(fmt.Sprint(i), start.Add(time.Duration(i)*time.Second))
	}
	if n := len(limits.full); n > maxMailKeys+1 {
		t.Errorf("%d keys are kept", n)
	}
}
