package api

import (
	"fmt"
	"net/url"
	"slices"

	"jobboard/collections"
	"jobboard/internal/match"
)

func recommendationRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/users/{user_id}/recommendations",
			id:       "listRecommendations",
			summary:  "Recommends published jobs to a job seeker, the best match first, each with its reasons.",
			access:   seekersAndAdmins,
			query:    matchParams,
			response: ok("ScoredJobPage"),
			handler:  listRecommendations,
		},
	}
}

// listRecommendations answers with the jobs that fit a seeker. The caller must be able to see the profile.
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
	hits, err := match.Recommend(c.app(), id)
	if err != nil {
		return err
	}
	if hits, err = c.filterHits(collections.Jobs, hits); err != nil {
		return err
	}
	return c.sendHits(collections.Jobs, "employer", hits)
}

// listSimilarJobs answers with published jobs like one that the caller may see, except those that the caller has applied to.
func listSimilarJobs(c *call) error {
	if _, err := c.view(collections.Jobs, c.Param("job_id"), nil); err != nil {
		return err
	}
	job, err := c.app().FindRecordById(collections.Jobs, c.Param("job_id"))
	if err != nil {
		return fmt.Errorf("read the job to find others like it: %w", err)
	}
	var applied []string
	if c.auth() != nil {
		if applied, err = match.AppliedJobs(c.app(), c.auth().Id); err != nil {
			return err
		}
	}
	hits, err := match.Similar(c.app(), job, applied)
	if err != nil {
		return err
	}
	if hits, err = c.filterHits(collections.Jobs, hits); err != nil {
		return err
	}
	return c.sendHits(collections.Jobs, "employer", hits)
}

// listCandidatesFor answers with those of the candidates that the other parameters find who fit a job. The caller must be able to see
// the job.
func (c *call) listCandidatesFor(s searchSpec) error {
	id := c.QueryParam("job")
	if _, err := c.view(collections.Jobs, id, nil); err != nil {
		return err
	}
	record, err := c.app().FindRecordById(collections.Jobs, id)
	if err != nil {
		return fmt.Errorf("read the job to find candidates for it: %w", err)
	}
	job, err := match.JobOf(c.app(), record)
	if err != nil {
		return err
	}
	_, query, err := c.searchQuery(s, c.QueryParams())
	if err != nil {
		return err
	}
	hits, err := match.Candidates(c.app(), job, query.Query)
	if err != nil {
		return err
	}
	return c.sendHits(s.collection, s.expand, hits)
}

// filterHits returns the hits that the parameter filter lets pass.
func (c *call) filterHits(collection string, hits []match.Hit) ([]match.Hit, error) {
	allowed, err := c.allowedIDs(collection)
	if err != nil || allowed == nil {
		return hits, err
	}
	return slices.DeleteFunc(slices.Clone(hits), func(hit match.Hit) bool { return !allowed[hit.ID] }), nil
}

// sendHits answers with a page of matches, each with its score, from 0 to 1, and the reasons in words.
func (c *call) sendHits(collection, expand string, hits []match.Hit) error {
	number, perPage, err := c.paging()
	if err != nil {
		return err
	}
	skipTotal, err := c.isSet("skipTotal")
	if err != nil {
		return err
	}
	total := len(hits)
	from := min((number-1)*perPage, total)
	shown := hits[from:min(from+perPage, total)]
	byID := map[string]match.Hit{}
	ids := make([]string, len(shown))
	for i, hit := range shown {
		ids[i], byID[hit.ID] = hit.ID, hit
	}
	items, err := c.itemsByID(collection, ids, expand)
	if err != nil {
		return err
	}
	for i := range items {
		hit := byID[items[i].ID]
		reasons := make([]string, len(hit.Reasons))
		for j, reason := range hit.Reasons {
			reasons[j] = reason.Text
		}
		if err := items[i].Add("reasons", reasons); err != nil {
			return err
		}
		if err := items[i].Add("score", float64(hit.Score)/100); err != nil {
			return err
		}
	}
	head := newPageHead(number, perPage, total)
	if skipTotal {
		head.TotalItems, head.TotalPages = -1, -1
	}
	return c.sendItems(head, items)
}
