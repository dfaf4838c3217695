package delivery_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/delivery"
	"jobboard/internal/overload"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// serve serves a board with some routes of the test's own.
func serve(t testing.TB, routes map[string]func(*core.RequestEvent) error) *testapp.Board {
	bindRoutes := func(app core.App) {
		app.OnServe().BindFunc(func(e *core.ServeEvent) error {
			for path, do := range routes {
				e.Router.GET(path, do)
			}
			return e.Next()
		})
	}
	return testapp.NewBoard(t, testapp.With(overload.Bind, overload.Options{MaxWait: time.Second}), delivery.Bind, hooks.Bind, api.Bind,
		testapp.With(search.Bind, search.Options{}), bindRoutes)
}

func ask(board *testapp.Board, method, path string, headers ...string) testapp.Response {
	request := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	return board.Send(request)
}

// unzipped is what a reader of an answer gets.
func unzipped(t testing.TB, got testapp.Response) string {
	t.Helper()
	if got.Header.Get("Content-Encoding") != "gzip" {
		return got.Raw
	}
	r, err := gzip.NewReader(strings.NewReader(got.Raw))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A write of the REST API reads records on its way; what it reads must reach it as it is, whatever the caller's headers say.
func TestWritesReadWhatTheBoardAsksItself(t *testing.T) {
	board := serve(t, nil)
	employer, owner := board.Employer("Acme Works")
	job := board.Job(employer, "Gardener", map[string]any{"description": "<p>" + strings.Repeat("Plant trees. ", 500) + "</p>"})
	for seeker, header := range map[string][2]string{"ann": {"Accept-Encoding", "gzip"}, "ben": {"If-None-Match", "*"}} {
		for _, c := range []struct {
			user         *core.Record
			method, path string
			body         string
			status       int
		}{
			{owner, "PATCH", "/api/jobs/" + job.Id, `{"title": "Gardener of parks"}`, 200},
			{board.Seeker(seeker), "POST", "/api/jobs/" + job.Id + "/applications/", `{"coverLetter": "I plant."}`, 201},
		} {
			request := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", board.Token(c.user))
			request.Header.Set(header[0], header[1])
			got := board.Send(request)
			if got.Status != c.status || got.Header.Get("Content-Encoding") != "" || got.Body["id"] == nil {
				t.Errorf("%s %s with %v: %d %.200s", c.method, c.path, header, got.Status, got.Raw)
			}
		}
	}
}

func TestBothDoorsCompressAndRecogniseWhatAReaderHas(t *testing.T) {
	board := serve(t, nil)
	employer, owner := board.Employer("Acme Works")
	for range 5 {
		board.Job(employer, "Gardener", map[string]any{"description": "<p>" + strings.Repeat("Plant trees. ", 50) + "</p>"})
	}
	for _, path := range []string{"/api/jobs", "/api/collections/jobs/records"} {
		plain := ask(board, "GET", path)
		tag := plain.Header.Get("Etag")
		if plain.Status != 200 || !strings.HasPrefix(tag, `W/"`) || plain.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s: %d, %v", path, plain.Status, plain.Header)
		}
		packed := ask(board, "GET", path, "Accept-Encoding", "br, gzip;q=0.5")
		if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Etag") != tag || len(packed.Raw) > len(plain.Raw)/3 {
			t.Errorf("%s: %d of %d bytes, %v", path, len(packed.Raw), len(plain.Raw), packed.Header)
		}
		took := regexp.MustCompile(`"took":[0-9.]+`)
		if took.ReplaceAllString(unzipped(t, packed), "") != took.ReplaceAllString(plain.Raw, "") {
			t.Errorf("%s is another when it is compressed", path)
		}
		for _, has := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, "*"} {
			same := ask(board, "GET", path, "If-None-Match", has, "Accept-Encoding", "gzip")
			if same.Status != 304 || same.Raw != "" || same.Header.Get("Etag") != tag || same.Header.Get("Content-Type") != "" {
				t.Errorf("%s for %s: %d, %v", path, has, same.Status, same.Header)
			}
		}
		for _, has := range []string{`"x"`, "W/", `W/""`, strings.Repeat(`"a",`, 1000)} {
			if other := ask(board, "GET", path, "If-None-Match", has); other.Status != 200 || len(other.Raw) < 2000 {
				t.Errorf("%s for %.20s: %d", path, has, other.Status)
			}
		}
		if vary := strings.Join(plain.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") ||
			!strings.Contains(vary, "Authorization") {
			t.Errorf("%s varies by %q", path, vary)
		}
		if cache := plain.Header.Get("Cache-Control"); cache != "no-cache" {
			t.Errorf("%s for a guest: %q", path, cache)
		}
		if mine := ask(board, "GET", path, "Authorization", board.Token(owner)); mine.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s for a user: %q", path, mine.Header.Get("Cache-Control"))
		}
		head := ask(board, "HEAD", path, "Accept-Encoding", "gzip")
		head.Header.Set("Content-Length", packed.Header.Get("Content-Length")) // a search says how long it took
		if head.Status != 200 || head.Raw != "" || !maps.EqualFunc(head.Header, packed.Header, slices.Equal) {
			t.Errorf("HEAD %s: %d, %v, GET has %v", path, head.Status, head.Header, packed.Header)
		}
		if same := ask(board, "HEAD", path, "If-None-Match", tag); same.Status != 304 {
			t.Errorf("HEAD %s with what GET gave: %d", path, same.Status)
		}
	}
}

func TestASearchThatFindsTheSameHasTheSameTag(t *testing.T) {
	board := serve(t, nil)
	employer, _ := board.Employer("Acme Works")
	jobs := []*core.Record{board.Job(employer, "Gardener 1"), board.Job(employer, "Gardener 2"), board.Job(employer, "Gardener 3")}
	tag := func() string {
		got := ask(board, "GET", "/api/jobs?q=gardener&perPage=2")
		if got.Status != 200 || got.Body["nextCursor"] == nil || got.Body["took"] == nil {
			t.Fatalf("%d %s", got.Status, got.Raw)
		}
		return got.Header.Get("Etag")
	}
	first := tag()
	if second := tag(); second != first {
		t.Errorf("the tag of the same answer was %s and is %s", first, second)
	}
	board.Update(jobs[2], map[string]any{"title": "Gardener 4"})
	if tag() == first {
		t.Error("another answer has the same tag")
	}
}

func TestWhatOneCallerHasIsNotAnothersAnswer(t *testing.T) {
	board := serve(t, nil)
	ann, bob := board.Seeker("ann"), board.Seeker("bob")
	for _, path := range []string{"/api/users", "/api/collections/users/records"} {
		hers := ask(board, "GET", path, "Authorization", board.Token(ann))
		his := ask(board, "GET", path, "Authorization", board.Token(bob), "If-None-Match", hers.Header.Get("Etag"))
		if his.Status != 200 || !strings.Contains(his.Raw, "bob@example.com") || strings.Contains(his.Raw, "ann@example.com") {
			t.Errorf("%s: %d %s", path, his.Status, his.Raw)
		}
		guest := ask(board, "GET", path, "If-None-Match", "*")
		if guest.Status == 304 && guest.Header.Get("Etag") == hers.Header.Get("Etag") || strings.Contains(guest.Raw, "@example.com") {
			t.Errorf("%s for a guest: %d %s", path, guest.Status, guest.Raw)
		}
	}
}

func TestSecretsAndErrorsStayAsTheyAre(t *testing.T) {
	long := strings.Repeat("secret ", 1000)
	text := func(e *core.RequestEvent) error { return e.String(200, long) }
	board := serve(t, map[string]func(*core.RequestEvent) error{
		"/api/x/auth-methods": text, "/api/x/token": text,
		"/account": func(e *core.RequestEvent) error {
			e.Response.Header().Set("Cache-Control", "no-store")
			return text(e)
		},
		"/gone": func(e *core.RequestEvent) error { return e.String(410, long) },
		"/half": func(e *core.RequestEvent) error {
			e.Response.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(e.Response, long)
			return router.NewInternalServerError("", errors.New("something broke"))
		},
		"/zipped": func(e *core.RequestEvent) error {
			e.Response.Header().Set("Content-Encoding", "br")
			return text(e)
		},
		"/picture": func(e *core.RequestEvent) error { return e.Blob(200, "image/png", []byte(long)) },
		"/file": func(e *core.RequestEvent) error {
			http.ServeContent(e.Response, e.Request, "page.html", time.Time{}, strings.NewReader(long))
			return nil
		},
	})
	for _, path := range []string{"/api/x/auth-methods", "/api/x/token", "/account", "/picture", "/zipped",
		"/api/collections/users/auth-methods"} {
		got := ask(board, "GET", path, "Accept-Encoding", "gzip", "If-None-Match", "*")
		if encoding := got.Header.Get("Content-Encoding"); encoding != "" && encoding != "br" {
			t.Errorf("%s is compressed: %d", path, got.Status)
		}
	}
	if got := ask(board, "GET", "/account", "If-None-Match", "*"); got.Status != 200 || got.Header.Get("Etag") != "" {
		t.Errorf("a private page: %d, %v", got.Status, got.Header)
	}
	if got := ask(board, "GET", "/gone", "Accept-Encoding", "gzip", "If-None-Match", "*"); got.Status != 410 || unzipped(t, got) != long {
		t.Errorf("a page that is gone: %d", got.Status)
	}
	if got := ask(board, "GET", "/half", "Accept-Encoding", "gzip"); got.Status != 500 || strings.Contains(got.Raw, "secret") ||
		got.Header.Get("Content-Encoding") != "" ||
		got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("an answer that broke: %d, %v, %.100s", got.Status, got.Header, got.Raw)
	}
	if got := ask(board, "GET", "/nowhere", "Accept-Encoding", "gzip"); got.Status != 404 {
		t.Errorf("nowhere: %d", got.Status)
	}
	got := ask(board, "GET", "/file", "Accept-Encoding", "gzip")
	if unzipped(t, got) != long || got.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("a file: %d, %v", got.Status, got.Header)
	}
	if got := ask(board, "GET", "/file", "Accept-Encoding", "gzip", "Range", "bytes=0-5"); got.Status != 206 || got.Raw != "secret" {
		t.Errorf("a part of a file: %d %q", got.Status, got.Raw)
	}
	if got := ask(board, "POST", "/api/users/auth/login", "Accept-Encoding", "gzip"); got.Header.Get("Content-Encoding") != "" ||
		got.Header.Get("Etag") != "" {
		t.Errorf("a login: %v", got.Header)
	}
	for header, takes := range map[string]bool{"gzip;q=0": false, "identity": false, "": false, "*": true, "*;q=0": false,
		"gzip;q=0, *": false, "GZIP ; Q=0.1": true, "gzip;q=x": false} {
		if got := ask(board, "GET", "/gone", "Accept-Encoding", header); (got.Header.Get("Content-Encoding") == "gzip") != takes {
			t.Errorf("Accept-Encoding %q: %v", header, got.Header)
		}
	}
}

func TestLongAnswersComeAsTheyAreMade(t *testing.T) {
	line := strings.Repeat("a line of a long file ", 50) + "\n"
	next, read := make(chan bool), make(chan bool)
	board := serve(t, map[string]func(*core.RequestEvent) error{
		"/long": func(e *core.RequestEvent) error {
			e.Response.Header().Set("Content-Type", "text/plain")
			for range 2000 {
				if _, err := io.WriteString(e.Response, line); err != nil {
					return err
				}
			}
			return nil
		},
		"/events": func(e *core.RequestEvent) error {
			e.Response.Header().Set("Content-Type", "text/event-stream")
			for range 2 {
				_, _ = io.WriteString(e.Response, "data: now\n\n")
				if err := e.Flush(); err != nil {
					return err
				}
				next <- true
				<-read
			}
			return nil
		},
	})
	for _, encoding := range []string{"", "gzip"} {
		if got := ask(board, "GET", "/long", "Accept-Encoding", encoding); unzipped(t, got) != strings.Repeat(line, 2000) ||
			got.Header.Get("Etag") != "" ||
			got.Header.Get("Content-Encoding") != encoding {
			t.Errorf("%q: %d bytes, %v", encoding, len(got.Raw), got.Header)
		}
	}
	server := httptest.NewServer(board.Handler())
	defer server.Close()
	request, err := http.NewRequest("GET", server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for range 2 {
		<-next
		if got, err := lines.ReadString('\n'); err != nil || got != "data: now\n" || response.Header.Get("Content-Encoding") != "" {
			t.Errorf("%q, %v, %v", got, err, response.Header)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Error(err)
		}
		read <- true
	}
}

func BenchmarkDelivery(b *testing.B) {
	page := strings.Repeat("<article class=\"card link job\"><h2>Gardener of the parks</h2><p>Acme Works, Berlin</p></article>\n", 500)
	board := serve(b, map[string]func(*core.RequestEvent) error{"/list": func(e *core.RequestEvent) error {
		return e.HTML(200,
			string(page))
	}})
	handler := board.Handler()
	for name, encoding := range map[string]string{"plain": "", "gzip": "gzip"} {
		b.Run(name, func(b *testing.B) {
			request := httptest.NewRequest("GET", "/list", nil)
			request.Header.Set("Accept-Encoding", encoding)
			for b.Loop() {
				handler.ServeHTTP(httptest.NewRecorder(), request.Clone(b.Context()))
			}
		})
	}
}

// The log and the metrics read the status from the event, within their middlewares.
func TestTheStatusThatIsLoggedIsTheOneThatIsSent(t *testing.T) {
	var logged []int
	watch := func(app core.App) {
		app.OnServe().BindFunc(func(e *core.ServeEvent) error {
			e.Router.Bind(&hook.Handler[*core.RequestEvent]{
				Priority: apis.DefaultActivityLoggerMiddlewarePriority,
				Func: func(e *core.RequestEvent) error {
					err := e.Next()
					logged = append(logged, e.Status())
					return err
				},
			})
			e.Router.GET("/text", func(e *core.RequestEvent) error { return e.String(200, strings.Repeat("text ", 1000)) })
			return e.Next()
		})
	}
	board := testapp.NewBoard(t, delivery.Bind, watch)
	tag := ask(board, "GET", "/text").Header.Get("Etag")
	ask(board, "GET", "/text", "If-None-Match", tag)
	ask(board, "HEAD", "/text", "If-None-Match", tag)
	if !slices.Equal(logged, []int{200, 304, 304}) {
		t.Errorf("logged: %v", logged)
	}
}
