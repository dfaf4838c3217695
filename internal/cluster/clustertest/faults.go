// Package clustertest runs clusters of the real board for tests: nodes as processes that can be killed and frozen, and faults between
// them and their bucket.
package clustertest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Faults is a proxy between nodes and their S3 server that can lose, delay and cut.
type Faults struct {
	URL    string
	server *httptest.Server

	mu     sync.Mutex
	set    Plan
	cut    bool
	counts Counts
}

// Plan says how often requests fail, as probabilities from 0 to 1.
type Plan struct {
	LostRequests float64       // never reach the server
	LostAnswers  float64       // of requests that the server has carried out
	Slow         time.Duration // each request waits at random up to so long
}

// Counts are what a proxy has done so far.
type Counts struct{ Requests, LostRequests, LostAnswers, Cut int }

// NewFaults returns a proxy to the server at an address, without faults so far, until the test ends.
func NewFaults(t testing.TB, target string) *Faults {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	f := &Faults{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // which is signed
		},
		ModifyResponse: func(answer *http.Response) error {
			if f.chance(func(p Plan) float64 { return p.LostAnswers }, func(c *Counts) { c.LostAnswers++ }) {
				panic(http.ErrAbortHandler)
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait, gone := f.arrive()
		if gone || f.chance(func(p Plan) float64 { return p.LostRequests }, func(c *Counts) { c.LostRequests++ }) {
			panic(http.ErrAbortHandler)
		}
		time.Sleep(wait)
		proxy.ServeHTTP(w, r)
	}))
	f.URL = f.server.URL
	t.Cleanup(func() {
		f.server.CloseClientConnections()
		f.server.Close()
	})
	return f
}

// arrive counts a request and returns how long it has to wait, or that there is no way to the server.
func (f *Faults) arrive() (wait time.Duration, gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts.Requests++
	if f.cut {
		f.counts.Cut++
		return 0, true
	}
	if f.set.Slow > 0 {
		wait = rand.N(f.set.Slow)
	}
	return wait, false
}

// chance decides whether a fault happens, and counts it.
func (f *Faults) chance(probability func(Plan) float64, count func(*Counts)) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rand.Float64() >= probability(f.set) {
		return false
	}
	count(&f.counts)
	return true
}

// Set makes requests fail from now on as often as plan says.
func (f *Faults) Set(plan Plan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set = plan
}

// Cut cuts the way to the server, with all requests that are under way, or restores it.
func (f *Faults) Cut(cut bool) {
	f.mu.Lock()
	f.cut = cut
	f.mu.Unlock()
	if cut {
		f.server.CloseClientConnections()
	}
}

// Counts returns what the proxy has done so far.
func (f *Faults) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts
}
