package benchboard

import (
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Durations are the times of equal requests.
type Durations []time.Duration

// At returns a quantile, such as 0.5 for the p50.
func (d Durations) At(quantile float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, int(quantile*float64(len(sorted))))]
}

// MillisAt returns a quantile in milliseconds.
func (d Durations) MillisAt(quantile float64) float64 { return Millis(d.At(quantile)) }

// Millis returns a time in milliseconds.
func Millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// OwnCPU returns the CPU time that this process, and not the board, has used so far.
func OwnCPU() (user, system time.Duration, err error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, 0, fmt.Errorf("read the CPU time: %w", err)
	}
	return time.Duration(usage.Utime.Nano()), time.Duration(usage.Stime.Nano()), nil
}

// Published returns how many jobs of the board are published.
func (b *Board) Published() (jobs int, err error) {
	db, err := OpenDB(filepath.Join(b.Data(), "data.db"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return jobs, db.QueryRow("SELECT count(*) FROM jobs WHERE status = 'published'").Scan(&jobs)
}
