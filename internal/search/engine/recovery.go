package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Segment files are memory-mapped, so that the index opens quickly and the system can drop pages. The price: a file that is
// truncated or overwritten while it is mapped shows in the middle of a search, as a fault (SIGBUS) or as invalid numbers.
// withRecovery makes both harmless.

// ErrCorrupted is the RebuildReason of an index whose files have changed since they were opened.
var ErrCorrupted = errors.New("a search index file changed while it was in use")

// withRecovery runs f, which reads segments. If f panics because of corrupted segments, they are removed from the index,
// which must then be rebuilt, and f runs again. A panic without corruption is propagated.
func (ix *Index) withRecovery(f func() error) error {
	for tries := 1; ; tries++ {
		before, rebuild := ix.current.Load(), ix.rebuilding.Load()
		cause, err := attempt(f)
		if cause == nil {
			return err
		}
		// the corrupted segment may just have been replaced, or its rebuild aborted
		if !ix.dropCorrupted() && (ix.current.Load() == before && ix.rebuilding.Load() == rebuild || tries == 3) {
			panic(cause)
		}
	}
}

// Verify compares the checksums of all files in use. It reads every byte, so it should run only now and then.
func (ix *Index) Verify() { ix.dropCorrupted() }

// caughtPanic is the value of a panic with its stack, which would be lost when it is propagated.
type caughtPanic struct {
	value any
	stack []byte
}

func (p *caughtPanic) Error() string { return fmt.Sprintf("%v\n%s", p.value, p.stack) }

// attempt runs f and returns its panic, if any.
func attempt(f func() error) (cause *caughtPanic, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		with := recover()
		if earlier, ok := with.(*caughtPanic); ok { // of another goroutine, whose stack is the one to know
			cause = earlier
		} else if with != nil {
			cause = &caughtPanic{with, debug.Stack()}
		}
	}()
	return nil, f()
}

// dropCorrupted removes the segments whose bytes do not match their checksum, and reports whether there were any.
func (ix *Index) dropCorrupted() bool {
	ix.snapshotMu.Lock()
	defer ix.snapshotMu.Unlock()
	old := ix.current.Load()
	defer old.keepAlive()
	next, corruption := old.withoutCorrupted()
	if r := ix.rebuilding.Load(); r != nil {
		growingCorruption := corruption
		if next := r.next.Load(); next != nil {
			_, growingCorruption = next.withoutCorrupted()
			corruption = errors.Join(corruption, growingCorruption)
		}
		if growingCorruption != nil {
			ix.rebuilding.Store(nil) // its next Add or Commit fails
		}
	}
	if corruption == nil {
		return false
	}
	ix.current.Store(next)
	ix.MarkStale(fmt.Errorf("%w: %w", ErrCorrupted, corruption))
	return true
}

// withoutCorrupted returns the snapshot of the intact segments, and what is wrong with the others.
func (s *snapshot) withoutCorrupted() (*snapshot, error) {
	intact := &snapshot{seq: s.seq}
	var corruption []error
	for _, v := range s.segments {
		if err := v.verify(); err != nil {
			corruption = append(corruption, err)
			continue
		}
		intact.segments = append(intact.segments, v)
	}
	return intact, errors.Join(corruption...)
}

// verify compares the checksum of a segment that came from a file.
func (s *segment) verify() error {
	if s.file == "" {
		return nil
	}
	fault, err := attempt(func() error {
		_, _, err := decode(s.data, true)
		return err
	})
	if fault != nil {
		err = errBadFile
	}
	if err != nil {
		return fmt.Errorf("search segment %s: %w", s.file, err)
	}
	return nil
}
