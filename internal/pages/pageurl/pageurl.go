// Package pageurl is the one place that knows the addresses of the board's pages: mails, feeds, sitemaps and the pages themselves
// link by it. All are paths; what leaves the board puts the board's public address before them.
package pageurl

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gosimple/slug"

	"jobboard/internal/gazetteer"
)

// Pages without parameters.
const (
	Home       = "/"
	Jobs       = "/jobs"
	Remote     = "/remote"
	Developers = "/developers"

	Verify        = "/account/verify"
	ResetPassword = "/account/reset"
	ChangeEmail   = "/account/email"
)

// What programs read.
const (
	Robots     = "/robots.txt"
	Sitemap    = "/sitemap.xml"
	Feed       = "/feed.xml"  // Atom
	JSONFeed   = "/feed.json" // JSON Feed
	IndeedFeed = "/feed/indeed.xml"
	OpenSearch = "/opensearch.xml"
)

// Places in the client, which routes by what follows the #.
const (
	Client    = "/app/"
	SignIn    = Client + "#/sign-in"
	Register  = Client + "#/register"
	Employers = Client + "#/employer"
	Admin     = Client + "admin" // a page of its own
)

// Job is a job's page.
func Job(id, title string) string { return "/jobs/" + id + "/" + JobSlug(title) }

// JobSlug is the last part of a job's page, for people to read: the id alone finds the job.
func JobSlug(title string) string {
	made, ok := plainSlug(title)
	if !ok {
		made = slug.Make(title)
	}
	if made == "" || made == applyPart {
		return "job"
	}
	return made
}

// applyPart stands where a job's page has its slug, so no slug may be this word.
const applyPart = "apply"

// ApplyElsewhere leads to where one applies to a job, and counts that.
func ApplyElsewhere(id string) string { return "/jobs/" + id + "/" + applyPart }

// plainSlug is slug.Make for a title of Latin letters, digits, blanks and hyphens, at a tenth of the time. ok is false for any other.
func plainSlug(title string) (made string, ok bool) {
	out := make([]byte, 0, len(title))
	for i := range len(title) {
		c := title[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			out = append(out, c)
		case 'A' <= c && c <= 'Z':
			out = append(out, c-'A'+'a')
		case c != ' ' && c != '-':
			return "", false
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	return strings.TrimSuffix(string(out), "-"), true
}

// Apply is where a seeker applies to a job on the board.
func Apply(id string) string { return Client + "#/jobs/" + id + "/apply" }

// OwnJob leads an employer's people from a mail to a job of theirs, which they see and change in the client at OwnJobInClient.
func OwnJob(id string) string { return "/employer/jobs/" + id }

// OwnJobInClient is where an employer's people see and change a job of theirs.
func OwnJobInClient(id string) string { return Employers + "/jobs/" + id }

// Applicant leads an employer's people from a mail to an application, which they see in the client at ApplicantInClient.
func Applicant(id string) string { return "/employer/applications/" + id }

// ApplicantInClient is where an employer's people see an application.
func ApplicantInClient(id string) string { return Employers + "/applications/" + id }

// OwnApplication leads seekers from a mail to an application of theirs, which they see in the client at OwnApplicationInClient.
func OwnApplication(id string) string { return "/applications/" + id }

// OwnApplicationInClient is where seekers see an application of theirs.
func OwnApplicationInClient(id string) string { return Client + "#/applications/" + id }

// Unsubscribe is where the holder of a mail's token gives up such mails.
func Unsubscribe(token string) string { return "/unsubscribe/" + token }

// Company is a company's page.
func Company(slug string) string { return "/companies/" + slug }

// Field lists the jobs of a field of interest, of everywhere or, with a place's slug, there.
func Field(slug, place string) string {
	if place == "" {
		return "/jobs/field/" + slug
	}
	return "/jobs/field/" + slug + "/in/" + place
}

// In lists the jobs in a place, by its slug.
func In(place string) string { return "/jobs/in/" + place }

// Search lists what a search finds.
func Search(params url.Values) string {
	if len(params) == 0 {
		return Jobs
	}
	return Jobs + "?" + params.Encode()
}

// FeedOf is the feed of a search, at Feed or JSONFeed.
func FeedOf(feed string, params url.Values) string {
	if len(params) == 0 {
		return feed
	}
	return feed + "?" + params.Encode()
}

// Picture is the picture that is shown with a link to a job.
func Picture(id string) string { return "/pictures/" + id + ".png" }

// SitemapPart is one of the sitemaps that the index at Sitemap lists; without a number it is the only one of its kind.
func SitemapPart(kind string, number int) string {
	if number > 0 {
		kind += "-" + strconv.Itoa(number)
	}
	return "/sitemaps/" + kind + ".xml"
}

// PlaceSlug is how a place is called in addresses, "" for one that could not be found again by it: the shortest of city, city
// and region, city and country that the gazetteer reads as that place.
func PlaceSlug(p gazetteer.Place) string {
	country := gazetteer.CountryName(p.Country)
	for _, parts := range [][]string{{p.City, p.Region, country}, {p.City, country}, {p.Name}} {
		for n := range parts {
			made := slug.Make(strings.Join(parts[:n+1], " "))
			if made == "" {
				continue
			}
			if found, ok := Place(made); ok && found.City == p.City && found.Region == p.Region && found.Country == p.Country {
				return made
			}
		}
	}
	return ""
}

// Place finds the place that a slug names. Other words for it lead there too: the page of PlaceSlug is the one to show.
func Place(slug string) (gazetteer.Place, bool) {
	if slug == "" || len(slug) > 200 || strings.ContainsAny(slug, ",;") {
		return gazetteer.Place{}, false
	}
	place, ok := gazetteer.Resolve(strings.ReplaceAll(slug, "-", " "))
	return place, ok && place.Country != ""
}
