package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jobboard/collections"
	"jobboard/internal/match"
)

const (
	maxCompared    = 500 // newest published jobs that are compared
	maxRecommended = 300 // best jobs that recommendations page through
)

// scoredJob is a job with how well it fits, from 0 to 1, and why.
type scoredJob struct {
	*object
	score   float64
	reasons []string
}

// traits are what two jobs, or a job and a seeker, can have in common.
type traits struct {
	Title           string   `json:"title"`
	Skills          []string `json:"skills"`
	Fields          []string `json:"fields"`
	Industry        string   `json:"industry"`
	JobType         string   `json:"jobType"`
	Workplace       string   `json:"workplace"`
	ExperienceLevel string   `json:"experienceLevel"`
	Location        string   `json:"location"`
	Employer        string   `json:"employer"`
}

func listSimilarJobs(c *call) error {
	job, err := c.viewObject(collections.Jobs, c.Param("job_id"), nil)
	if err != nil {
		return err
	}
	to, err := traitsOf(job)
	if err != nil {
		return err
	}
	return c.sendScored(map[string]bool{job.text("id"): true}, func(other traits) (float64, []string) {
		return likeness(to, other)
	})
}

func likeness(a, b traits) (score float64, reasons []string) {
	if shared := common(a.Skills, b.Skills); len(shared) > 0 {
		score += 0.4 * share(len(shared), len(a.Skills))
		reasons = append(reasons, "skills: "+strings.Join(shared, ", "))
	}
	if words := common(words(a.Title), words(b.Title)); len(words) > 0 {
		score += 0.3 * share(len(words), len(strings.Fields(a.Title)))
		reasons = append(reasons, "title")
	}
	for _, part := range []struct {
		a, b, reason string
		weight       float64
	}{
		{a.Industry, b.Industry, "industry", 0.1},
		{a.JobType, b.JobType, "job type", 0.05},
		{a.Workplace, b.Workplace, "workplace", 0.05},
		{a.Location, b.Location, "location", 0.1},
	} {
		if part.a != "" && part.a == part.b {
			score += part.weight
			reasons = append(reasons, part.reason)
		}
	}
	if score < 0.2 { // alike in nothing but the kind of contract
		return 0, nil
	}
	return score, reasons
}

// listRecommendations answers with the jobs that fit a seeker whose profile the caller may see.
func listRecommendations(c *call) error {
	id := c.Param("user_id")
	if !isID(id) {
		return notFound()
	}
	profiles, err := c.list(collections.JobSeekers, url.Values{"filter": {"user = " + quoted(id)}, "perPage": {"1"}})
	if err != nil {
		return err
	}
	if len(profiles.Items) == 0 {
		return notFound()
	}
	number, perPage, err := c.paging()
	if err != nil {
		return err
	}
	hits, err := match.Recommend(c.app(), id, maxRecommended)
	if err != nil {
		return err
	}
	total := len(hits)
	from := min((number-1)*perPage, total)
	answer := page{Page: number, PerPage: perPage, TotalItems: total, TotalPages: (total + perPage - 1) / perPage, Items: []json.RawMessage{}}
	shown := hits[from:min(from+perPage, total)]
	ids := make([]string, len(shown))
	for i, hit := range shown {
		ids[i] = hit.ID
	}
	if len(ids) == 0 {
		return c.send(http.StatusOK, answer)
	}
	list, err := c.list(collections.Jobs, url.Values{
		"filter": {anyOf("id = %s", ids)}, "perPage": {fmt.Sprint(len(ids))}, "expand": {"employer"}, "skipTotal": {"1"},
	})
	if err != nil {
		return err
	}
	jobs := map[string]*object{}
	for _, item := range list.Items {
		job, err := parseObject(item)
		if err != nil {
			return err
		}
		jobs[job.text("id")] = job
	}
	for _, hit := range shown {
		job := jobs[hit.ID]
		if job == nil {
			continue // closed meanwhile
		}
		reasons := make([]string, len(hit.Reasons))
		for i, reason := range hit.Reasons {
			reasons[i] = reason.Text
		}
		if err := answer.addScored(scoredJob{job, float64(hit.Score) / 100, reasons}); err != nil {
			return err
		}
	}
	return c.send(http.StatusOK, answer)
}

func (p *page) addScored(job scoredJob) error {
	if err := job.set("score", job.score); err != nil {
		return err
	}
	if err := job.set("reasons", job.reasons); err != nil {
		return err
	}
	raw, err := json.Marshal(job.object)
	if err != nil {
		return fmt.Errorf("write a job: %w", err)
	}
	p.Items = append(p.Items, raw)
	return nil
}

// sendScored answers with a page of the published jobs that judge finds fitting, save those to skip, the best first.
func (c *call) sendScored(skip map[string]bool, judge func(traits) (float64, []string)) error {
	number, perPage, err := c.paging()
	if err != nil {
		return err
	}
	list, err := c.list(collections.Jobs, url.Values{
		"filter": {"status = 'published'"}, "sort": {"-publishedAt"}, "perPage": {fmt.Sprint(maxCompared)}, "expand": {"employer"}, "skipTotal": {"1"},
	})
	if err != nil {
		return err
	}
	var scored []scoredJob
	for _, item := range list.Items {
		job, err := parseObject(item)
		if err != nil {
			return err
		}
		has, err := traitsOf(job)
		if err != nil {
			return err
		}
		if score, reasons := judge(has); score > 0 && !skip[job.text("id")] {
			scored = append(scored, scoredJob{job, min(score, 1), reasons})
		}
	}
	slices.SortStableFunc(scored, func(a, b scoredJob) int { return cmp.Compare(b.score, a.score) })
	total := len(scored)
	from := min((number-1)*perPage, total)
	answer := page{Page: number, PerPage: perPage, TotalItems: total, TotalPages: (total + perPage - 1) / perPage, Items: []json.RawMessage{}}
	for _, job := range scored[from:min(from+perPage, total)] {
		if err := answer.addScored(job); err != nil {
			return err
		}
	}
	return c.send(http.StatusOK, answer)
}

func traitsOf(job *object) (traits, error) {
	var t traits
	raw, err := json.Marshal(job)
	if err != nil {
		return t, fmt.Errorf("write a job: %w", err)
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("read a job: %w", err)
	}
	return t, nil
}

func common(a, b []string) []string {
	var both []string
	for _, item := range a {
		if item != "" && slices.Contains(b, item) && !slices.Contains(both, item) {
			both = append(both, item)
		}
	}
	return both
}

// words are those of a title that say something: longer than two letters.
func words(title string) []string {
	return slices.DeleteFunc(strings.Fields(strings.ToLower(title)), func(word string) bool { return len(word) < 3 })
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }
