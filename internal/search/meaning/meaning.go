// Package meaning reads a search text as people type it, "part time nurse in Houston TX", and says what its words mean: a place, a
// workplace, a job type, a level, pay, an employer. What remains are the words to search for.
//
// What is quoted is never understood, which is the way back to plain text.
package meaning

import (
	"strings"

	"jobboard/internal/gazetteer"
)

// The fields of parts that are not in the vocabulary: parameters of the search.
const (
	FieldLocation = "location"
	FieldSalary   = "salaryMin"
	FieldEmployer = "employer"
)

// Part is a part of a text that has been understood.
type Part struct {
	Start, End int    // in bytes; the part begins and ends with a word
	Field      string // parameter of the search; "": the words only join others ("in", "jobs"), and are left out
	Value      string // of the parameter
	Label      string // of the value, for people
	Anywhere   bool   // the words themselves count in the whole text, not only in the title

	Place    gazetteer.Place // with FieldLocation
	Name     string          // with FieldLocation: as typed, unless it is a code
	RadiusKm float64         // with FieldLocation: how far around the place; 0: the place itself
	Salary   float64         // with FieldSalary: per year
	Currency string          // with FieldSalary; "": any
	Open     bool            // with FieldSalary: more is wanted as well as that: "over 50k", "50k+"

	lead int // where the words begin that belong to it, such as "in"
}

// Board answers what a vocabulary cannot know.
type Board interface {
	// Employers returns the ids of the employers with a name, of which NameKey was taken, and the name itself.
	Employers(key string) (ids []string, name string)
	// EmployerWords returns how many words the longest name of an employer has that begins with a folded word; 0: there is none.
	EmployerWords(first string) int
	// InTitles reports whether a folded word is in the title of a job.
	InTitles(word string) bool
	// HasSynonyms reports whether a folded word has synonyms, and so a meaning of its own.
	HasSynonyms(word string) bool
}

// Limits of a text; the rest is not understood.
const (
	maxBytes = 1000
	maxWords = 50
)

// reader understands one text.
type reader struct {
	*Vocabulary
	text   string
	words  []word
	board  Board
	fields map[string]bool
	parts  []Part
	plain  int // words that are neither understood nor left out
}

// Read returns the parts of a text that are understood, in order. fields are the parameters that the words may stand for.
func (v *Vocabulary) Read(s string, board Board, fields map[string]bool) []Part {
	if len(s) > maxBytes {
		s = s[:maxBytes]
	}
	r := &reader{Vocabulary: v, text: s, words: split(s), board: board, fields: fields}
	if len(r.words) > maxWords {
		r.words = r.words[:maxWords]
	}
	r.ignoreShouting()
	for i := 0; i < len(r.words); {
		i += r.readAt(i)
	}
	r.plain += strings.Count(s, `"`) / 2
	if r.plain == 0 && !r.hasFilter() {
		return nil // nothing but "jobs", which is then searched for
	}
	return r.parts
}

// ignoreShouting treats a text in capitals like one in small letters, in which "OR" and "IN" are no states.
func (r *reader) ignoreShouting() {
	for _, w := range r.words {
		if !w.capitals {
			return
		}
	}
	if len(r.words) > 1 {
		for i := range r.words {
			r.words[i].capitals = false
		}
	}
}

func (r *reader) hasFilter() bool {
	for _, p := range r.parts {
		if p.Field != "" {
			return true
		}
	}
	return false
}

// readAt understands what begins at word i, and returns how many words that is. Of several meanings the longest wins.
func (r *reader) readAt(i int) int {
	pay, payWords := r.payAt(i)
	if !r.words[i].opens && payWords == 0 {
		r.plain++
		return 1
	}
	if n := r.placeAfter(i); n > 0 {
		return n
	}
	found, n := r.longest(r.text, r.words[i:], func(s *sense) bool { return s.words || s.filler || r.fields[s.field] })
	place, placeWords := r.placeAt(i, false)
	employer, employerWords := r.employerAt(i)
	switch {
	case payWords > n:
		r.add(pay)
		return payWords
	case employerWords > max(n, placeWords):
		r.add(employer)
		return employerWords
	case placeWords > n:
		r.add(place)
		return placeWords
	case n == 0:
		r.plain++
		return 1
	case found.words:
		r.plain += n
	case found.filler:
		r.add(r.part(i, n))
	default:
		part := r.part(i, n)
		part.Field, part.Value, part.Anywhere = found.field, found.value, found.anywhere
		part.Label = labels[found.field+"="+found.value]
		r.add(part)
	}
	return n
}

// labels are what people read.
var labels = map[string]string{
	"jobType=part_time": "Part time", "jobType=full_time": "Full time", "jobType=contract": "Contract", "jobType=temporary": "Temporary",
	"jobType=internship": "Internship", "jobType=volunteer": "Volunteer",
	"workplace=remote": "Remote", "workplace=hybrid": "Hybrid", "workplace=on_site": "On site",
	"experienceLevel=internship": "Internship", "experienceLevel=entry": "Entry level", "experienceLevel=mid": "Mid level",
	"experienceLevel=senior": "Senior", "experienceLevel=lead": "Lead", "experienceLevel=executive": "Executive",
	"openToWork=true": "Open to work",
}

// part returns the part of n words from word i on.
func (r *reader) part(i, n int) Part {
	start := r.words[i].start
	return Part{Start: start, End: r.words[i+n-1].end, lead: start}
}

func (r *reader) add(p Part) { r.parts = append(r.parts, p) }

// Filter is a condition that words of a text became.
type Filter struct {
	Field string `json:"field"` // parameter of the search
	Value string `json:"value"`
	Label string `json:"label"` // of the value, for people who read English
	Words string `json:"words"`
	Plain string `json:"plain"` // the text in which these words are quoted, so that they are searched for as words

	// What a label in another language is made of.
	Currency string  `json:"currency,omitempty"` // of pay; the value is per year
	Place    string  `json:"place,omitempty"`    // of the surroundings of a place
	Radius   float64 `json:"radius,omitempty"`   // of the surroundings, in kilometres
}

// Interpretation is what a text was understood as.
type Interpretation struct {
	Text    string   `json:"text"` // the words that remain
	Filters []Filter `json:"filters"`
}

// Interpret describes the parts of a text that Read has returned.
func Interpret(s string, parts []Part) Interpretation {
	out := Interpretation{Filters: []Filter{}}
	var rest []string
	at := 0
	for _, p := range parts {
		rest = append(rest, s[at:p.Start])
		at = p.End
		if p.Field == "" {
			continue
		}
		filter := Filter{Field: p.Field, Value: p.Value, Label: p.Label, Words: s[p.lead:p.End],
			Plain: s[:p.lead] + `"` + s[p.Start:p.End] + `"` + s[p.End:], Currency: p.Currency, Radius: p.RadiusKm}
		if p.RadiusKm > 0 {
			filter.Place = p.Place.Name
		}
		out.Filters = append(out.Filters, filter)
	}
	rest = append(rest, s[at:])
	isSign := func(r rune) bool { return strings.ContainsRune(",;/|", r) }
	var words []string
	for _, word := range strings.Fields(strings.Join(rest, " ")) {
		if word = strings.TrimFunc(word, isSign); word != "" {
			words = append(words, word)
		}
	}
	out.Text = strings.Join(words, " ")
	return out
}
