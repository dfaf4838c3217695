package pages

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/feeds"
	"jobboard/internal/pages/pageurl"
)

// feedSize is how many jobs a page of a feed has.
const feedSize = 50

func (s *site) atomFeed(e *core.RequestEvent) error {
	return s.showFeed(e, pageurl.Feed, feeds.AtomType, feeds.WriteAtom)
}

func (s *site) jsonFeed(e *core.RequestEvent) error {
	return s.showFeed(e, pageurl.JSONFeed, feeds.JSONType, feeds.WriteJSON)
}

// showFeed answers what a search finds, the newest first unless another order is asked for.
func (s *site) showFeed(e *core.RequestEvent, path, mediaType string, write func(io.Writer, *feeds.Feed) error) error {
	f := readForm(s.words, e.Request.URL.RawQuery)
	query := f.query()
	query.Set("page", strconv.Itoa(f.Page))
	query.Set("perPage", strconv.Itoa(feedSize))
	if query.Get("sort") == "" {
		query.Set("sort", "newest")
	}
	if len(f.Wrong) > 0 {
		s.findFaults(e, f)
		return wrongParameters(e, f.Wrong)
	}
	found, err := s.jobs(e, query)
	if err != nil && statusOf(err) == http.StatusBadRequest {
		if s.findFaults(e, f); len(f.Wrong) > 0 {
			return wrongParameters(e, f.Wrong)
		}
	}
	if err != nil {
		return err
	}
	base := s.baseURL()
	at := func(page int) string {
		values := maps.Clone(f.values)
		if page > 1 {
			values.Set("page", strconv.Itoa(page))
		}
		return base + pageurl.FeedOf(path, values)
	}
	board := plain(s.app.Settings().Meta.AppName)
	feed := &feeds.Feed{Title: s.feedTitle(f), Language: s.words.Language, Page: base + f.address(), Self: at(f.Page), Author: board}
	if f.Page < found.TotalPages {
		feed.Next = at(f.Page + 1)
	}
	for _, j := range found.Items {
		feed.Items = append(feed.Items, s.feedItem(e, &j))
	}
	var content bytes.Buffer
	if err := write(&content, feed); err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", cachePublic)
	return e.Blob(http.StatusOK, mediaType, content.Bytes())
}

func (s *site) feedItem(e *core.RequestEvent, j *job) feeds.Item {
	base := s.baseURL()
	item := feeds.Item{ID: base + "/jobs/" + j.ID, Page: base + pageurl.Job(j.ID, j.Title), Title: plain(j.Title),
		Author: plain(j.Expand.Employer.Name), HTML: string(rich(j.Description)), Image: base + s.pictureOf(j)}
	item.Published, _ = timeOf(j.PublishedAt)
	if item.Updated, _ = timeOf(j.Updated); item.Updated.Before(item.Published) {
		item.Updated = item.Published
	}
	tags := nonEmpty(plain(j.Location), s.words.say("workplace."+j.Workplace), s.words.say("jobType."+j.JobType))
	for _, id := range append([]string{j.Industry}, j.Fields...) {
		if field, known := s.fields.find(e.App, id); known {
			tags = append(tags, field.Name)
		}
	}
	item.Tags = append(tags, j.Skills...)
	return item
}

// feedTitle says what was searched for.
func (s *site) feedTitle(f form) string {
	parts := nonEmpty(f.Get("q"), f.Get("location"))
	for _, name := range choiceParams {
		if name != "employer" { // which only its id names
			parts = append(parts, f.values[name]...)
		}
	}
	return strings.Join(append([]string{plain(s.app.Settings().Meta.AppName)}, parts...), " · ")
}

// wrongParameters names what is wrong with a search, in the shape of the API's errors.
func wrongParameters(e *core.RequestEvent, wrong map[string]string) error {
	data := validation.Errors{}
	for name, message := range wrong {
		data[name] = validation.NewError("invalid_parameter", message)
	}
	return e.BadRequestError("Some parameters of the search are wrong.", data)
}

// feedLinks lets feed readers find the feeds of a search.
func (s *site) feedLinks(params url.Values) []link {
	title := s.feedTitle(form{values: params})
	return []link{
		{Rel: "alternate", Type: "application/atom+xml", Title: title, Href: pageurl.FeedOf(pageurl.Feed, params)},
		{Rel: "alternate", Type: "application/feed+json", Title: title, Href: pageurl.FeedOf(pageurl.JSONFeed, params)},
	}
}

// openSearch lets browsers search the board from their address bar
// (https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md).
func (s *site) openSearch(e *core.RequestEvent) error {
	base := s.baseURL()
	name := []rune(plain(s.app.Settings().Meta.AppName))
	e.Response.Header().Set("Cache-Control", cacheSitemap)
	e.Response.Header().Set("Content-Type", openSearchType)
	return e.XML(http.StatusOK, openSearchDescription{
		ShortName:   string(name[:min(len(name), 16)]),
		Description: s.words.say("search.label"),
		Language:    s.words.Language, Input: "UTF-8", Output: "UTF-8",
		URLs: []openSearchURL{
			{"text/html", "", base + pageurl.Jobs + "?q={searchTerms}&page={startPage?}"},
			{"application/atom+xml", "", base + pageurl.Feed + "?q={searchTerms}&page={startPage?}"},
			{openSearchType, "self", base + pageurl.OpenSearch},
		},
	})
}

const openSearchType = "application/opensearchdescription+xml"

type openSearchURL struct {
	Type     string `xml:"type,attr"`
	Rel      string `xml:"rel,attr,omitempty"`
	Template string `xml:"template,attr"`
}

type openSearchDescription struct {
	XMLName     xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
	ShortName   string          `xml:"ShortName"`
	Description string          `xml:"Description"`
	URLs        []openSearchURL `xml:"Url"`
	Language    string          `xml:"Language"`
	Input       string          `xml:"InputEncoding"`
	Output      string          `xml:"OutputEncoding"`
}
