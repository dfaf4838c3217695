package collections

import "jobboard/internal/gazetteer"

// The shapes of the JSON fields that hold lists of objects. Hooks check them on the way in, so what is stored has this shape.

// Location is one entry of jobs.locations: a place of the job.
type Location struct {
	Name    string   `json:"name"` // as people read it; never empty
	City    string   `json:"city"`
	Region  string   `json:"region"`
	Country string   `json:"country"` // ISO 3166-1 alpha-2 in capitals
	Lat     *float64 `json:"lat"`     // degrees; both coordinates are nil where they are not known
	Lon     *float64 `json:"lon"`
}

// Place returns the location as a place of the gazetteer, where 0 and 0 are unknown coordinates.
func (l Location) Place() gazetteer.Place {
	place := gazetteer.Place{Name: l.Name, City: l.City, Region: l.Region, Country: l.Country}
	if l.Lat != nil && l.Lon != nil {
		place.Lat, place.Lon = *l.Lat, *l.Lon
	}
	return place
}

// Position is one entry of job_seekers.experience. Dates are YYYY, YYYY-MM or YYYY-MM-DD; without To it is the present job.
type Position struct {
	Title       string `json:"title"`
	Company     string `json:"company"`
	From        string `json:"from"`
	To          string `json:"to"`
	Description string `json:"description"`
}

// Education is one entry of job_seekers.education. Dates are as in [Position].
type Education struct {
	School string `json:"school"`
	Degree string `json:"degree"`
	Field  string `json:"field"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// The types of questions, values of [Question].Type.
const (
	QuestionText   = "text"
	QuestionYesNo  = "yes_no"
	QuestionChoice = "choice"
	QuestionNumber = "number"
)

// Question is one entry of jobs.questions, which everybody who applies is asked.
type Question struct {
	ID       string   `json:"id"` // key of the answer in applications.answers; made from the position when absent
	Label    string   `json:"label"`
	Type     string   `json:"type"`
	Required bool     `json:"required"`
	Options  []string `json:"options,omitempty"` // of a choice
}
