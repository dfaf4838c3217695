package overload_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/overload"
	"jobboard/internal/testapp"
)

// crowd holds requests for the employers back in their handlers until release is called, and sends so many of them.
func crowd(t *testing.T, board *testapp.Board, n int) (statuses chan int, release func()) {
	t.Helper()
	gate := make(chan struct{})
	board.OnRecordsListRequest(collections.Employers).BindFunc(func(e *core.RecordsListRequestEvent) error {
		<-gate
		return e.Next()
	})
	statuses = make(chan int, n)
	handler := board.Handler()
	for range n {
		go func() {
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, httptest.NewRequest("GET", testapp.Records(collections.Employers), nil))
			statuses <- answer.Code
		}()
	}
	return statuses, func() { close(gate) }
}

func TestTooManyReadsAreRefusedAndNothingElse(t *testing.T) {
	const n = 2_000
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(overload.Bind, overload.Options{MaxWait: 400 * time.Millisecond}))
	ann := board.Seeker("ann")
	token := board.Token(ann)
	statuses, release := crowd(t, board, n)
	refused := 0
	// Admitted requests wait for the gate; all others are refused, at once or after they have waited for long enough.
	for status := range statuses {
		if status != http.StatusServiceUnavailable {
			t.Fatalf("got %d before the gate is open", status)
		}
		if refused++; refused > n-100 {
			break
		}
	}
	answer := board.Call(nil, "GET", testapp.Records(collections.Jobs), nil)
	if answer.Status != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || answer.Body["message"] == "" {
		t.Errorf("another read: %d %v %s", answer.Status, answer.Header, answer.Raw)
	}
	if answer := board.Call(nil, "GET", "/api/employers/", nil); answer.Status != http.StatusServiceUnavailable {
		t.Errorf("another read by REST: %d", answer.Status)
	}
	login := `{"email":"ann@example.com","password":"` + testapp.Password + `"}`
	search := `{"name":"x","query":{"q":"x"},"frequency":"off"}`
	for name, request := range map[string]*http.Request{
		"health":    httptest.NewRequest("GET", "/api/health", nil),
		"a search":  httptest.NewRequest("GET", "/api/jobs/", nil),
		"a login":   httptest.NewRequest("POST", "/api/users/auth/login/", strings.NewReader(login)),
		"a write":   httptest.NewRequest("POST", testapp.Records(collections.SavedSearches), strings.NewReader(search)),
		"a summary": httptest.NewRequest("GET", "/api/reports/summary/", nil),
	} {
		request.Header.Set("Content-Type", "application/json")
		if name != "a login" {
			request.Header.Set("Authorization", token)
		}
		if answer := board.Send(request); answer.Status == http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		} else if name == "a write" && answer.Status != http.StatusOK {
			t.Errorf("%s with its body: %d %s", name, answer.Status, answer.Raw)
		}
	}
	release()
	for range n - refused {
		<-statuses
	}
	if answer := board.Call(nil, "GET", "/api/employers/", nil); answer.Status != http.StatusOK {
		t.Errorf("when it is over: %d", answer.Status)
	}
}

func TestZeroTurnsTheGuardOff(t *testing.T) {
	board := testapp.NewBoard(t, testapp.With(overload.Bind, overload.Options{}))
	n := 2*runtime.GOMAXPROCS(0) + 8 // more than there are slots
	statuses, release := crowd(t, board, n)
	time.AfterFunc(600*time.Millisecond, release) // longer than any request may wait
	for range n {
		if status := <-statuses; status != http.StatusOK {
			t.Fatalf("got %d", status)
		}
	}
}

// Slow readers and slow senders hold no slot.
func TestSlowClientsHoldNoSlot(t *testing.T) {
	board := testapp.NewBoard(t, testapp.With(overload.Bind, overload.Options{MaxWait: 400 * time.Millisecond}))
	handler := board.Handler()
	stop := make(chan struct{})
	defer close(stop)
	began := make(chan struct{}, 400)
	for range 100 {
		go handler.ServeHTTP(&stuckWriter{ResponseRecorder: httptest.NewRecorder(), began: began, stop: stop},
			httptest.NewRequest("GET", testapp.Records(collections.Employers), nil))
		<-began
		small := httptest.NewRequest("POST", testapp.Records(collections.SavedJobs), &stuckReader{stop})
		small.ContentLength = 100
		go handler.ServeHTTP(httptest.NewRecorder(), small)
	}
	if answer := board.Call(nil, "GET", testapp.Records(collections.Employers), nil); answer.Status != http.StatusOK {
		t.Errorf("a read: %d", answer.Status)
	}
	if answer := board.Call(nil, "POST", testapp.Records(collections.SavedJobs), map[string]any{}); answer.Status != http.StatusBadRequest {
		t.Errorf("a write: %d %s", answer.Status, answer.Raw)
	}
}

type stuckWriter struct {
	*httptest.ResponseRecorder
	began chan struct{}
	stop  chan struct{}
}

func (w *stuckWriter) Write(p []byte) (int, error) {
	w.began <- struct{}{}
	<-w.stop
	return len(p), nil
}

type stuckReader struct{ stop chan struct{} }

func (r *stuckReader) Read([]byte) (int, error) {
	<-r.stop
	return 0, http.ErrBodyReadAfterClose
}

// However many uploads send a byte now and then, another one gets a slot, and the one that is ended is told why.
func TestSlowUploadsGiveWay(t *testing.T) {
	testapp.Slow(t, "an upload has two seconds to show its pace")
	cores := runtime.GOMAXPROCS(1) // fewer slots to fill
	t.Cleanup(func() { runtime.GOMAXPROCS(cores) })
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(overload.Bind, overload.Options{MaxWait: 400 * time.Millisecond}))
	url := board.Serve()
	const head = "POST /api/users/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
	slow := make([]net.Conn, 64)
	for i := range slow {
		connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := connection.Write([]byte(head)); err != nil {
			t.Fatal(err)
		}
		slow[i] = connection
	}
	time.Sleep(2500 * time.Millisecond) // long enough to be measured as slow
	answer, err := http.Post(url+"/api/users/auth/login", "application/json", strings.NewReader("{"+strings.Repeat(" ", 100_000)+"}"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest { // no address was given
		t.Errorf("an upload beside %d slow ones: %d", len(slow), answer.StatusCode)
	}
	ended := make(chan int, len(slow))
	for _, connection := range slow {
		go func() {
			if answer, err := http.ReadResponse(bufio.NewReader(connection), nil); err == nil {
				defer answer.Body.Close()
				ended <- answer.StatusCode
			}
		}()
	}
	select {
	case status := <-ended:
		if status != http.StatusServiceUnavailable {
			t.Errorf("a slow upload was answered %d", status)
		}
	case <-time.After(10 * time.Second):
		t.Error("no slow upload was ended")
	}
}
