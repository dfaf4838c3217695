package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/jobstats"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/throttle"
	"jobboard/internal/workflow"
)

// jobView is a job on its own page.
type jobView struct {
	listed
	Ended     bool
	EndedOn   day
	Places    []placeLink
	Countries []string
	Topics    []counted // field and industry
	Deadline  day
	LeftAll   string // also where it is not soon
	Apply     apply
	Share     string // a mailto address
	Similar   []listed
	Website   string
	Picture   logo
}

type placeLink struct{ Name, URL string }

// apply is how one applies: at URL, elsewhere, or on the board by the client. Without a URL the client is missing.
type apply struct {
	URL, Host string
	Elsewhere bool
	ByEmail   bool // at an address that the client shows to seekers
}

// toApply leads to where one applies to a job. Crawlers are kept off it, since who comes by is counted.
func (s *site) toApply(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	j, err := s.job(e, id)
	if errors.Is(err, errNotFound) {
		return s.showJobPage(e, id) // says what has become of the job
	}
	if err != nil {
		return err
	}
	address := pageurl.Job(j.ID, j.Title)
	deadline, has := timeOf(j.Deadline)
	open := !has || deadline.After(time.Now())
	switch to := s.applyTo(j); {
	case open && to.Elsewhere:
		address = j.ApplyURL
		countApplyClick(e, j.ID)
	case open && to.URL != "":
		address = to.URL
	}
	e.Response.Header().Set("Cache-Control", cacheNever)
	e.Response.Header().Set("X-Robots-Tag", noindex)
	return e.Redirect(http.StatusSeeOther, address)
}

func (s *site) showJob(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	if e.Request.URL.Path == pageurl.ApplyElsewhere(id) { // a route of its own would be in conflict with /jobs/in/{place}
		return s.toApply(e)
	}
	return s.showJobPage(e, id)
}

func (s *site) showJobPage(e *core.RequestEvent, id string) error {
	j, err := s.job(e, id)
	ended := errors.Is(err, errNotFound)
	if ended {
		j, err = s.endedJob(e, id)
	}
	if err != nil {
		return err
	}
	now := time.Now()
	if at, has := timeOf(j.Deadline); has && !at.After(now) { // as it will be marked within a minute
		ended = true
	}
	path := pageurl.Job(j.ID, j.Title)
	if e.Request.URL.Path != path {
		return redirect(e, http.StatusMovedPermanently, path)
	}
	page, err := s.viewJob(e, j, ended, now)
	if err != nil {
		return err
	}
	h := head{Path: path, Type: "article", Title: s.words.say("job.head", "title", j.Title, "company", j.Expand.Employer.Name)}
	h.Description = strings.Join(nonEmpty(page.Where, s.words.say("jobType."+j.JobType), payText(page.Pay)), " · ")
	status := http.StatusOK
	if ended {
		status, h.Robots = http.StatusGone, noindex
	} else {
		jobstats.CountView(e, j.ID)
		h.Image = s.pictureOf(j)
		if h.JSONLD, err = s.jobData(e, j, &page); err != nil {
			return err
		}
	}
	return s.show(e, status, "job", view{Head: h, Page: page})
}

// toClient leads from a mail to what the client shows at a place. Where the client is missing, one reads how else the board is used.
func (s *site) toClient(place func(id string) string) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		id := e.Request.PathValue("id")
		if !isID(id) {
			return errNotFound
		}
		to := pageurl.Developers
		if s.hasClient() {
			to = place(id)
		}
		e.Response.Header().Set("Cache-Control", cacheNever)
		return e.Redirect(http.StatusSeeOther, to)
	}
}

// countApplyClick counts that somebody is led elsewhere to apply. Who has done so too often is led there as well.
func countApplyClick(e *core.RequestEvent, jobID string) {
	if e.Request.Method == http.MethodGet && throttle.LimitApplyClicks(e) == nil {
		jobstats.CountApplyClick(e, jobID)
	}
}

// jobData is what the page of an open job says to search engines.
func (s *site) jobData(e *core.RequestEvent, j *job, page *jobView) ([]any, error) {
	steps := []crumb{{s.words.say("nav.jobs"), pageurl.Jobs}}
	if len(page.Topics) > 0 {
		steps = append(steps, crumb{page.Topics[0].Label, page.Topics[0].URL})
	}
	data := []any{s.breadcrumbs(append(steps, crumb{j.Title, pageurl.Job(j.ID, j.Title)})...)}
	posting, err := s.posting(e, j, page.Apply.URL != "")
	if err != nil || posting == nil {
		return data, err
	}
	return append(data, posting), nil
}

// endedJob reads a job that takes no more applications. The API shows it to those alone who had to do with it; on its page it
// stays what everybody has seen, so that old links explain themselves. Drafts were never seen.
func (s *site) endedJob(e *core.RequestEvent, id string) (*job, error) {
	if !isID(id) {
		return nil, errNotFound
	}
	record, err := e.App.FindRecordById(collections.Jobs, id)
	if err != nil {
		return nil, errNotFound
	}
	if status := record.GetString("status"); status != workflow.Closed && status != workflow.Expired {
		return nil, errNotFound
	}
	raw, err := json.Marshal(record.PublicExport())
	if err != nil {
		return nil, fmt.Errorf("encode job %s: %w", id, err)
	}
	j := &job{}
	if err := json.Unmarshal(raw, j); err != nil {
		return nil, fmt.Errorf("read job %s: %w", id, err)
	}
	company, err := s.employer(e, j.Employer)
	if err != nil {
		return nil, err
	}
	j.Expand.Employer = *company
	return j, nil
}

func (s *site) viewJob(e *core.RequestEvent, j *job, ended bool, now time.Time) (jobView, error) {
	company := &j.Expand.Employer
	v := jobView{listed: s.list([]job{*j}, false, now)[0], Ended: ended, Deadline: s.words.dayOf(j.Deadline),
		Website: webAddress(company.Website), Picture: logoOf(company)}
	v.LeftAll, v.Soon = s.words.left(j.Deadline, now)
	for _, p := range j.Locations {
		place := placeLink{Name: s.words.place(p.Place())}
		if slug := pageurl.PlaceSlug(p.Place()); slug != "" {
			place.URL = pageurl.In(slug)
		}
		v.Places = append(v.Places, place)
	}
	for _, code := range j.ApplicantCountries {
		if name := s.words.country(code); name != "" {
			v.Countries = append(v.Countries, name)
		}
	}
	for _, id := range append([]string{j.Industry}, j.Fields...) {
		if field, known := s.fields.find(e.App, id); known {
			v.Topics = append(v.Topics, counted{Label: field.Name, URL: pageurl.Field(field.Slug, "")})
		}
	}
	if ended {
		v.EndedOn = s.words.dayOf(j.ClosedAt)
		if v.EndedOn == (day{}) {
			v.EndedOn = v.Deadline
		}
	} else {
		v.Apply = s.applyTo(j)
		subject := s.words.say("job.share_subject", "title", plain(j.Title), "company", plain(company.Name))
		v.Share = shareByMail(subject, s.baseURL()+pageurl.Job(j.ID, j.Title))
	}
	alike, err := s.similar(e, j.ID)
	if err != nil {
		e.App.Logger().Warn("Jobs like another could not be found.", "job", j.ID, "error", err) // the page is whole without them
	}
	v.Similar = s.list(alike, true, now)
	return v, nil
}

func (s *site) applyTo(j *job) apply {
	if j.ApplyMethod == collections.ApplyByURL {
		if address, err := url.Parse(webAddress(j.ApplyURL)); err == nil && address.Scheme == "https" {
			return apply{URL: pageurl.ApplyElsewhere(j.ID), Host: address.Hostname(), Elsewhere: true}
		}
	}
	to := apply{ByEmail: j.ApplyMethod == collections.ApplyByEmail}
	if s.hasClient() {
		to.URL = pageurl.Apply(j.ID)
	}
	return to
}

// shareByMail is a link that opens the reader's own mail program.
func shareByMail(subject, address string) string {
	escape := func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
	return "mailto:?subject=" + escape(subject) + "&body=" + escape(address)
}

func payText(m *money) string {
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m.Text + " " + m.Period)
}

func nonEmpty(texts ...string) []string {
	var list []string
	for _, text := range texts {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}
