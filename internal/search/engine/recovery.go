package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Segment files are mapped, so that a start is quick and the system can drop pages. The price: a file that is cut off or
// overwritten while it is mapped shows in the middle of a search, as a fault (SIGBUS) or as numbers that lead nowhere.
// survive makes both harmless.

// ErrWounded is the Damage of an index whose files have changed since they were opened.
var ErrCorrupted = errors.New("a search index file changed while it was in use")

// survive runs f, which reads segments. When f runs into damage, the damaged segments are taken out of the index, which
// is then Damaged, and f runs again. A panic that no damage explains is passed on.
func (ix *Index) withRecovery(f func() error) error {
	for tries := 1; ; tries++ {
		before, rebuild := ix.current.Load(), ix.rebuilding.Load()
		cause, err := attempt(f)
		if cause == nil {
			return err
		}
		// what was damaged may just have been replaced, or given up
		if !ix.dropCorrupted() && (ix.current.Load() == before && ix.rebuilding.Load() == rebuild || tries == 3) {
			panic(cause)
		}
	}
}

// Verify compares all files in use with their checksums. It reads every byte, so it is for now and then.
func (ix *Index) Verify() { ix.dropCorrupted() }

// panicked is what a function panicked with, and where, which a panic that is passed on would not tell.
type caughtPanic struct {
	value any
	stack []byte
}

func (p *caughtPanic) Error() string { return fmt.Sprintf("%v\n%s", p.value, p.stack) }

// attempt runs f, and gives what it panicked with.
func attempt(f func() error) (cause *caughtPanic, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if with := recover(); with != nil {
			cause = &caughtPanic{with, debug.Stack()}
		}
	}()
	return nil, f()
}

// dropWounded takes the segments out of the index whose bytes are no longer what was written, and tells whether there
// were any.
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
			ix.rebuilding.Store(nil) // its next Add, or its Commit, fails
		}
	}
	if corruption == nil {
		return false
	}
	ix.current.Store(next)
	ix.MarkStale(fmt.Errorf("%w: %w", ErrCorrupted, corruption))
	return true
}

// withoutWounded gives the snapshot of the whole segments, and what is wrong with the others.
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

// verify compares a segment that came from a file with its checksum.
func (s *segment) verify() error {
	if s.file == "" {
		return nil
	}
	fault, err := attempt(func() error {
		_, _, err := decode(s.data, true)
		return err
	})
	if fault != nil {
		err = errCorrupted
	}
	if err != nil {
		return fmt.Errorf("search segment %s: %w", s.file, err)
	}
	return nil
}
