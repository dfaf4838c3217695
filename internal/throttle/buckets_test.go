package throttle

import (
	"fmt"
	"testing"
	"time"
)

func TestBucketsLeak(t *testing.T) {
	b := newBuckets(Limit{3, time.Minute})
	now := time.Now()
	for i := range 3 {
		if wait := b.take("a", now); wait != 0 {
			t.Fatalf("try %d waits %s", i, wait)
		}
	}
	if wait := b.take("a", now); wait != time.Minute {
		t.Errorf("beyond the burst: wait %s, want a minute", wait)
	}
	if wait := b.take("b", now); wait != 0 {
		t.Errorf("another key waits %s", wait)
	}
	if wait := b.take("a", now.Add(45*time.Second)); wait != 15*time.Second {
		t.Errorf("a refused try was counted, or nothing has leaked: wait %s", wait)
	}
	if wait := b.take("a", now.Add(time.Minute)); wait != 0 {
		t.Errorf("after a minute: wait %s", wait)
	}
	b.give("a")
	if wait := b.take("a", now.Add(time.Minute)); wait != 0 {
		t.Errorf("after one was given back: wait %s", wait)
	}
	b.empty("a")
	if wait := b.take("a", now.Add(time.Minute)); wait != 0 {
		t.Errorf("after all were forgotten: wait %s", wait)
	}
}

func TestBucketsAreBounded(t *testing.T) {
	b := newBuckets(Limit{3, time.Hour})
	now := time.Now()
	for i := range maxBuckets + 1000 {
		b.take(fmt.Sprint(i), now)
	}
	if len(b.of) > maxBuckets {
		t.Errorf("%d buckets are kept, want at most %d", len(b.of), maxBuckets)
	}
}

func TestBlocks(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7":                             "203.0.113.7",
		"::ffff:203.0.113.7":                      "203.0.113.7",
		"2001:db8:1:2:3:4:5:6":                    "2001:db8:1:2::",
		"2001:0db8:0001:0002:ffff:0000:0000:0001": "2001:db8:1:2::",
		"fe80::1%eth0":                            "fe80::",
		"pipe":                                    "pipe",
	} {
		if got := block(address); got != want {
			t.Errorf("block(%s) = %s, want %s", address, got, want)
		}
	}
}
