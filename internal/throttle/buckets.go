// Package throttle slows down callers who try something too often: to guess a password, to register, or to publish one job. It counts by
// account and by address, in memory, and only while the board's rate limits are on.
package throttle

import (
	"sync"
	"time"
)

// Limit allows Burst tries at once, and then one per Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// maxBuckets limits the memory that strangers can fill. A bucket takes about 150 bytes with its key.
const maxBuckets = 100_000

// buckets are the leaky buckets of one limit, by key.
type buckets struct {
	limit Limit
	mu    sync.Mutex
	of    map[string]*bucket
}

type bucket struct {
	level float64 // tries that have not leaked out yet
	at    time.Time
}

func newBuckets(limit Limit) *buckets { return &buckets{limit: limit, of: map[string]*bucket{}} }

// take counts a try and returns 0, or returns how long to wait until the next one is allowed.
func (b *buckets) take(key string, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := b.of[key]
	if found == nil {
		b.makeRoom(now)
		found = &bucket{at: now}
		b.of[key] = found
	}
	found.level, found.at = b.leaked(found, now), now
	if over := found.level + 1 - float64(b.limit.Burst); over > 0 {
		return time.Duration(over * float64(b.limit.Every))
	}
	found.level++
	return 0
}

// give takes back a try that was counted.
func (b *buckets) give(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found := b.of[key]; found != nil {
		found.level = max(found.level-1, 0)
	}
}

// empty forgets all tries that were counted.
func (b *buckets) empty(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.of, key)
}

func (b *buckets) leaked(one *bucket, now time.Time) float64 {
	return max(one.level-float64(now.Sub(one.at))/float64(b.limit.Every), 0)
}

// makeRoom drops the buckets that have leaked out if there are too many and, if that is not enough, any others.
func (b *buckets) makeRoom(now time.Time) {
	if len(b.of) < maxBuckets {
		return
	}
	for key, one := range b.of {
		if b.leaked(one, now) == 0 {
			delete(b.of, key)
		}
	}
	for key := range b.of {
		if len(b.of) <= maxBuckets*9/10 {
			return
		}
		delete(b.of, key)
	}
}
