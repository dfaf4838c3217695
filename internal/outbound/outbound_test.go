package outbound

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestGetReachesPublicAddressesOnly(t *testing.T) {
	calls := 0
	local := serve(t, func(http.ResponseWriter, *http.Request) { calls++ })
	port := local[strings.LastIndexByte(local, ':'):]
	for _, address := range []string{
		local, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port,
		"http://127.1" + port, "http://2130706433" + port, "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data",
		"http://192.168.1.1/", "http://[fd00::1]/", "http://1.1.1.1:22/",
	} {
		_, err := Get(t.Context(), address, 100, Options{Timeout: 5 * time.Second})
		if err == nil {
			t.Errorf("%s can be reached", address)
		}
	}
	if calls > 0 {
		t.Errorf("the local server was called %d times", calls)
	}
	_, err := Get(t.Context(), local, 100, Options{})
	if err == nil || !strings.Contains(err.Error(), "not public") || strings.Contains(err.Error(), "dial") {
		t.Errorf("the error is %v", err)
	}
	response, err := Get(t.Context(), local, 100, Options{Private: true})
	if err != nil || calls != 1 {
		t.Fatalf("with Private %v, %d calls", err, calls)
	}
	response.Body.Close()
}

func TestCheckURL(t *testing.T) {
	for address, want := range map[string]string{
		"ftp://a.example/": "must begin", "https:///x": "no host", "https://u:p@a.example": "password", "%": "no web address", "": "must begin",
		"file:///etc/passwd": "must begin", "https:a.example": "no host", "https://a.example/x?y=z": "",
	} {
		_, err := CheckURL(address)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}

func TestGetFollowsRedirectsOfTheSameHostOnly(t *testing.T) {
	elsewhere := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	local := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/there":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		default:
			_, _ = io.WriteString(w, "jobs")
		}
	})
	for path, want := range map[string]string{"/here": "", "/loop": "too often", "/there": "another host"} {
		response, err := Get(t.Context(), local+path, 100, Options{Private: true})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if err == nil {
			response.Body.Close()
		}
	}
	_, err := Get(t.Context(), local+"/here", 100, Options{Private: true, NoRedirect: true})
	if err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("without redirects: %v", err)
	}
}

func TestGetEndsLargeAndShortAndSlowResponses(t *testing.T) {
	local := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/announced":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		case "/large":
			for range 10 {
				_, _ = io.WriteString(w, strings.Repeat("x", 100))
				w.(http.Flusher).Flush()
			}
		case "/short":
			w.Header().Set("Content-Length", "50")
			_, _ = io.WriteString(w, "x")
		case "/slow":
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	})
	get := func(path string) error {
		response, err := Get(t.Context(), local+path, 500, Options{Private: true, Timeout: 200 * time.Millisecond})
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
		return err
	}
	for path, want := range map[string]error{"/announced": ErrTooLarge, "/large": ErrTooLarge, "/short": io.ErrUnexpectedEOF} {
		if err := get(path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	response, err := Get(t.Context(), local+"/slow", 500, Options{Private: true, Timeout: time.Minute, Idle: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.ReadAll(response.Body); !errors.Is(err, errIdle) {
		t.Errorf("a server that has stopped sending: %v", err)
	}
	response.Body.Close()
	if err := get("/slow"); err == nil || !strings.Contains(err.Error(), "imeout") {
		t.Errorf("/slow: %v", err)
	}
	if err := get("/absent"); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("/absent: %v", err)
	}
}
