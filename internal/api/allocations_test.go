package api_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// Garbage is most of what a search costs beside SQLite, and most of it came from the columns of the rows, one by one.
func TestARowOfAListTakesFewAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector drops what pools hold, at random")
	}
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, _ := board.Employer("Acme")
	for i := range 21 {
		board.Job(acme, fmt.Sprint("Gopher ", i), map[string]any{"salaryMin": 50_000, "description": "<p>\"What\" you will do.</p>"})
	}
	handler := board.Handler()
	allocations := func(path string) float64 {
		least := math.Inf(1) // the board's own loops allocate meanwhile
		for range 3 {
			least = min(least, testing.AllocsPerRun(20, func() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				if w.Code != http.StatusOK {
					t.Fatal(path, w.Code, w.Body)
				}
			}))
		}
		return least
	}
	for path, most := range map[string]float64{
		"/api/jobs/?":                10, // it was 40
		"/api/jobs/search/?":         10,
		"/api/jobs/?fields=id&":      7,
		"/api/jobs/search/?q=gopher": 20, // with highlights
	} {
		if row := (allocations(path+"&perPage=21") - allocations(path+"&perPage=1")) / 20; row > most {
			t.Errorf("%s: %.1f allocations for each row; want %.0f at most", path, row, most)
		}
	}
}
