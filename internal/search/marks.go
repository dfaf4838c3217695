package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// logKept is how long a cluster keeps the entries of the log: a follower that was away for less catches up and need not rebuild its index.
const logKept = 24 * time.Hour

// markInterval is the least time between two marks.
const markInterval = 10 * time.Minute

// marks record which entry of the log was the last at what time, since the entries themselves have no time. Every node keeps its own, in a
// file beside the index: a new leader continues with those that it made as a follower.
type marks struct {
	path string
	list []mark
}

type mark struct {
	At  time.Time `json:"at"`
	Seq int64     `json:"seq"`
}

// readMarks reads a file of marks. One that is missing or unreadable is like none: then the log is not shortened for a day.
func readMarks(path string) (*marks, error) {
	m := &marks{path: path}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the marks of the search log: %w", err)
	}
	if json.Unmarshal(raw, &m.list) != nil {
		m.list = nil
	}
	return m, nil
}

// add records that the log has reached an entry. Marks of another database, whose numbers are higher, are forgotten.
func (m *marks) add(now time.Time, seq int64) error {
	m.list = slices.DeleteFunc(m.list, func(one mark) bool { return one.Seq > seq || one.At.After(now) })
	if n := len(m.list); n > 0 && now.Sub(m.list[n-1].At) < markInterval {
		return nil
	}
	m.list = append(m.list, mark{now.UTC(), seq})
	for len(m.list) > 1 && now.Sub(m.list[1].At) >= logKept { // of those that are old enough, only the last is needed
		m.list = m.list[1:]
	}
	raw, err := json.Marshal(m.list)
	if err != nil {
		return fmt.Errorf("encode the marks of the search log: %w", err)
	}
	temporary := m.path + ".new"
	if err := errors.Join(os.WriteFile(temporary, raw, 0o600), os.Rename(temporary, m.path)); err != nil {
		return fmt.Errorf("write the marks of the search log: %w", err)
	}
	return nil
}

// outdated returns the last entry that is older than the log is kept, or 0.
func (m *marks) outdated(now time.Time) (seq int64) {
	for _, one := range m.list {
		if now.Sub(one.At) >= logKept {
			seq = one.Seq
		}
	}
	return seq
}
