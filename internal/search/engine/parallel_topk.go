package engine

import (
	"math"
	"sync/atomic"
)

// sharedThreshold is the highest threshold of several top-k heaps. Each holds k matches that reach its own, so no match below the
// highest is among the first k of all.
type sharedThreshold struct{ bits atomic.Uint64 }

func newSharedThreshold(t float64) *sharedThreshold {
	s := &sharedThreshold{}
	s.bits.Store(math.Float64bits(t))
	return s
}

func (s *sharedThreshold) get() float64 { return math.Float64frombits(s.bits.Load()) }

func (s *sharedThreshold) raise(t float64) {
	for {
		before := s.bits.Load()
		if t <= math.Float64frombits(before) || s.bits.CompareAndSwap(before, math.Float64bits(t)) {
			return
		}
	}
}

// learn takes over the best threshold of all cores.
func (b *topK) learn() {
	if b.best != nil {
		b.floor = b.best.get()
	}
}

// collect runs steps, one after the other, each of which offers matches of every segment. A step offers them to the heap that it is given,
// which is top only for one of the cores; in the end the heaps are merged into top.
func (e *evaluation) collect(top *topK, steps ...func(top *topK, segment int)) {
	if e.workers.most == 1 {
		for _, step := range steps {
			for i := range e.segments {
				step(top, i)
			}
		}
		return
	}
	tops := make([]*topK, e.workers.most)
	tops[0], top.best = top, newSharedThreshold(top.threshold())
	for _, step := range steps {
		e.workers.each(e.sizes, func(worker, i int) {
			if tops[worker] == nil {
				tops[worker] = newTopK(top.k, top.after)
				tops[worker].best = top.best
			}
			tops[worker].learn()
			step(tops[worker], i)
		})
	}
	top.best = nil
	for _, other := range tops[1:] {
		if other == nil {
			continue
		}
		for _, c := range other.heap {
			top.offer(c)
		}
	}
}
