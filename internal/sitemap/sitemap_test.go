package sitemap_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"jobboard/internal/sitemap"
)

func TestSitemapsSayWhatTheyAreGiven(t *testing.T) {
	var out strings.Builder
	s := sitemap.NewURLs(&out)
	changed := time.Date(2026, 11, 27, 12, 0, 0, 0, time.FixedZone("", 3600))
	for _, err := range []error{s.Add("https://jobs.example.org/?a=1&b=<2>", changed), s.Add("https://jobs.example.org/é\x00", time.Time{}),
		s.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var read struct {
		XMLName xml.Name
		URLs    []struct {
			Loc     string `xml:"loc"`
			Lastmod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(out.String()), &read); err != nil {
		t.Fatal(err)
	}
	if read.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" || read.XMLName.Local != "urlset" || len(read.URLs) != 2 ||
		read.URLs[0].Loc != "https://jobs.example.org/?a=1&b=<2>" || read.URLs[0].Lastmod != "2026-11-27T11:00:00Z" ||
		read.URLs[1].Lastmod != "" {
		t.Errorf("read %+v from\n%s", read, out.String())
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the reader is gone") }

func TestASitemapThatCantBeWrittenSaysSo(t *testing.T) {
	s := sitemap.NewIndex(broken{})
	for range 10_000 {
		if s.Add("https://jobs.example.org/sitemaps/jobs-1.xml", time.Now()) != nil {
			return
		}
	}
	t.Error("no error, though nothing was written")
}
