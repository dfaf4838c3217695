package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
	"jobboard/internal/sitemap"
)

// Jobs and companies are divided among sitemaps by the number that SQLite gave their rows when they were stored: a part is found
// by a range of numbers, and what it holds never moves to another part. See docs/decisions/0032.

const (
	// partSize is how many numbers one part covers. It is less than a sitemap may have, so that a part is quickly written.
	partSize  = 10_000
	partBatch = 1_000

	indexFresh = 10 * time.Minute

	mostSitemapReaders = 4

	cacheSitemap = "public, max-age=3600"
	xmlType      = "application/xml; charset=utf-8"
)

// sitemapIndex keeps the index for a while, since finding out which parts have anything in them passes over every open job.
type sitemapIndex struct {
	mu      sync.Mutex
	made    time.Time
	base    string
	content []byte
}

// robots says what crawlers may read. Searches are endless, so they are left to people; landing pages are the lists to index.
func (s *site) robots(e *core.RequestEvent) error {
	header := e.Response.Header()
	header.Set("Cache-Control", cacheSitemap)
	return e.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(strings.Join([]string{
		"User-agent: *",
		"Disallow: " + pageurl.Jobs + "?",
		"Disallow: " + pageurl.ApplyElsewhere("*") + "$",
		"Disallow: " + pageurl.Feed + "?",
		"Disallow: " + pageurl.JSONFeed + "?",
		"Disallow: " + pageurl.Client,
		"Disallow: " + pageurl.OwnJob(""),
		"Disallow: " + pageurl.Applicant(""),
		"Disallow: " + pageurl.OwnApplication(""),
		"Disallow: /account/",
		"Disallow: /unsubscribe/",
		"Disallow: /_/",
		"Disallow: /api/",
		"Allow: /api/files/", // the companies' logos
		"",
		"Sitemap: " + s.baseURL() + pageurl.Sitemap,
		"",
	}, "\n")))
}

func (s *site) showSitemapIndex(e *core.RequestEvent) error {
	content, err := s.sitemaps.read(e, s.baseURL())
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", cacheSitemap)
	return e.Blob(http.StatusOK, xmlType, content)
}

func (x *sitemapIndex) read(e *core.RequestEvent, base string) ([]byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.base == base && time.Since(x.made) < indexFresh {
		return x.content, nil
	}
	var content bytes.Buffer
	index := sitemap.NewIndex(&content)
	if err := index.Add(base+pageurl.SitemapPart("lists", 0), time.Time{}); err != nil {
		return nil, err
	}
	for _, kind := range []struct{ name, query string }{
		{"companies", "SELECT DISTINCT (e.rowid - 1) / {:size} + 1 AS part FROM {{employers}} e WHERE " + hasOpenJobs + " ORDER BY part"},
		{"jobs", "SELECT DISTINCT (rowid - 1) / {:size} + 1 AS part FROM {{jobs}} WHERE status = 'published' ORDER BY part"},
	} {
		var parts []int64
		err := e.App.DB().NewQuery(kind.query).Bind(map[string]any{"size": partSize}).WithContext(e.Request.Context()).Column(&parts)
		if err != nil {
			return nil, fmt.Errorf("find the sitemaps of %s: %w", kind.name, err)
		}
		for _, part := range parts {
			if err := index.Add(base+pageurl.SitemapPart(kind.name, int(part)), time.Time{}); err != nil {
				return nil, err
			}
		}
	}
	if err := index.Close(); err != nil {
		return nil, err
	}
	x.made, x.base, x.content = time.Now(), base, content.Bytes()
	return x.content, nil
}

const hasOpenJobs = "EXISTS (SELECT 1 FROM {{jobs}} j WHERE j.employer = e.id AND j.status = 'published')"

// showSitemapPart shows /sitemaps/lists.xml, /sitemaps/companies-1.xml, /sitemaps/jobs-1.xml and so on.
func (s *site) showSitemapPart(e *core.RequestEvent) error {
	name, isXML := strings.CutSuffix(e.Request.PathValue("part"), ".xml")
	kind, number, _ := strings.Cut(name, "-")
	part, err := strconv.Atoi(number)
	if number != "" && (err != nil || part < 1 || part > 1_000_000_000 || strconv.Itoa(part) != number) {
		isXML = false
	}
	switch {
	case isXML && kind == "lists" && number == "":
		return s.sitemapOfLists(e)
	case isXML && kind == "companies" && number != "":
		return sitemapOf(s, e, part, `SELECT e.rowid AS number, e.slug FROM {{employers}} e
			WHERE e.rowid > {:after} AND e.rowid <= {:until} AND `+hasOpenJobs+` ORDER BY e.rowid LIMIT {:limit}`)
	case isXML && kind == "jobs" && number != "":
		// The plus keeps SQLite from reading all open jobs by their status instead of one range of numbers.
		return sitemapOf(s, e, part, `SELECT rowid AS number, id, title, updated FROM {{jobs}}
			WHERE rowid > {:after} AND rowid <= {:until} AND +status = 'published' AND (deadline = '' OR deadline > {:now})
			ORDER BY rowid LIMIT {:limit}`)
	}
	return errNotFound
}

// sitemapRow is a job, or with a slug a company. A company has no time of its last change: its page changes with its jobs.
type sitemapRow struct {
	Number  int64  `db:"number"`
	ID      string `db:"id"`
	Title   string `db:"title"`
	Slug    string `db:"slug"`
	Updated string `db:"updated"`
}

func (r sitemapRow) seq() int64 { return r.Number }

func (r sitemapRow) path() string {
	if r.Slug != "" {
		return pageurl.Company(r.Slug)
	}
	return pageurl.Job(r.ID, r.Title)
}

func sitemapOf(s *site, e *core.RequestEvent, part int, query string) error {
	leave, err := s.sitemapReaders.enter(e)
	if err != nil {
		return err
	}
	defer leave()
	base := s.baseURL()
	until := int64(part) * partSize
	var urls *sitemap.Writer
	err = eachRow(e, query, until-partSize, until, partBatch, func(row *sitemapRow) error {
		if urls == nil {
			urls = beginSitemap(e)
		}
		changed, _ := timeOf(row.Updated)
		return urls.Add(base+row.path(), changed)
	})
	if err == nil && urls == nil {
		return errNotFound // an empty sitemap is none
	}
	if err == nil {
		err = urls.Close()
	}
	return finishStream(e, err)
}

func beginSitemap(e *core.RequestEvent) *sitemap.Writer {
	e.Response.Header().Set("Cache-Control", cacheSitemap)
	e.Response.Header().Set("Content-Type", xmlType)
	return sitemap.NewURLs(e.Response)
}
