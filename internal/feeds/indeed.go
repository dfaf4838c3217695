package feeds

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"time"
)

// The format is https://docs.indeed.com/indeed-apply/xml-feed; Talent.com, Jooble, Adzuna and Careerjet read the same. The file
// is always complete, each value stands in a CDATA section, and a job in three places is three jobs with one requisitionid.

// Job is one job as aggregators read it. Dates are zero, and texts "", where they are unknown.
type Job struct {
	ID, Title, Page, Company, HTML string
	Published, Updated, Deadline   time.Time
	JobType, Workplace             string // as the board stores them
	ExperienceLevel                string
	Category                       string
	Salary                         Salary
	Places                         []Place
}

// Salary is what a job pays: Min, Max or both of a currency in a period.
type Salary struct {
	Min, Max         float64
	Currency, Period string
}

// Place is one of a job's places. Country is an ISO 3166-1 alpha-2 code.
type Place struct{ Name, City, Region, Country string }

type cdata struct {
	Text string `xml:",cdata"`
}

func text(value string) *cdata {
	if value == "" {
		return nil
	}
	return &cdata{valid(value)}
}

type indeedJob struct {
	XMLName          xml.Name `xml:"job"`
	Title            *cdata   `xml:"title"`
	Date             *cdata   `xml:"date"`
	ReferenceNumber  *cdata   `xml:"referencenumber"`
	RequisitionID    *cdata   `xml:"requisitionid"`
	URL              *cdata   `xml:"url"`
	Company          *cdata   `xml:"company"`
	City             *cdata   `xml:"city"`
	State            *cdata   `xml:"state"`
	Country          *cdata   `xml:"country"`
	Description      *cdata   `xml:"description"`
	Salary           *cdata   `xml:"salary"`
	JobType          *cdata   `xml:"jobtype"`
	Category         *cdata   `xml:"category"`
	Experience       *cdata   `xml:"experience"`
	ExpirationDate   *cdata   `xml:"expirationdate"`
	RemoteType       *cdata   `xml:"remotetype"`
	LastActivityDate *cdata   `xml:"lastactivitydate"`
}

var indeedJobTypes = map[string]string{"full_time": "fulltime", "part_time": "parttime", "contract": "contract", "temporary": "temporary",
	"internship": "internship", "volunteer": "volunteer"}

var indeedRemoteTypes = map[string]string{"remote": "Fully remote", "hybrid": "Hybrid remote"}

// Indeed writes jobs one by one.
type Indeed struct {
	out     *bufio.Writer
	encoder *xml.Encoder
}

// NewIndeed begins a file. publisher is the board's name, address its home page, built when the file was made.
func NewIndeed(w io.Writer, publisher, address string, built time.Time) (*Indeed, error) {
	f := &Indeed{out: bufio.NewWriterSize(w, 32<<10)}
	f.encoder = xml.NewEncoder(f.out)
	f.encoder.Indent("", " ")
	if _, err := io.WriteString(f.out, xml.Header+"<source>\n"); err != nil {
		return nil, fmt.Errorf("begin the file: %w", err)
	}
	for _, element := range []struct{ name, value string }{
		{"publisher", publisher}, {"publisherurl", address}, {"lastBuildDate", built.UTC().Format(time.RFC1123Z)},
	} {
		if err := f.encoder.EncodeElement(text(element.value), xml.StartElement{Name: xml.Name{Local: element.name}}); err != nil {
			return nil, fmt.Errorf("begin the file: %w", err)
		}
	}
	return f, nil
}

// Add writes a job, once for each of its places.
func (f *Indeed) Add(j *Job) error {
	out := indeedJob{
		Title: text(j.Title), Date: text(stamp(j.Published)), RequisitionID: text(j.ID), URL: text(j.Page), Company: text(j.Company),
		Description: text(j.HTML), Salary: text(j.Salary.String()), JobType: text(indeedJobTypes[j.JobType]), Category: text(j.Category),
		Experience: text(strings.ReplaceAll(j.ExperienceLevel, "_", " ")), RemoteType: text(indeedRemoteTypes[j.Workplace]),
		LastActivityDate: text(stamp(j.Updated)),
	}
	if !j.Deadline.IsZero() {
		out.ExpirationDate = text(stamp(j.Deadline))
	}
	places := j.Places
	if len(places) == 0 {
		places = []Place{{}}
	}
	written := map[string]bool{}
	for _, place := range places {
		reference := place.reference(j.ID)
		if written[reference] {
			continue
		}
		written[reference] = true
		out.ReferenceNumber = text(reference)
		out.City, out.State, out.Country = text(place.City), text(place.Region), text(place.Country)
		if place.City == "" && place.Country == "" {
			out.City = text(place.Name)
		}
		if err := f.encoder.Encode(out); err != nil {
			return fmt.Errorf("write job %s: %w", j.ID, err)
		}
	}
	return nil
}

// Close ends the file. It leaves the writer below open.
func (f *Indeed) Close() error {
	if _, err := io.WriteString(f.out, "\n</source>\n"); err != nil {
		return fmt.Errorf("end the file: %w", err)
	}
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("end the file: %w", err)
	}
	return nil
}

// reference is the number of a job in a place. It does not depend on what other places the job has or on their order, so that it
// stays the same when places are added and removed.
func (p Place) reference(job string) string {
	if p == (Place{}) {
		return job
	}
	where := strings.Join([]string{p.Country, p.Region, p.City}, "\x00")
	if p.Country == "" {
		where = p.Name
	}
	hash := fnv.New32a()
	hash.Write([]byte(strings.ToLower(where)))
	return fmt.Sprintf("%s-%08x", job, hash.Sum32())
}

// String is such as "50000 - 60000 EUR per year", "" where nothing is known.
func (s Salary) String() string {
	amount := ""
	switch {
	case s.Min > 0 && s.Max > s.Min:
		amount = fmt.Sprintf("%.0f - %.0f", s.Min, s.Max)
	case s.Min > 0:
		amount = fmt.Sprintf("%.0f", s.Min)
	case s.Max > 0:
		amount = fmt.Sprintf("up to %.0f", s.Max)
	default:
		return ""
	}
	amount = strings.TrimSpace(amount + " " + s.Currency)
	if s.Period != "" {
		amount += " per " + s.Period
	}
	return amount
}
