// Package throttle slows down who tries too often: to guess a password, to register, to publish one job. It counts by account and by address,
// in memory, and only while the board's rate limits are on.
package throttle

import (
	"sync"
	"time"
)

// Limit lets Burst tries through at once, and then one each Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// maxBuckets bounds the memory that strangers can fill; a bucket has some 150 bytes with its key.
const maxBuckets = 100_000

// buckets are leaky buckets of one limit, by what they count.
type buckets struct {
	limit Limit
	mu    sync.Mutex
	of    map[string]*bucket
}

type bucket struct {
	level float64 // tries that have not leaked yet
	at    time.Time
}

func newBuckets(limit Limit) *buckets { return &buckets{limit: limit, of: map[string]*bucket{}} }

// take counts a try, or returns how long to wait before the next one fits.
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

// give takes a counted try back.
func (b *buckets) give(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found := b.of[key]; found != nil {
		found.level = max(found.level-1, 0)
	}
}

// empty forgets what was counted.
func (b *buckets) empty(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.of, key)
}

func (b *buckets) leaked(one *bucket, now time.Time) float64 {
	return max(one.level-float64(now.Sub(one.at))/float64(b.limit.Every), 0)
}

// makeRoom drops what has leaked out, and where that is too little, any others.
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
