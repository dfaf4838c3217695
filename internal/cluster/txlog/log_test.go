package txlog_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/superfly/ltx"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster/txlog"
)

func yes() bool { return true }

func lead(t *testing.T, l *txlog.Log, end uint64, session string) {
	t.Helper()
	l.Lead(t.Context(), end, txlog.Options{Session: session, Holds: yes, Lost: func(error) {}})
}

func TestEachNumberHasOneWinner(t *testing.T) {
	b := buckettest.Open(t)
	const numbers, claimants = 1_000, 2
	var winners [claimants][numbers + 1]bool
	var running sync.WaitGroup
	for i := range claimants {
		l := txlog.New(b)
		lead(t, l, 0, string(rune('a'+i)))
		running.Go(func() {
			for number := uint64(1); number <= numbers; number++ {
				switch err := l.Create(t.Context(), number, []byte{byte(i)}); {
				case err == nil:
					winners[i][number] = true
				case !errors.Is(err, txlog.ErrFenced):
					t.Errorf("claimant %d, number %d: %v", i, number, err)
				}
			}
		})
	}
	running.Wait()
	l, won := txlog.New(b), [claimants]int{}
	for number := uint64(1); number <= numbers; number++ {
		data, err := l.Read(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		for i := range claimants {
			if winners[i][number] {
				won[i]++
			}
			if winners[i][number] != (data[0] == byte(i)) {
				t.Errorf("number %d has the content of claimant %d; that one was told %v", number, data[0], winners[i][number])
			}
		}
	}
	if won[0]+won[1] != numbers {
		t.Errorf("%v of %d numbers were won", won, numbers)
	}
	if end, err := l.End(t.Context(), 990); err != nil || end != numbers {
		t.Errorf("the log ends at %d, %v", end, err)
	}
}

// An answer that is lost on its way back says nothing about what was written.
func TestLostAnswersAreLookedUp(t *testing.T) {
	var lose atomic.Bool
	settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && lose.Load() {
				next.ServeHTTP(discard{http.Header{}}, r)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	b := bucket.New(settings)
	mine, other := txlog.New(b), txlog.New(b)
	lead(t, mine, 0, "mine")
	lead(t, other, 0, "other")
	if err := other.Create(t.Context(), 1, []byte("other")); err != nil {
		t.Fatal(err)
	}
	lose.Store(true)
	if err := mine.Create(t.Context(), 1, []byte("mine")); !errors.Is(err, txlog.ErrFenced) {
		t.Errorf("a number that another node has: %v", err)
	}
	if err := mine.Create(t.Context(), 2, []byte("mine")); err != nil || mine.Confirmed() != 2 {
		t.Errorf("a number that was free: %v, confirmed %d", err, mine.Confirmed())
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func TestNothingCountsAfterTheLease(t *testing.T) {
	b := buckettest.Open(t)
	l := txlog.New(b)
	if err := l.Create(t.Context(), 1, nil); !errors.Is(err, txlog.ErrNotLeading) {
		t.Errorf("a follower may write: %v", err)
	}
	var asked atomic.Int32
	holds := func() bool { return asked.Add(1) == 1 } // the lease ends during the request
	var lost atomic.Int32
	l.Lead(t.Context(), 0, txlog.Options{Session: "s", Holds: holds, Lost: func(error) { lost.Add(1) }})
	if _, err := l.WriteLTXFile(t.Context(), 0, 1, 1, bytes.NewReader([]byte("x"))); !errors.Is(err, txlog.ErrFenced) {
		t.Errorf("a transaction that came too late: %v", err)
	}
	if l.Confirmed() != 0 || lost.Load() != 1 {
		t.Errorf("confirmed %d, told of the loss %d times", l.Confirmed(), lost.Load())
	}
}

func TestTheArchiveHoldsOnlyWhatIsInTheLog(t *testing.T) {
	b := buckettest.Open(t)
	l := txlog.New(b)
	lead(t, l, 0, "s")
	if err := l.Create(t.Context(), 1, []byte("x")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.WriteLTXFile(ctx, 1, 1, 2, bytes.NewReader([]byte("x"))); !errors.Is(err, context.Canceled) {
		t.Errorf("archiving what nobody has acknowledged: %v", err)
	}
	l.Yield()
	if _, err := l.WriteLTXFile(t.Context(), 1, 1, 1, bytes.NewReader([]byte("x"))); !errors.Is(err, txlog.ErrNotLeading) {
		t.Errorf("archiving after leading: %v", err)
	}
	if files := numbers(t, l, 1, 0); len(files) != 0 {
		t.Errorf("the archive has %v", files)
	}
}

// A leader must not take its successor's files for its own, and must not skip its predecessor's when it archives.
func TestALeaderKnowsItsOwnFiles(t *testing.T) {
	b := buckettest.Open(t)
	earlier := txlog.New(b)
	lead(t, earlier, 0, "earlier")
	for number := uint64(1); number <= 3; number++ {
		if err := earlier.Create(t.Context(), number, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	l := txlog.New(b)
	lead(t, l, 3, "now")
	if err := l.Create(t.Context(), 4, []byte("x")); err != nil {
		t.Fatal(err)
	}
	later := txlog.New(b)
	lead(t, later, 4, "later")
	if err := later.Create(t.Context(), 5, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if got, want := numbers(t, l, 0, 2), []uint64{2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("a leader knows %v, want %v", got, want)
	}
	l.Yield()
	if got, want := numbers(t, l, 0, 2), []uint64{2, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("a follower lists %v, want %v", got, want)
	}
}

func numbers(t *testing.T, l *txlog.Log, level int, from ltx.TXID) (all []uint64) {
	t.Helper()
	files, err := l.LTXFiles(t.Context(), level, from, false)
	if err != nil {
		t.Fatal(err)
	}
	for files.Next() {
		all = append(all, uint64(files.Item().MaxTXID))
	}
	return all
}
