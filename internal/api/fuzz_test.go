package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// answered is what a handler answers; a Board's own ways to call it are not for fuzz targets.
func answered(handler http.Handler, method, path, media, body, token string) testapp.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return testapp.Response{Status: w.Code, Header: w.Header(), Raw: w.Body.String()}
}

// readable reports whether an answer is one of the board's: no 5xx, and JSON where it says so.
func readable(t *testing.T, what string, got testapp.Response) {
	t.Helper()
	if got.Status >= 500 || got.Status < 200 {
		t.Fatalf("%s: %d %s", what, got.Status, got.Raw)
	}
	if strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") && got.Raw != "" && !json.Valid([]byte(got.Raw)) {
		t.Fatalf("%s: no JSON: %s", what, got.Raw)
	}
}

// FuzzParameters sends any query to every route that reads, as a superuser, whom nothing is refused.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{
		"page=1&perPage=30&sort=-created&filter=id!=''&fields=id&expand=employer&skipTotal=1",
		"q=go+%22night+nurse%22+-java&location=50+km+of+Lyon&near=45.7,4.8&radius=1e9" +
			"&salaryMin=NaN&postedWithin=-1&facets=skills&cursor=e30",
		"mine=1&active=0&role=admin&unread=1&kind=account&status=In+Review&permanent=1&from=2026-01-01&to=x&experienceMin=1&openToWork=1",
		"filter=(id='')||(1=1&sort=@random&fields=*,expand.*:excerpt(1,2)&expand=a.b.c&page=99999999999999999999&perPage=-1",
	} {
		f.Add(seed)
	}
	board := testapp.NewBoard(f, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	employer, _ := board.Employer("Acme")
	seeker := board.Seeker("sara")
	job := board.Job(employer, "Gopher")
	application := board.Application(seeker, job)
	token, handler := board.Token(board.Superuser("root")), board.Handler()
	ids := map[string]string{"{user_id}": seeker.Id, "{job_id}": job.Id, "{employer_id}": employer.Id, "{application_id}": application.Id,
		"{report_id}": someID, "{notification_id}": someID, "{asset}": "x"}
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		for _, line := range api.Lines() {
			if line.Method != "GET" || line.ID == "getOpenAPI" || line.ID == "getReportSummary" {
				continue
			}
			path := pathParam.ReplaceAllStringFunc(line.Path, func(param string) string { return ids[param] })
			readable(t, line.ID+"?"+query, answered(handler, "GET", path+"?"+values.Encode(), "", "", token))
		}
	})
}

// FuzzBodies sends any body of any kind to every route that reads one, with ids of nothing: what is read is the body.
func FuzzBodies(f *testing.F) {
	boundary := "multipart/form-data; boundary=b"
	for _, seed := range [][2]string{
		{"application/json",
			`{"email":"a@b.c","password":"x","name":[],"role":{},"employer":1,"skills":"x","locations":[{"lat":"x"}],"deadline":"soon"}`},
		{"application/json",
			`{"title":"x","description":"<p>","workplace":"remote","jobType":"full_time","questions":[{"id":1}],"salaryMin":1e400}`},
		{"application/json", `{"from":"x","to":1,"filters":[],"kind":"jobs","format":"pdf","everywhere":"yes","read":2,"token":"a.b.c"}`},
		{"application/x-www-form-urlencoded", "email=a&documents[]=x&@jsonPayload={}"},
		{boundary, "--b\r\nContent-Disposition: form-data; name=\"documents[]\"; filename=\"a.txt\"\r\n\r\nhi\r\n--b--\r\n"},
		{boundary, "--b\r\nContent-Disposition: form-data; name=\"@jsonPayload\"\r\n\r\n{\"a\":1}\r\n--b--\r\n"},
		{"text/plain; charset=\x00", "x"},
	} {
		f.Add(seed[0], seed[1])
	}
	board := newBoard(f)
	token, handler := board.Token(board.Superuser("root")), board.Handler()
	f.Fuzz(func(t *testing.T, media, body string) {
		for _, line := range api.Lines() {
			if !line.Body || line.ID == "logout" {
				continue
			}
			readable(t, line.ID+" "+media+" "+body, answered(handler, line.Method, anyPath(line.Path), media, body, token))
		}
	})
}
