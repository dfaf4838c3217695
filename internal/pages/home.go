package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
)

// homePage is what the home page shows beside the search form.
type homePage struct {
	Newest []listed
	Top    popular
}

const newestJobs = 8

func (s *site) home(e *core.RequestEvent) error {
	found, err := s.jobsToList(e, url.Values{"perPage": {strconv.Itoa(newestJobs)}, "sort": {"newest"}})
	if err != nil {
		return err
	}
	page := homePage{Newest: s.list(found.Items, true, time.Now()), Top: s.top(e)}
	h := head{Path: pageurl.Home, Title: s.words.say("home.head", "board", s.app.Settings().Meta.AppName),
		Description: s.words.say("home.lead"), Links: s.feedLinks(nil)}
	return s.show(e, http.StatusOK, "home", view{Head: h, Page: page})
}
