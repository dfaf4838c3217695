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
var ErrWounded = errors.New("a search index file changed while it was in use")

// survive runs f, which reads segments. When f runs into damage, the damaged segments are taken out of the index, which
// is then Damaged, and f runs again. A panic that no damage explains is passed on.
func (ix *Index) survive(f func() error) error {
	for tries := 1; ; tries++ {
		before, rebuild := ix.current.Load(), ix.rebuilding.Load()
		cause, err := attempt(f)
		if cause == nil {
			return err
		}
		// what was damaged may just have been replaced, or given up
		if !ix.dropWounded() && (ix.current.Load() == before && ix.rebuilding.Load() == rebuild || tries == 3) {
			panic(cause)
		}
	}
}

// Verify compares all files in use with their checksums. It reads every byte, so it is for now and then.
func (ix *Index) Verify() { ix.dropWounded() }

// panicked is what a function panicked with, and where, which a panic that is passed on would not tell.
type panicked struct {
	with  any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("%v\n%s", p.with, p.stack) }

// attempt runs f, and gives what it panicked with.
func attempt(f func() error) (cause *panicked, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if with := recover(); with != nil {
			cause = &panicked{with, debug.Stack()}
		}
	}()
	return nil, f()
}

// dropWounded takes the segments out of the index whose bytes are no longer what was written, and tells whether there
// were any.
func (ix *Index) dropWounded() bool {
	ix.write.Lock()
	defer ix.write.Unlock()
	old := ix.current.Load()
	defer old.keep()
	next, wounds := old.withoutWounded()
	if r := ix.rebuilding.Load(); r != nil {
		growing := wounds
		if next := r.next.Load(); next != nil {
			_, growing = next.withoutWounded()
			wounds = errors.Join(wounds, growing)
		}
		if growing != nil {
			ix.rebuilding.Store(nil) // its next Add, or its Commit, fails
		}
	}
	if wounds == nil {
		return false
	}
	ix.current.Store(next)
	ix.Doubt(fmt.Errorf("%w: %w", ErrWounded, wounds))
	return true
}

// withoutWounded gives the snapshot of the whole segments, and what is wrong with the others.
func (s *snapshot) withoutWounded() (*snapshot, error) {
	whole := &snapshot{seq: s.seq}
	var wounds []error
	for _, v := range s.segments {
		if err := v.verify(); err != nil {
			wounds = append(wounds, err)
			continue
		}
		whole.segments = append(whole.segments, v)
	}
	return whole, errors.Join(wounds...)
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
		err = errDamaged
	}
	if err != nil {
		return fmt.Errorf("search segment %s: %w", s.file, err)
	}
	return nil
}
