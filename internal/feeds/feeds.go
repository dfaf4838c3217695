// Package feeds writes lists of jobs in the formats that other programs subscribe to: Atom (RFC 4287), JSON Feed 1.1
// (https://www.jsonfeed.org/version/1.1/) and the XML that Indeed and most aggregators read, see indeed.go.
package feeds

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Feed is what a search finds, the newest first. All addresses are absolute.
type Feed struct {
	Title, Description string
	Language           string // a BCP 47 tag
	Page               string // what people read instead
	Self               string
	Next               string // the next page of the feed; "" for the last one
	Author             string
	Icon               string
	Items              []Item
}

// Item is one job.
type Item struct {
	ID        string // an address that stays the job's whatever it is called
	Page      string
	Title     string
	Author    string
	HTML      string
	Tags      []string
	Image     string
	Published time.Time
	Updated   time.Time
}

// updated is the time of the latest change. An empty feed has always been as it is.
func (f *Feed) updated() time.Time {
	latest := time.Unix(0, 0)
	for _, item := range f.Items {
		if item.Updated.After(latest) {
			latest = item.Updated
		}
	}
	return latest
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

type atomText struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomName struct {
	Name string `xml:"name"`
}

type atomTerm struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	ID         string     `xml:"id"`
	Title      atomText   `xml:"title"`
	Updated    string     `xml:"updated"`
	Published  string     `xml:"published,omitempty"`
	Author     *atomName  `xml:"author"`
	Links      []atomLink `xml:"link"`
	Categories []atomTerm `xml:"category"`
	Content    atomText   `xml:"content"`
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	ID       string      `xml:"id"`
	Title    atomText    `xml:"title"`
	Subtitle *atomText   `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Author   atomName    `xml:"author"`
	Icon     string      `xml:"icon,omitempty"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

// AtomType is the media type of Atom, JSONType that of JSON Feed.
const (
	AtomType = "application/atom+xml; charset=utf-8"
	JSONType = "application/feed+json; charset=utf-8"
)

// WriteAtom writes a feed as Atom.
func WriteAtom(w io.Writer, f *Feed) error {
	out := atomFeed{Language: f.Language, ID: f.Self, Title: atomText{Text: f.Title}, Updated: stamp(f.updated()),
		Author: atomName{f.Author}, Icon: f.Icon,
		Links: []atomLink{{"self", "application/atom+xml", f.Self}, {"alternate", "text/html", f.Page}}}
	if f.Description != "" {
		out.Subtitle = &atomText{Text: f.Description}
	}
	if f.Next != "" {
		out.Links = append(out.Links, atomLink{"next", "application/atom+xml", f.Next}) // RFC 5005
	}
	for _, item := range f.Items {
		entry := atomEntry{ID: item.ID, Title: atomText{Text: item.Title}, Updated: stamp(item.Updated), Published: stamp(item.Published),
			Links: []atomLink{{"alternate", "text/html", item.Page}}, Content: atomText{"html", item.HTML}}
		if item.Author != "" {
			entry.Author = &atomName{item.Author}
		}
		for _, tag := range item.Tags {
			entry.Categories = append(entry.Categories, atomTerm{tag})
		}
		out.Entries = append(out.Entries, entry)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("begin an Atom feed: %w", err)
	}
	if err := xml.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("write an Atom feed: %w", err)
	}
	return nil
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID            string       `json:"id"`
	URL           string       `json:"url"`
	Title         string       `json:"title"`
	ContentHTML   string       `json:"content_html"`
	Image         string       `json:"image,omitempty"`
	DatePublished string       `json:"date_published"`
	DateModified  string       `json:"date_modified"`
	Authors       []jsonAuthor `json:"authors,omitempty"`
	Tags          []string     `json:"tags,omitempty"`
}

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePageURL string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	NextURL     string       `json:"next_url,omitempty"`
	Favicon     string       `json:"favicon,omitempty"`
	Authors     []jsonAuthor `json:"authors,omitempty"`
	Language    string       `json:"language,omitempty"`
	Items       []jsonItem   `json:"items"`
}

// WriteJSON writes a feed as JSON Feed.
func WriteJSON(w io.Writer, f *Feed) error {
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.Title, HomePageURL: f.Page, FeedURL: f.Self,
		Description: f.Description,
		NextURL:     f.Next, Favicon: f.Icon, Authors: []jsonAuthor{{f.Author}}, Language: f.Language, Items: []jsonItem{}}
	for _, item := range f.Items {
		entry := jsonItem{ID: item.ID, URL: item.Page, Title: item.Title, ContentHTML: item.HTML, Image: item.Image, Tags: item.Tags,
			DatePublished: stamp(item.Published), DateModified: stamp(item.Updated)}
		if item.Author != "" {
			entry.Authors = []jsonAuthor{{item.Author}}
		}
		out.Items = append(out.Items, entry)
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("write a JSON feed: %w", err)
	}
	return nil
}

// valid replaces what XML has no way to write, in CDATA sections too, where encoding/xml writes text as it is.
func valid(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return '\uFFFD'
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
