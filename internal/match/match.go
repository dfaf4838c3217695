// Package match says how well a job and a person fit, in points that can be explained. One score serves notifications of new
// jobs, recommendations, candidates and similar jobs.
package match

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"jobboard/collections"
	"jobboard/internal/search/engine"
)

// The points of a perfect match add up to 100. What a person does (interests, skills) counts more than the
// circumstances (type, place), which decide by contradiction: see Fits.
const (
	pointsInterest  = 20 // for the first common field of interest
	pointsMore      = 5  // for each further one, up to maxInterest
	maxInterest     = 30
	pointsSkill     = 10 // for any common skill
	pointsAllSkills = 30 // more, times the share of the job's skills that the person has
	pointsJobType   = 10
	pointsWorkplace = 5
	pointsPlace     = 10
	pointsLevel     = 5
	pointsTitle     = 20 // times the share of the words of another job's title, or of one of the person's roles
)

// maxTopic is how many points interests, skills and a person's role have together, so that all add up to 100.
const maxTopic = maxInterest + pointsSkill + pointsAllSkills

// similarTitleShare is the share of a title's or role's words that another title must have for the two to fit by that alone.
const similarTitleShare = 0.5

// commuteKm is how far, in km, a job may be from a place to be near it: what people commute.
const commuteKm = 50

// Job is what matters of a job for matching.
type Job struct {
	ID          string
	Title       []Word
	Fields      []string // ids of fields of interest, the industry among them
	Skills      []string // lower-cased
	JobType     string
	Workplace   string
	Level       string // "" where not said
	Places      []collections.Location
	Countries   []string // where a remote worker may live; empty: anywhere
	PublishedAt string   // as stored, sortable
}

// Preferences is what a person looks for in a job. Empty lists are preferences not stated.
type Preferences struct {
	User       string
	Profile    string   // "" where there is none
	Interests  []string // ids of fields of interest
	Skills     []string // lower-cased
	JobTypes   []string
	Workplaces []string
	Places     []string     // preferred places, as written
	Home       string       // the location of the profile, as written
	HomePoint  engine.Point // 0, 0 where not known
	Years      float64      // of experience; 0 where not said
	Title      []Word       // of the job that others are compared with; people have none
	Roles      [][]Word     // that a person names in the headline or has worked in, with their synonyms
}

// Word is a significant word of a title.
type Word struct{ Form, Stem string }

// Reason is one thing that speaks for a match.
type Reason struct {
	Kind   string   `json:"kind"` // one of the Reason* constants
	Values []string `json:"values"`
	Points int      `json:"points"`
	Text   string   `json:"text"` // the same in words
}

// The kinds of reasons.
const (
	ReasonTitle       = "title"
	ReasonInterest    = "interest"
	ReasonSkills      = "skills"
	ReasonJobType     = "job_type"
	ReasonWorkplace   = "workplace"
	ReasonPlace       = "place"
	ReasonExperience  = "experience"
	ReasonSavedSearch = "saved_search"
)

// Score is how well a job and a person fit.
type Score struct {
	Points  int // 0..100
	Reasons []Reason
	// Fits says whether to bring the two together at all: something the person does or looks for is in the job, and
	// nothing the person has stated speaks against it.
	Fits bool
}

// names gives the names of fields of interest by id.
type names func(id string) string

// score weighs a job for a person. It is pure: the same input gives the same score, reasons in a fixed order.
func score(job Job, prefs Preferences, name names) Score {
	var s Score
	add := func(kind, label string, points int, values ...string) {
		s.Points += points
		s.Reasons = append(s.Reasons, Reason{Kind: kind, Values: values, Points: points, Text: label + ": " + strings.Join(values, ", ")})
	}

	interests, skills := common(job.Fields, prefs.Interests), common(job.Skills, prefs.Skills)
	if n := len(interests); n > 0 {
		named := make([]string, n)
		for i, id := range interests {
			named[i] = name(id)
		}
		label := "Interests"
		if len(prefs.Title) > 0 { // the preferences are those of a job, which has no interests
			label = "Fields"
		}
		add(ReasonInterest, label, min(maxInterest, pointsInterest+pointsMore*(n-1)), named...)
	}
	if n := len(skills); n > 0 {
		add(ReasonSkills, "Skills", pointsSkill+int(math.Round(pointsAllSkills*share(n, len(job.Skills)))), skills...)
	}
	title, titleShare := bestTitle(slices.Concat(prefs.Roles, [][]Word{prefs.Title}), job.Title)
	points := int(math.Round(pointsTitle * titleShare))
	if len(prefs.Title) == 0 {
		points = min(points, maxTopic-s.Points)
		if titleShare < similarTitleShare {
			points = 0
		}
	}
	if points > 0 {
		add(ReasonTitle, "Title", points, title...)
	}
	if slices.Contains(prefs.JobTypes, job.JobType) {
		add(ReasonJobType, "Job type", pointsJobType, words(job.JobType))
	}
	if slices.Contains(prefs.Workplaces, job.Workplace) {
		add(ReasonWorkplace, "Workplace", pointsWorkplace, words(job.Workplace))
	}
	place, placeSpeaksAgainst := matchPlace(job, prefs)
	if place != "" {
		add(ReasonPlace, "Place", pointsPlace, place)
	}
	if levelFits(job.Level, prefs.Years) {
		add(ReasonExperience, "Experience", pointsLevel, fmt.Sprintf("%s, %g years", words(job.Level), prefs.Years))
	}

	topical := len(interests)+len(skills) > 0 || titleShare >= similarTitleShare
	if !topical && len(prefs.Interests)+len(prefs.Skills)+len(prefs.Title) == 0 {
		// Who has named no topic looks by circumstances alone: the first that they state.
		switch {
		case len(prefs.JobTypes) > 0:
			topical = slices.Contains(prefs.JobTypes, job.JobType)
		case len(prefs.Workplaces) > 0:
			topical = slices.Contains(prefs.Workplaces, job.Workplace)
		default:
			topical = len(prefs.Places) > 0 && place != ""
		}
	}
	s.Fits = topical && !placeSpeaksAgainst &&
		(len(prefs.JobTypes) == 0 || slices.Contains(prefs.JobTypes, job.JobType)) &&
		(len(prefs.Workplaces) == 0 || slices.Contains(prefs.Workplaces, job.Workplace))
	return s
}

// bestTitle returns the words that a job's title has of one of some titles, and their share of it: of the title with the highest.
func bestTitle(titles [][]Word, job []Word) (words []string, best float64) {
	for _, title := range titles {
		common := commonWords(title, job)
		if part := share(len(common), len(title)); part > best {
			words, best = common, part
		}
	}
	return words, best
}

// common returns what is in both lists, in the order of the first, each once.
func common(a, b []string) []string {
	var both []string
	for _, item := range a {
		if slices.Contains(b, item) && !slices.Contains(both, item) {
			both = append(both, item)
		}
	}
	return both
}

// commonWords returns the words of a that b has in one form or another, as they are written in a.
func commonWords(a, b []Word) []string {
	var both []string
	for _, word := range a {
		if slices.ContainsFunc(b, func(other Word) bool { return other.Stem == word.Stem }) {
			both = append(both, word.Form)
		}
	}
	return both
}

func share(part, whole int) float64 { return float64(part) / float64(max(1, whole)) }

// levelYears is the experience in years that a level usually asks for.
var levelYears = map[string]struct{ from, to float64 }{
	"internship": {0, 1},
	"entry":      {0, 2},
	"mid":        {2, 6},
	"senior":     {5, 15},
	"lead":       {7, 30},
	"executive":  {10, 80},
}

func levelFits(level string, years float64) bool {
	usual, known := levelYears[level]
	return known && years > 0 && usual.from <= years && years <= usual.to
}

// words returns a select value as people read it.
func words(value string) string { return strings.ReplaceAll(value, "_", " ") }
