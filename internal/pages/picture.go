package pages

import (
	"crypto/sha256"
	"fmt"
	"image/color"
	"net/http"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/delivery"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/socialimage"
)

const (
	// pictureMemory bounds the pictures that are kept, in bytes: some hundred. Whoever shares a link makes many readers ask for one.
	pictureMemory = 8 << 20
	cachePicture  = "public, max-age=86400"
)

// ownAccent is the accent of base.css, on light grounds.
var ownAccent = color.RGBA{0x0d, 0x6b, 0x58, 0xff}

// pictureBook keeps the latest pictures by what they show.
type pictureBook struct {
	drawing sync.Mutex

	mu    sync.Mutex
	known map[string][]byte
	order []string // the oldest first
	bytes int
}

func (b *pictureBook) find(version string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known[version]
}

// picture gives the picture of a card. One is drawn at a time, and the same one not twice.
func (b *pictureBook) picture(version string, card socialimage.Card) ([]byte, error) {
	if known := b.find(version); known != nil {
		return known, nil
	}
	b.drawing.Lock()
	defer b.drawing.Unlock()
	if known := b.find(version); known != nil {
		return known, nil
	}
	drawn, err := socialimage.Draw(card)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[string][]byte{}
	}
	b.known[version] = drawn
	b.order = append(b.order, version)
	b.bytes += len(drawn)
	for b.bytes > pictureMemory {
		oldest := b.order[0]
		b.order = b.order[1:]
		b.bytes -= len(b.known[oldest])
		delete(b.known, oldest)
	}
	return drawn, nil
}

// card is what the picture of a job shows, with a name for all of that.
func (s *site) card(j *job) (card socialimage.Card, version string) {
	meta := s.app.Settings().Meta
	accent, ok := parseColour(meta.AccentColor)
	if !ok || meta.AccentColor == pocketBaseAccent {
		accent = ownAccent
	}
	shade := shadesOf(accent, false)
	place := plain(s.words.where(j))
	if j.Workplace == "remote" {
		place = strings.Join(nonEmpty(s.words.say("workplace.remote"), place), " · ")
	}
	card = socialimage.Card{Title: plain(j.Title), Company: plain(j.Expand.Employer.Name), Place: place, Board: plain(meta.AppName),
		Accent: shade.fill, OnAccent: shade.on}
	sum := sha256.Sum256(fmt.Appendf(nil, "1 %q", card)) // the number is that of the picture's design
	return card, fmt.Sprintf("%x", sum[:8])
}

// showPicture shows /pictures/{id}.png, the picture of an open job.
func (s *site) showPicture(e *core.RequestEvent) error {
	id, isPNG := strings.CutSuffix(e.Request.PathValue("file"), ".png")
	if !isPNG {
		return errNotFound
	}
	j, err := s.job(e, id)
	if err != nil {
		return err
	}
	card, version := s.card(j)
	header := e.Response.Header()
	tag := `"` + version + `"`
	header.Set("Etag", tag)
	header.Set("Cache-Control", cachePicture)
	if delivery.HasTag(e.Request.Header, tag) {
		return e.NoContent(http.StatusNotModified)
	}
	drawn, err := s.pictures.picture(version, card)
	if err != nil {
		return err
	}
	return e.Blob(http.StatusOK, "image/png", drawn)
}

// pictureOf is the address of a job's picture. It changes with what the picture shows: many readers never ask for one again.
func (s *site) pictureOf(j *job) string {
	_, version := s.card(j)
	return pageurl.Picture(j.ID) + "?v=" + version
}
