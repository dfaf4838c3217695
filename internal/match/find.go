package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// Two side tables, kept by triggers whoever writes (see migrations/1764000500_match_terms.go), list what seekers look for
// and what published jobs offer as terms. Finding the one by the other reads only the rows of its terms:
//
//	seeker_terms(term, seeker)        f:<field id>, s:<skill>; of seekers without these p:<job type> or p:<workplace>
//	job_terms(term, publishedAt, job) the same terms
const (
	newestPerTerm = 300  // jobs weighed for each term of a seeker or of a job, newest first
	mostCandidate = 2000 // seekers weighed for a job: those with the most terms in common
)

// Hit is a job or a person found, with the reasons.
type Hit struct {
	ID      string // of the job, or of the user
	Score   int    // 0..100
	Reasons []Reason
}

// Seekers returns the next seekers whom a job fits, in the order of user ids: those after the id in after, from at most
// limit people looked at. next is the cursor for the following call, "" when there are no more.
func Seekers(app core.App, job Job, after string, limit int) (hits []Hit, next string, err error) {
	users, err := seekersByTerm(app, jobTerms(job), after, limit)
	if err != nil || len(users) == 0 {
		return nil, "", err
	}
	if hits, err = weighSeekers(app, job, users); err != nil {
		return nil, "", err
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(a.ID, b.ID) })
	return hits, users[len(users)-1], nil
}

// Candidates returns the seekers whom a job fits best. It asks nobody's leave: what the caller may see of them is for the
// API rules to say.
func Candidates(app core.App, job Job, limit int) ([]Hit, error) {
	terms := jobTerms(job)
	if len(terms) == 0 {
		return nil, nil
	}
	var users []string
	err := app.DB().Select("seeker").From("seeker_terms").Where(in("term", terms)).
		GroupBy("seeker").OrderBy("COUNT(*) DESC", "seeker").Limit(mostCandidate).Column(&users)
	if err != nil {
		return nil, fmt.Errorf("find the candidates for job %s: %w", job.ID, err)
	}
	hits, err := weighSeekers(app, job, users)
	return best(hits, limit), err
}

// Recommend returns the published jobs that fit a seeker best, without those applied to.
func Recommend(app core.App, userID string, limit int) ([]Hit, error) {
	wishes, err := loadWishes(app, []string{userID})
	if err != nil || len(wishes) == 0 {
		return nil, err
	}
	var applied []string
	if err := app.DB().Select("job").From(collections.Applications).Where(dbx.HashExp{"seeker": userID}).Column(&applied); err != nil {
		return nil, fmt.Errorf("find the jobs applied to: %w", err)
	}
	return weighJobs(app, wishes[0], wishTerms(wishes[0]), applied, limit)
}

// Similar returns the published jobs that would suit somebody who likes this one: by its fields and skills, and near it
// first; a job without these, by its type and workplace.
func Similar(app core.App, job Job, limit int) ([]Hit, error) {
	like := Wish{Interests: job.Fields, Skills: job.Skills}
	if len(job.Fields)+len(job.Skills) == 0 {
		like = Wish{JobTypes: []string{job.JobType}, Workplaces: []string{job.Workplace}}
	}
	for _, place := range job.Places {
		if place.Lat != nil && place.Lon != nil {
			like.HomePoint = Point{Lat: *place.Lat, Lon: *place.Lon}
			break
		}
	}
	return weighJobs(app, like, wishTerms(like), []string{job.ID}, limit)
}

func weighSeekers(app core.App, job Job, users []string) ([]Hit, error) {
	wishes, err := loadWishes(app, users)
	if err != nil {
		return nil, err
	}
	name, err := loadNames(app)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for _, wish := range wishes {
		if s := score(job, wish, name); s.Fits {
			hits = append(hits, Hit{ID: wish.User, Score: s.Points, Reasons: s.Reasons})
		}
	}
	return hits, nil
}

func weighJobs(app core.App, wish Wish, terms, without []string, limit int) ([]Hit, error) {
	ids, err := jobsByTerm(app, terms)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(without, id) })
	jobs, err := loadJobs(app, ids)
	if err != nil {
		return nil, err
	}
	// Newest first, so that of equal scores the newer job comes first.
	slices.SortFunc(jobs, func(a, b Job) int {
		return cmp.Or(cmp.Compare(b.PublishedAt, a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	name, err := loadNames(app)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for _, job := range jobs {
		if s := score(job, wish, name); s.Fits {
			hits = append(hits, Hit{ID: job.ID, Score: s.Points, Reasons: s.Reasons})
		}
	}
	return best(hits, limit), nil
}

// best returns the hits with the most points; equal ones keep their order.
func best(hits []Hit, limit int) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits[:min(limit, len(hits))]
}

// jobTerms are the terms under which seekers of the job are listed.
func jobTerms(job Job) []string {
	return append(topicTerms(job.Fields, job.Skills), "p:"+job.JobType, "p:"+job.Workplace)
}

// wishTerms are the terms under which jobs for the person are listed.
func wishTerms(wish Wish) []string {
	if terms := topicTerms(wish.Interests, wish.Skills); len(terms) > 0 {
		return terms
	}
	circumstances := wish.JobTypes
	if len(circumstances) == 0 {
		circumstances = wish.Workplaces
	}
	terms := make([]string, len(circumstances))
	for i, value := range circumstances {
		terms[i] = "p:" + value
	}
	return terms
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

// jobsByTerm returns the newest published jobs listed under each of the terms.
func jobsByTerm(app core.App, terms []string) ([]string, error) {
	if len(terms) == 0 {
		return nil, nil
	}
	parts, params := make([]string, len(terms)), dbx.Params{"limit": newestPerTerm}
	for i, term := range terms {
		param := fmt.Sprintf("t%d", i)
		params[param] = term
		parts[i] = "SELECT job FROM (SELECT job FROM {{job_terms}} WHERE term = {:" + param +
			"} ORDER BY [[publishedAt]] DESC, job LIMIT {:limit})"
	}
	var jobs []string
	if err := app.DB().NewQuery(strings.Join(parts, " UNION ")).Bind(params).Column(&jobs); err != nil {
		return nil, fmt.Errorf("find jobs by their terms: %w", err)
	}
	return jobs, nil
}

func in(column string, values []string) dbx.Expression {
	list := make([]any, len(values))
	for i, value := range values {
		list[i] = value
	}
	return dbx.In(column, list...)
}
