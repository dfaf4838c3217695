package overload

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// tally counts what became of the requests that it sends into a queue.
type tally struct {
	served, refused atomic.Int64
	longestWait     atomic.Int64
	longestRefusal  atomic.Int64
}

func (c *tally) send(q *queue, work time.Duration) {
	came := time.Now()
	leave, err := q.enter(context.Background())
	waited := int64(time.Since(came))
	if err != nil {
		c.refused.Add(1)
		raise(&c.longestRefusal, waited)
		return
	}
	raise(&c.longestWait, waited)
	time.Sleep(work)
	leave()
	c.served.Add(1)
}

func raise(highest *atomic.Int64, value int64) {
	for {
		old := highest.Load()
		if value <= old || highest.CompareAndSwap(old, value) {
			return
		}
	}
}

func TestWithinCapacityNobodyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, c := newQueue(2, 10*time.Millisecond, 500*time.Millisecond), &tally{}
		for range 1_000 { // 2 places of 10 ms are 200 a second
			go c.send(q, 10*time.Millisecond)
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		if c.served.Load() != 1_000 || c.longestWait.Load() > int64(20*time.Millisecond) {
			t.Errorf("served %d, longest wait %s", c.served.Load(), time.Duration(c.longestWait.Load()))
		}
	})
}

func TestAtTwiceTheCapacitySomeAreServedQuicklyAndTheRestRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, c := newQueue(2, 10*time.Millisecond, 500*time.Millisecond), &tally{}
		for range 8_000 { // for 20 s
			go c.send(q, 10*time.Millisecond)
			time.Sleep(2500 * time.Microsecond)
		}
		time.Sleep(time.Second)
		if served := c.served.Load(); served < 3_900 || served > 4_200 {
			t.Errorf("served %d of 8,000, with room for 4,000", served)
		}
		if wait := time.Duration(c.longestWait.Load()); wait > 510*time.Millisecond {
			t.Errorf("the longest wait was %s", wait)
		}
		if wait := time.Duration(c.longestRefusal.Load()); wait > 0 {
			t.Errorf("a refusal took %s", wait)
		}
		if len(q.waiting) != 0 || q.active != 0 {
			t.Errorf("%d are waiting and %d at work when all is over", len(q.waiting), q.active)
		}
	})
}

func TestBurstIsServedCompletely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, c := newQueue(2, 10*time.Millisecond, 500*time.Millisecond), &tally{}
		for range 50 {
			go c.send(q, 10*time.Millisecond)
		}
		time.Sleep(time.Minute)
		if c.served.Load() != 50 {
			t.Errorf("served %d of a burst of 50", c.served.Load())
		}
	})
}

// Behind a lock, the work takes longer than it ever did: nobody waits for ever.
func TestNobodyWaitsLongerThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, c := newQueue(2, 10*time.Millisecond, 500*time.Millisecond), &tally{}
		for range 2 {
			go c.send(q, 10*time.Second)
		}
		synctest.Wait()
		for range 50 {
			go c.send(q, 10*time.Millisecond)
		}
		time.Sleep(3 * time.Second)
		if c.refused.Load() != 50 || len(q.waiting) != 0 {
			t.Errorf("refused %d, waiting %d", c.refused.Load(), len(q.waiting))
		}
		time.Sleep(time.Minute)
		c.send(q, 10*time.Millisecond)
		if c.served.Load() != 3 {
			t.Errorf("served %d", c.served.Load())
		}
	})
}

func TestCancelledRequestsTakeNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 10*time.Millisecond, 500*time.Millisecond)
		leave, err := q.enter(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		gone := make(chan error)
		go func() {
			_, err := q.enter(ctx)
			gone <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, errBusy) {
			t.Errorf("got %v", err)
		}
		leave()
		leave() // twice is once
		if q.active != 0 {
			t.Errorf("%d at work", q.active)
		}
	})
}
