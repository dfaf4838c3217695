package search

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
	"jobboard/internal/search/meaning"
	"jobboard/internal/search/text"
)

// meanings are the parameters, with their values, that words of a search text may stand for.
var meanings = map[string][]string{
	"jobType": collections.JobTypes(), "workplace": collections.Workplaces(), "experienceLevel": collections.ExperienceLevels(),
	"openToWork": {"true"},
}

// The parameters that words may stand for in each kind of search.
var (
	jobMeanings       = []string{"jobType", "workplace", "experienceLevel", meaning.FieldLocation, meaning.FieldSalary, meaning.FieldEmployer}
	candidateMeanings = []string{"jobType", "workplace", "openToWork", meaning.FieldLocation}
)

// ranked are the parameters whose words count for the score. The others only filter.
var ranked = map[string]bool{"jobType": true, "experienceLevel": true}

// Parser parses the parameters of searches.
type Parser struct {
	analyzer   *text.Analyzer
	vocabulary *meaning.Vocabulary
	jobs       *Index // nil: the names of employers are not understood
}

// Query is a query with what its text was understood as.
type Query struct {
	engine.Query
	Interpretation *meaning.Interpretation // nil without a text

	// byPay is whether the text has nothing to rank by but what a job pays. Who types "50k" wants what pays about that first.
	byPay         bool
	strangePlaces []string // those of the parameter location that the gazetteer does not know
}

// ParserOf returns the parser of an app's searches.
func ParserOf(app core.App) (Parser, error) {
	s, err := sharedAnalyzerOf(app)
	if err != nil {
		return Parser{}, err
	}
	return Parser{s.analyzer, s.vocabulary.Load(), opened(app, Jobs)}, nil
}

// Employers, EmployerWords, InTitles and HasSynonyms tell the vocabulary about the board.

// Employers implements meaning.Board.
func (p Parser) Employers(key string) (ids []string, name string) {
	if p.jobs == nil {
		return nil, ""
	}
	return p.jobs.employers.find(key)
}

// EmployerWords implements meaning.Board.
func (p Parser) EmployerWords(first string) int {
	if p.jobs == nil {
		return 0
	}
	return p.jobs.employers.longest(first)
}

// InTitles implements meaning.Board.
func (p Parser) InTitles(word string) bool { return p.jobs != nil && p.jobs.engine.InTitles(word) }

// HasSynonyms implements meaning.Board.
func (p Parser) HasSynonyms(word string) bool { return len(p.analyzer.Synonyms([]string{word})) > 0 }

// words parses the parameter q. What is given by a parameter of its own is not understood from words too.
func (p Parser) words(params url.Values, understood []string, q *Query) {
	fields := map[string]bool{}
	for _, field := range understood {
		fields[field] = params.Get(field) == ""
	}
	if params.Get("near") != "" {
		fields[meaning.FieldLocation] = false
	}
	var parts []meaning.Part
	q.Words, q.Interpretation, parts = p.understand(params.Get("q"), fields)
	q.Read = func(corrected string) engine.Words {
		words, _, _ := p.understand(corrected, fields)
		return words
	}
	pay := slices.IndexFunc(parts, func(part meaning.Part) bool { return part.Field == meaning.FieldSalary })
	if len(q.Words.Must) == 0 && pay >= 0 && !parts[pay].Open {
		q.byPay, q.Currency = true, parts[pay].Currency
	}
}

// Remaining returns the words of a text that remain when those are left out which mean one of the parameters of a search of jobs.
func (p Parser) Remaining(s string) string {
	fields := map[string]bool{}
	for _, field := range jobMeanings {
		fields[field] = field != meaning.FieldEmployer
	}
	return meaning.Interpret(s, p.vocabulary.Read(s, p, fields)).Text
}

var quotation = regexp.MustCompile(`"[^"]*("|$)`)

// understand parses a text. With operators it is taken literally, and so is what is quoted.
func (p Parser) understand(s string, fields map[string]bool) (engine.Words, *meaning.Interpretation, []meaning.Part) {
	if strings.TrimSpace(s) == "" {
		return engine.Parse(p.analyzer, s), nil, nil
	}
	var parts []meaning.Part
	if engine.IsPlain(quotation.ReplaceAllString(s, "q")) {
		parts = p.vocabulary.Read(s, p, fields)
	}
	interpretation := meaning.Interpret(s, parts)
	list := p.spans(parts)
	if p.hasNoWords(interpretation.Text) {
		for i := range parts {
			list[i].Ranked = list[i].Ranked || parts[i].Field == meaning.FieldLocation
		}
	}
	return engine.ParseUnderstood(p.analyzer, s, list), &interpretation, parts
}

// hasNoWords reports whether a text has no words that are searched for. A place by itself then ranks those in it above those that
// only mention it.
func (p Parser) hasNoWords(s string) bool {
	return !slices.ContainsFunc(text.QueryTokens(s), func(t text.Token) bool { return !p.analyzer.IsStopword(t.Term) })
}

// spans returns the parts as the engine searches for them. Several values of a parameter are alternatives.
func (p Parser) spans(parts []meaning.Part) []engine.Span {
	values := map[string][]engine.Value{}
	for _, part := range parts {
		values[part.Field] = append(values[part.Field], valuesOf(part)...)
	}
	places := 0
	for _, part := range parts {
		if part.Field == meaning.FieldLocation {
			places++
		}
	}
	var out []engine.Span
	for _, part := range parts {
		span := engine.Span{Start: part.Start, End: part.End, Field: engine.FieldTitle, Ranked: ranked[part.Field]}
		if part.Anywhere {
			span.Field = engine.FieldAny
		}
		switch {
		case part.Field == "":
		case part.Field == meaning.FieldSalary:
			span.Condition = &engine.Condition{Range: salaryFrom(part.Salary, part.Currency)}
			span.Field = engine.FieldAny
		case part.RadiusKm > 0 && places == 1:
			span.Condition = &engine.Condition{Near: &engine.Near{Point: pointOf(part.Place), RadiusKm: part.RadiusKm}}
		default:
			span.Condition = &engine.Condition{Any: values[part.Field]}
		}
		if part.Field == "workplace" { // many boards do not ask for it, so a title may be all that says so
			span.Titles = p.vocabulary.Expressions(part.Field, part.Value)
		}
		if part.Field == meaning.FieldLocation {
			span.Texts, span.Only = placeNames(part)
		}
		out = append(out, span)
	}
	return out
}

// placeNames returns what texts call a place, and the value of jobs whose text may say where they are, since their place does not.
func placeNames(part meaning.Part) ([]string, engine.Value) {
	place := part.Place
	only := engine.Value{Field: Cityless, Value: Cityless}
	name := strings.TrimSuffix(place.City, " City")
	if name == "" {
		name = place.Region
	}
	if name == "" {
		only = engine.Value{Field: Placeless, Value: Placeless}
		name = gazetteer.CountryName(place.Country)
	}
	names := []string{name}
	if part.Name != "" && text.Fold(part.Name) != text.Fold(name) {
		names = append(names, part.Name)
	}
	return names, only
}

func pointOf(p gazetteer.Place) engine.Point { return engine.Point{Lat: p.Lat, Lon: p.Lon} }

func salaryFrom(minimum float64, currency string) *engine.Range {
	r := &engine.Range{Column: engine.ColumnSalary, Min: minimum, Max: math.Inf(1)}
	if currency != "" {
		r.Only = []engine.Value{{Field: "currency", Value: currency}}
	}
	return r
}

// valuesOf returns the filter values of a part.
func valuesOf(part meaning.Part) []engine.Value {
	switch part.Field {
	case "", meaning.FieldSalary:
		return nil
	case meaning.FieldLocation:
		return placeValues(part.Place, part.Name)
	case meaning.FieldEmployer:
		var all []engine.Value
		for id := range strings.SplitSeq(part.Value, ",") {
			all = append(all, engine.Value{Field: part.Field, Value: id})
		}
		return all
	}
	all := []engine.Value{{Field: part.Field, Value: part.Value}}
	switch part.Field + "=" + part.Value {
	case "jobType=internship":
		all = append(all, engine.Value{Field: "experienceLevel", Value: part.Value})
	case "workplace=remote":
		all = append(all, engine.Value{Field: "place", Value: "remote"})
	}
	return all
}

// placeValues returns the filter values of a known place, and of the text that it was found by.
func placeValues(place gazetteer.Place, typed string) []engine.Value {
	all := PlaceValues(place, 0)
	if folded := text.Fold(strings.TrimSpace(typed)); folded != "" {
		all = append(all, engine.Value{Field: "place", Value: folded})
	}
	return all
}
