package pages_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"jobboard/internal/testapp"
)

func TestPagesAreRecognisedAndCompressed(t *testing.T) {
	board, job := benchBoard(t)
	for _, path := range []string{"/", "/jobs?q=gardener", job, "/companies/acme-works", "/feed.xml", "/feed.json",
		"/sitemaps/jobs-1.xml"} {
		ask := func(tag string) testapp.Response {
			request := httptest.NewRequest("GET", path, nil)
			request.Header.Set("Accept", "text/html")
			request.Header.Set("Accept-Encoding", "gzip, deflate, br")
			request.Header.Set("If-None-Match", tag)
			return board.Send(request)
		}
		got := ask("")
		if got.Status != 200 || got.Header.Get("Content-Encoding") != "gzip" ||
			!strings.Contains(got.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %d, %v", path, got.Status, got.Header)
		}
		if same := ask(got.Header.Get("Etag")); same.Status != 304 || same.Header.Get("Cache-Control") == "" {
			t.Errorf("%s again: %d, %v", path, same.Status, same.Header)
		}
	}
	request := httptest.NewRequest("GET", "/account/reset?token=secret", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	if got := board.Send(request); got.Header.Get("Content-Encoding") != "" || got.Header.Get("Etag") != "" {
		t.Errorf("the page with a mail's token: %v", got.Header)
	}
}
