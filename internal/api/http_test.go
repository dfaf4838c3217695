package api_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jobboard/internal/api"
)

// someID is the id of nothing.
const someID = "aaaaaaaaaaaaaaa"

// anyPath puts someID in the place of a listed path's ids.
func anyPath(path string) string { return pathParam.ReplaceAllString(path, someID) }

// Every path, in both slash forms, answers what it doesn't know with 405 and what it knows in Allow, and HEAD as GET.
func TestMethods(t *testing.T) {
	board := newBoard(t)
	listed := map[string][]string{}
	for _, line := range api.Lines() {
		listed[line.Path] = append(listed[line.Path], line.Method)
	}
	for path, methods := range listed {
		allowed := slices.Clone(methods)
		if slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, http.MethodHead)
		}
		allowed = append(allowed, http.MethodOptions)
		slices.Sort(allowed)
		for _, slash := range []string{"", "/"} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"} {
				if slices.Contains(methods, method) {
					continue
				}
				r := httptest.NewRequest(method, anyPath(path)+slash, nil)
				got := board.Send(r)
				name := method + " " + path + slash
				allow := strings.Split(got.Header.Get("Allow"), ", ")
				slices.Sort(allow)
				switch {
				case method == "HEAD" && slices.Contains(allowed, method):
					get := board.Send(httptest.NewRequest("GET", anyPath(path)+slash, nil))
					if got.Status != get.Status || got.Raw != "" || got.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
						t.Errorf("%s: %d %q with %q, GET is %d %q", name, got.Status, got.Header.Get("Content-Type"), got.Raw, get.Status,
							get.Header.Get("Content-Type"))
					}
				case method == "OPTIONS":
					if got.Status != 204 || !slices.Equal(allow, allowed) {
						t.Errorf("%s: %d, Allow %v, want %v", name, got.Status, allow, allowed)
					}
				case got.Status != 405 || !slices.Equal(allow, allowed):
					t.Errorf("%s: %d, Allow %v, want 405 and %v", name, got.Status, allow, allowed)
				}
			}
		}
	}
}

// Every route that reads a body refuses other kinds, broken and oversized ones, before it does anything.
func TestBodies(t *testing.T) {
	board := newBoard(t)
	token := board.Token(board.Superuser("root"))
	huge := `{"x":"` + strings.Repeat("x", 9<<20) + `"}`
	for _, line := range api.Lines() {
		if !line.Body {
			continue
		}
		send := func(media, body string) (int, string) {
			r := httptest.NewRequest(line.Method, anyPath(line.Path), strings.NewReader(body))
			r.Header.Set("Authorization", token)
			r.Header.Set("Content-Type", media)
			got := board.Send(r)
			return got.Status, strings.Join(slices.Collect(maps.Keys(data(got.Body))), ",")
		}
		for _, c := range []struct {
			media, body string
			status      int
			field       string
		}{
			{"text/plain", "hello", 415, ""},
			{"application/xml", "<a/>", 415, ""},
			{"", "hello", 415, ""},
			{"application/json", "[1]", 400, "body"},
			{"application/json", `"text"`, 400, "body"},
			{"application/json", `{"a":`, 400, "body"},
			{"application/json", `null`, 400, "body"},
			{"multipart/form-data", "hello", 400, "body"},
			{"multipart/form-data; boundary=b", "--b\r\nbroken", 400, "body"},
			{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"@jsonPayload\"\r\n\r\n[]\r\n--b--\r\n", 400,
				"@jsonPayload"},
			{"application/x-www-form-urlencoded", "%zz", 400, "body"},
			{"application/json", huge, 413, ""},
		} {
			if status, field := send(c.media, c.body); status != c.status || field != c.field {
				t.Errorf("%s %s with %q %.20q: %d about %q, want %d about %q", line.Method, line.Path, c.media, c.body,
					status, field, c.status, c.field)
			}
		}
	}
}

func data(body map[string]any) map[string]any {
	fields, _ := body["data"].(map[string]any)
	return fields
}
