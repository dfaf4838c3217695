package jobstats

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// Requests count while others flush, from the first moment of a day on: nothing is lost or counted twice.
func TestFlushesBesideRequestsAddUp(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(Bind, Options{}))
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Gopher")
	const callers, times = 4, 250
	var counting, flushing sync.WaitGroup
	for n := range callers {
		counting.Go(func() {
			event := &core.RequestEvent{App: board.TestApp}
			event.Request = httptest.NewRequest("GET", "/", nil)
			event.Request.RemoteAddr = fmt.Sprintf("192.0.2.%d:80", n)
			for range times {
				CountView(event, job.Id)
				CountApplyClick(event, job.Id)
				time.Sleep(10 * time.Microsecond)
			}
		})
	}
	done := make(chan struct{})
	flushing.Go(func() {
		c := of(board.TestApp)
		for {
			c.cleaned = "" // as on a new day
			if err := c.flush(t.Context(), board.TestApp, time.Now()); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	counting.Wait()
	close(done)
	flushing.Wait()
	now := time.Now().UTC()
	stats, err := Read(board.TestApp, job.Id, now, now)
	if want := (Figures{Views: callers * times, Visitors: callers, ApplyClicks: callers * times}); err != nil || stats.Totals != want {
		t.Errorf("counted %+v (%v), want %+v", stats.Totals, err, want)
	}
}
