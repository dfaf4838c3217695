package formats

import (
	"io"
	"iter"
	"slices"

	"jobboard/internal/transfer/values"
)

// indeedJob is a job of the XML that Indeed, Talent.com, Jooble and others read (https://docs.indeed.com/indeed-apply/xml-feed).
type indeedJob struct {
	Title       string `xml:"title"`
	Date        string `xml:"date"`
	Reference   string `xml:"referencenumber"`
	Requisition string `xml:"requisitionid"`
	Page        string `xml:"url"`
	Company     string `xml:"company"`
	City        string `xml:"city"`
	State       string `xml:"state"`
	Country     string `xml:"country"`
	Description string `xml:"description"`
	Salary      string `xml:"salary"`
	Type        string `xml:"jobtype"`
	Category    string `xml:"category"`
	Experience  string `xml:"experience"`
	Expires     string `xml:"expirationdate"`
	Expiry      string `xml:"expirydate"` // as some write it
	Remote      string `xml:"remotetype"`
}

// joinWithin is how many jobs later the same job in another place is still joined with it.
const joinWithin = 1000

// requisition is what the places of one job have in common.
type requisition struct{ id, company, title string }

// readIndeed joins the jobs of one requisition, which is one job in several places.
func readIndeed(file io.Reader, options Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		type waitingRow struct {
			*row
			key requisition
		}
		var waiting []waitingRow
		open := map[requisition]*row{}     // rows that wait
		titles := map[string]requisition{} // by requisition id, for all rows so far
		pass := func(n int) bool {
			for _, r := range waiting[:n] {
				if open[r.key] == r.row {
					delete(open, r.key)
				}
				if !yield(r.done(), nil) {
					return false
				}
			}
			waiting = slices.Delete(waiting, 0, n)
			return true
		}
		for line, element := range elements[indeedJob](file, options, "job", "source", "jobs", "feed") {
			if element.err != nil {
				if pass(len(waiting)) {
					yield(nil, element.err)
				}
				return
			}
			job := element.value
			key := requisition{values.Text(job.Requisition), values.Text(job.Company), values.Text(job.Title)}
			if first := open[key]; first != nil && key.id != "" {
				first.place(job.City, job.State, job.Country)
				continue
			}
			r := newRow(line, options)
			convertIndeed(job, r)
			if key.id != "" {
				if other, known := titles[key.id]; known && other != key { // the company numbers its requisitions otherwise
					r.set("externalId", job.Reference)
				} else {
					titles[key.id] = key
				}
				open[key] = r
			}
			if waiting = append(waiting, waitingRow{r, key}); len(waiting) > joinWithin && !pass(1) {
				return
			}
		}
		pass(len(waiting))
	}
}

func convertIndeed(job *indeedJob, r *row) {
	r.set("externalId", job.Reference)
	r.set("externalId", job.Requisition)
	r.set("title", job.Title)
	r.Company = values.Text(job.Company)
	r.description(values.Section{Body: job.Description})
	r.place(job.City, job.State, job.Country)
	r.workplace(job.Remote)
	r.jobType(job.Type)
	if level := values.Level(job.Experience); level != "" { // otherwise it is prose
		r.Values["experienceLevel"] = level
	}
	r.Industry = values.Text(job.Category)
	r.payText(job.Salary)
	r.published(job.Date)
	r.deadline(job.Expires, job.Expiry)
	r.applyAt(job.Page)
}
