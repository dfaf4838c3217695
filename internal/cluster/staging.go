package cluster

import (
	"context"
	"fmt"
	"sync"
)

// staging reads what was committed once for all calls of ask at the same time: each reading writes a file to the disk, and every write
// of a busy board asks.
type staging struct {
	mu      sync.Mutex
	waiting []chan stagedAt
	running bool
}

type stagedAt struct {
	txid uint64
	err  error
}

// ask returns the number up to which all that was committed before the call will be in the log.
func (s *staging) ask(ctx context.Context, l *leader) (uint64, error) {
	done := make(chan stagedAt, 1)
	s.mu.Lock()
	s.waiting = append(s.waiting, done)
	if !s.running {
		s.running = true
		go s.answer(l)
	}
	s.mu.Unlock()
	select {
	case at := <-done:
		return at.txid, at.err
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the number of a transaction: %w", context.Cause(ctx))
	}
}

func (s *staging) answer(l *leader) {
	for {
		s.mu.Lock()
		group := s.waiting
		s.waiting = nil
		s.running = len(group) > 0
		s.mu.Unlock()
		if len(group) == 0 {
			return
		}
		txid, err := l.staged(l.ctx)
		for _, done := range group {
			done <- stagedAt{txid, err}
		}
	}
}
