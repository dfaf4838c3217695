package clustertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"jobboard/internal/cluster/clustertest"
)

func TestFaultsHappenAsOftenAsSaid(t *testing.T) {
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		io.WriteString(w, r.Host)
	}))
	defer server.Close()
	faults := clustertest.NewFaults(t, server.URL)
	ask := func() (string, error) {
		request, err := http.NewRequest(http.MethodPut, faults.URL+"/bucket/key", strings.NewReader("content"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request) // which repeats no PUT
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return string(body), err
	}
	failed := func(times int) (count int) {
		for range times {
			if _, err := ask(); err != nil {
				count++
			}
		}
		return count
	}
	if host, err := ask(); err != nil || "http://"+host != faults.URL {
		t.Errorf("without faults the server was asked as %q (%v), want %s", host, err, faults.URL)
	}
	for name, c := range map[string]struct {
		plan             clustertest.Plan
		failed, reaching int
	}{
		"no faults":     {clustertest.Plan{}, 0, 10},
		"lost requests": {clustertest.Plan{LostRequests: 1}, 10, 0},
		"lost answers":  {clustertest.Plan{LostAnswers: 1}, 10, 10},
	} {
		faults.Set(c.plan)
		before := served.Load()
		if got := failed(10); got != c.failed || int(served.Load()-before) != c.reaching {
			t.Errorf("%s: %d failed and %d reached the server, want %d and %d", name, got, served.Load()-before, c.failed, c.reaching)
		}
	}
	faults.Set(clustertest.Plan{LostAnswers: 0.5})
	if got := failed(100); got < 20 || got > 80 {
		t.Errorf("of 100 answers %d were lost, want about half", got)
	}
	faults.Set(clustertest.Plan{})
	faults.Cut(true)
	if got := failed(5); got != 5 {
		t.Errorf("%d of 5 failed while the way was cut", got)
	}
	faults.Cut(false)
	if got := failed(5); got != 0 {
		t.Errorf("%d of 5 failed after the way was restored", got)
	}
	if counts := faults.Counts(); counts.Cut == 0 || counts.LostRequests != 10 || counts.LostAnswers < 30 {
		t.Errorf("counted were %+v", counts)
	}
}
