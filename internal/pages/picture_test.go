package pages_test

import (
	"bytes"
	"image/png"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"jobboard/internal/testapp"
)

// pictureAddress is the path of the picture that a page shows where it is shared.
func pictureAddress(t *testing.T, board *testapp.Board, page string) string {
	t.Helper()
	found := regexp.MustCompile(`<meta property="og:image" content="https://jobs\.example\.org(/[^"]+)">`).FindStringSubmatch(get(board,
		page).Raw)
	if found == nil {
		t.Fatalf("%s has no picture", page)
	}
	return found[1]
}

func TestJobsHavePictures(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	job := board.Job(employer, "Gärtnerin 🌱 (m/w/d)")
	page := get(board, "/jobs/"+job.Id).Header.Get("Location")
	address := pictureAddress(t, board, page)
	got := fetch(board, address)
	config, err := png.DecodeConfig(bytes.NewReader([]byte(got.Raw)))
	if err != nil || got.Status != 200 || config.Width != 1200 || config.Height != 630 || got.Header.Get("Content-Type") != "image/png" ||
		got.Header.Get("Cache-Control") != "public, max-age=86400" || got.Header.Get("Content-Encoding") != "" {
		t.Fatalf("%s: %d, %v, %v", address, got.Status, got.Header, err)
	}
	request := httptest.NewRequest("GET", address, nil)
	request.Header.Set("If-None-Match", got.Header.Get("Etag"))
	if same := board.Send(request); same.Status != 304 || same.Raw != "" {
		t.Errorf("whoever has the picture gets %d", same.Status)
	}
	board.Update(job, map[string]any{"title": "Gärtner"})
	renamed := pictureAddress(t, board, "/jobs/"+job.Id+"/gartner")
	if renamed == address || fetch(board, renamed).Header.Get("Etag") == got.Header.Get("Etag") {
		t.Error("a renamed job keeps its picture")
	}
	board.Settings().Meta.AccentColor = "#ffee00"
	if pictureAddress(t, board, "/jobs/"+job.Id+"/gartner") == renamed {
		t.Error("another accent colour keeps the picture")
	}
	draft := board.Job(employer, "Draft", map[string]any{"status": "draft"})
	over := ended(board, board.Job(employer, "Over"), "closed")
	for _, path := range []string{draft.Id + ".png", over.Id + ".png", job.Id, job.Id + ".jpg", ".png", "..%2f..%2fx.png",
		strings.Repeat("a", 300) + ".png", "none.png"} {
		got := fetch(board, "/pictures/"+path)
		if got.Status != 404 || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s", path, got.Status, got.Header.Get("Content-Type"))
		}
	}
	if page := get(board, "/jobs/"+over.Id+"/over").Raw; strings.Contains(page, "og:image") {
		t.Error("a job that is over has a picture")
	}
}

func TestManyMayAskForAPictureAtOnce(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	job := board.Job(employer, "Gardener")
	board.Handler() // built before the first of many asks
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := fetch(board, "/pictures/"+job.Id+".png"); got.Status != 200 || !strings.HasPrefix(got.Raw, "\x89PNG") {
				t.Errorf("%d", got.Status)
			}
		})
	}
	all.Wait()
}
