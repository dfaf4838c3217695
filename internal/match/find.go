package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

// candidateLimit is how many jobs or people the search engine finds to be scored: those with the most terms in common. It is little
// more than the longest page shows, since reading their rows is most of the cost.
const candidateLimit = 150

// Hit is a job or a person found, with the reasons.
type Hit struct {
	ID      string // of the job, or of the user
	Score   int    // 0..100
	Reasons []Reason
}

// Triggers keep a table of what seekers look for as terms (see migrations/1764000500_match_terms.go), so that finding the seekers
// for a job reads only the rows of its terms:
//
//	seeker_terms(term, seeker)   f:<field id>, s:<skill>; for seekers without these p:<job type>, else p:<workplace>, else
//	                             l:<preferred place, as written, in lower case>

// Seekers returns the next seekers whom a job fits, in the order of user ids: those after the id in after, from at most
// limit people looked at. next is the cursor for the following call, "" when there are no more.
func Seekers(app core.App, job Job, after string, limit int) (hits []Hit, next string, err error) {
	users, err := seekersByTerm(app, jobTerms(job), after, limit)
	if err != nil || len(users) == 0 {
		return nil, "", err
	}
	if hits, err = scoreSeekers(app, job, users); err != nil {
		return nil, "", err
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(a.ID, b.ID) })
	return hits, users[len(users)-1], nil
}

// Candidates returns the profiles that a job fits best, with reasons, among those that match a query, whose scope says whom the
// caller may see. The ids are those of profiles.
func Candidates(app core.App, job Job, query engine.Query) ([]Hit, error) {
	topics, rest := profileTerms(job)
	query.Words.Where = append(query.Words.Where, anyOf(topics))
	query.Limit = candidateLimit
	profiles, err := moreLikeThis(app, search.Candidates, query, slices.Concat(topics, rest))
	if err != nil {
		return nil, fmt.Errorf("find the candidates for job %s: %w", job.ID, err)
	}
	preferences, err := loadPreferences(app, ofProfiles, profiles)
	if err != nil {
		return nil, err
	}
	name, err := loadNames(app, job.Fields)
	if err != nil {
		return nil, err
	}
	return rank(preferences, func(prefs Preferences) (string, Score) { return prefs.Profile, score(job, prefs, name) }), nil
}

// Recommend returns the published jobs that fit a seeker best, except those applied to.
func Recommend(app core.App, userID string) ([]Hit, error) {
	preferences, err := loadPreferences(app, ofUsers, []string{userID})
	if err != nil || len(preferences) == 0 {
		return nil, err
	}
	applied, err := AppliedJobs(app, userID)
	if err != nil {
		return nil, err
	}
	topics, rest := preferenceTerms(preferences[0])
	if len(topics) == 0 {
		return newest(app, preferences[0], applied)
	}
	query := engine.Query{Filters: preferenceFilters(preferences[0]), Words: engine.Words{Where: []engine.Clause{anyOf(topics)}}}
	return scoreJobs(app, preferences[0], query, slices.Concat(topics, rest), applied)
}

// newest returns the newest published jobs for somebody of whom nothing but perhaps the place is known: those near it if there are any.
func newest(app core.App, prefs Preferences, without []string) ([]Hit, error) {
	index, err := search.For(app, search.Jobs)
	if err != nil {
		return nil, err
	}
	query := engine.Query{Scope: search.Published(), Sort: engine.SortNewest, Limit: min(candidateLimit+len(without), engine.MaxLimit)}
	near := query
	if place := resolve(prefs.Home); prefs.HomePoint != (engine.Point{}) {
		near.Near = &engine.Near{Point: prefs.HomePoint, RadiusKm: commuteKm}
	} else if place.HasPoint() {
		near.Near = &engine.Near{Point: engine.Point{Lat: place.Lat, Lon: place.Lon}, RadiusKm: commuteKm}
	}
	found, err := index.Search(near)
	if err == nil && found.Total == 0 && near.Near != nil {
		found, err = index.Search(query)
	}
	if err != nil {
		return nil, fmt.Errorf("find the newest jobs: %w", err)
	}
	var ids []string
	for _, hit := range found.Hits {
		if !slices.Contains(without, hit.ID) {
			ids = append(ids, hit.ID)
		}
	}
	jobs, err := loadJobs(app, ids)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(jobs))
	for i, job := range jobs {
		s := score(job, prefs, nil)
		hits[i] = Hit{ID: job.ID, Score: s.Points, Reasons: s.Reasons}
	}
	return hits, nil
}

// Similar returns the published jobs that would suit somebody who likes this one: those that share its title's words, its
// skills, fields and places, and of equal ones those that share its rarest words. without are ids of jobs to leave out.
func Similar(app core.App, record *core.Record, without []string) ([]Hit, error) {
	job, err := JobOf(app, record)
	if err != nil {
		return nil, err
	}
	like := Preferences{Interests: job.Fields, Skills: job.Skills, Title: job.Title}
	for _, place := range job.Places {
		if place.Lat != nil && place.Lon != nil {
			like.HomePoint = engine.Point{Lat: *place.Lat, Lon: *place.Lon}
			break
		}
	}
	index, err := search.For(app, search.Jobs)
	if err != nil {
		return nil, err
	}
	terms := similarTerms(job, index.WeightedTerms(record.GetString("title"), record.GetString("description")))
	return scoreJobs(app, like, engine.Query{}, terms, append(without, job.ID))
}

// AppliedJobs returns the jobs that a seeker has applied to.
func AppliedJobs(app core.App, userID string) ([]string, error) {
	var jobs []string
	if err := app.DB().Select("job").From(collections.Applications).Where(dbx.HashExp{"seeker": userID}).Column(&jobs); err != nil {
		return nil, fmt.Errorf("find the jobs applied to: %w", err)
	}
	return jobs, nil
}

// moreLikeThis returns the ids of the records that have the most of some terms, as the search engine finds them.
func moreLikeThis(app core.App, kind *search.Kind, query engine.Query, terms []engine.WeightedTerm) ([]string, error) {
	index, err := search.For(app, kind)
	if err != nil {
		return nil, err
	}
	hits, err := index.MoreLikeThis(query, terms)
	ids := make([]string, len(hits))
	for i, hit := range hits {
		ids[i] = hit.ID
	}
	return ids, err
}

func scoreJobs(app core.App, prefs Preferences, query engine.Query, terms []engine.WeightedTerm, without []string) ([]Hit, error) {
	query.Scope = search.Published()
	query.Limit = min(candidateLimit+len(without), engine.MaxLimit)
	ids, err := moreLikeThis(app, search.Jobs, query, terms)
	if err != nil {
		return nil, fmt.Errorf("find jobs: %w", err)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(without, id) })
	jobs, err := loadJobs(app, ids)
	if err != nil {
		return nil, err
	}
	name, err := loadNames(app, prefs.Interests)
	if err != nil {
		return nil, err
	}
	return rank(jobs, func(job Job) (string, Score) { return job.ID, score(job, prefs, name) }), nil
}

// rank scores things and returns those that fit, the ones with the most points first. Equal ones keep their order.
func rank[T any](things []T, score func(T) (id string, s Score)) []Hit {
	var hits []Hit
	for _, thing := range things {
		if id, s := score(thing); s.Fits {
			hits = append(hits, Hit{ID: id, Score: s.Points, Reasons: s.Reasons})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

func scoreSeekers(app core.App, job Job, users []string) ([]Hit, error) {
	preferences, err := loadPreferences(app, ofUsers, users)
	if err != nil {
		return nil, err
	}
	name, err := loadNames(app, job.Fields)
	if err != nil {
		return nil, err
	}
	return rank(preferences, func(prefs Preferences) (string, Score) { return prefs.User, score(job, prefs, name) }), nil
}

// jobTerms returns the terms under which seekers of the job are listed.
func jobTerms(job Job) []string {
	return slices.Concat(topicTerms(job.Fields, job.Skills), []string{"p:" + job.JobType, "p:" + job.Workplace}, placeTerms(job.Places))
}

// placeTerms returns the texts by which people may have named the places of a job. Places nearby are not among them: they count only
// for seekers who are found by something else.
func placeTerms(places []collections.Location) []string {
	var terms []string
	for _, p := range places {
		first, _, _ := strings.Cut(p.Name, ",")
		for _, text := range []string{p.Name, first, p.City, p.Region, p.Country, gazetteer.CountryName(p.Country)} {
			if text = strings.TrimSpace(text); text != "" {
				terms = append(terms, "l:"+asciiLower(text))
			}
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// asciiLower returns what SQLite's lower() returns.
func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func topicTerms(fields, skills []string) []string {
	var terms []string
	for _, id := range fields {
		terms = append(terms, "f:"+id)
	}
	for _, skill := range skills {
		terms = append(terms, "s:"+skill)
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// seekersByTerm returns the next limit seekers after an id who are listed under any of the terms, in the order of ids.
// Each term is read from its own place in the index, so the cost follows limit and not the number of seekers.
func seekersByTerm(app core.App, terms []string, after string, limit int) ([]string, error) {
	if len(terms) == 0 {
		return nil, nil
	}
	parts, params := make([]string, len(terms)), dbx.Params{"after": after, "limit": limit}
	for i, term := range terms {
		param := fmt.Sprintf("t%d", i)
		params[param] = term
		parts[i] = "SELECT seeker FROM (SELECT seeker FROM {{seeker_terms}} WHERE term = {:" + param +
			"} AND seeker > {:after} ORDER BY seeker LIMIT {:limit})"
	}
	var users []string
	err := app.DB().NewQuery(strings.Join(parts, " UNION ") + " ORDER BY seeker LIMIT {:limit}").Bind(params).Column(&users)
	if err != nil {
		return nil, fmt.Errorf("find seekers by their terms: %w", err)
	}
	return users, nil
}
