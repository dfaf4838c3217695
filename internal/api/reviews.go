package api

import (
	"net/http"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
)

func reviewRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/jobs/{job_id}/reviews",
			id:       "listJobReviews",
			summary:  "Lists the reviews of a job.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    listParams,
			response: okList("JobReview"),
			handler:  listJobReviews,
		},
		{
			method:   "POST",
			path:     "/api/jobs/{job_id}/reviews",
			id:       "reviewJob",
			summary:  "Reviews a job that the caller has applied to.",
			access:   seekersOnly,
			query:    recordParams,
			body:     bodyOf("NewJobReview"),
			response: created("JobReview"),
			conflict: openapi.Conflict{
				When:  "The caller has already reviewed it.",
				Field: "job", Code: problem.AlreadyReviewed,
			},
			handler: createJobReview,
		},
		{
			method:   "GET",
			path:     "/api/users/{user_id}/reviews",
			id:       "listUserReviews",
			summary:  "Lists the reviews of a user that the caller may see.",
			access:   loggedIn,
			query:    listParams,
			response: okList("UserReview"),
			handler:  listUserReviews,
		},
		{
			method:   "POST",
			path:     "/api/users/{user_id}/reviews",
			id:       "reviewUser",
			summary:  "Reviews the person on the other side of an application.",
			access:   seekersAndEmployers,
			query:    recordParams,
			body:     bodyOf("NewUserReview"),
			response: created("UserReview"),
			conflict: openapi.Conflict{
				When:  "The caller has already reviewed this person for this application.",
				Field: "application", Code: problem.AlreadyReviewed,
			},
			handler: createUserReview,
		},
	}
}

func listJobReviews(c *call) error {
	if _, err := c.view(collections.Jobs, c.Param("job_id"), nil); err != nil {
		return err
	}
	return c.sendReviews(collections.JobReviews, "job", c.Param("job_id"))
}

func listEmployerReviews(c *call) error {
	if _, err := c.view(collections.Employers, c.Param("employer_id"), nil); err != nil {
		return err
	}
	return c.sendReviews(collections.JobReviews, "employer", c.Param("employer_id"))
}

// listUserReviews answers with the reviews of a user that the caller may see. It fails with a 404 if the caller may not see the user at
// all.
func listUserReviews(c *call) error {
	id := c.Param("user_id")
	if !isID(id) {
		return notFound()
	}
	query, err := c.listQuery("-created", "subject = "+quoted(id))
	if err != nil {
		return err
	}
	list, err := c.list(collections.UserReviews, query)
	if err != nil {
		return err
	}
	if len(list.Items) == 0 {
		if err := c.requireVisibleUser(id); err != nil {
			return err
		}
	}
	return c.send(http.StatusOK, list)
}

func (c *call) sendReviews(collection, field, id string) error {
	query, err := c.listQuery("-created", field+" = "+quoted(id))
	if err != nil {
		return err
	}
	return c.sendList(collection, query)
}

func createJobReview(c *call) error {
	id := c.Param("job_id")
	if _, err := c.view(collections.Jobs, id, nil); err != nil {
		return err
	}
	c.body.drop("id")
	if err := c.body.set("job", id); err != nil {
		return err
	}
	a, err := c.createReview(collections.JobReviews)
	if err != nil {
		return err
	}
	// A review has no address of its own here.
	return c.sendCreated(a, "/api/collections/"+collections.JobReviews+"/records/%s")
}

func createUserReview(c *call) error {
	id := c.Param("user_id")
	if !isID(id) {
		return notFound()
	}
	c.body.drop("id")
	if err := c.body.set("subject", id); err != nil {
		return err
	}
	a, err := c.createReview(collections.UserReviews)
	if err != nil {
		return err
	}
	return c.sendCreated(a, "/api/collections/"+collections.UserReviews+"/records/%s")
}

func (c *call) createReview(collection string) (*response, error) {
	a, err := c.create(collection, c.expandQuery(), c.body)
	if c.body.has("author") {
		err = explainRefusal(err, "author", "You can only review in your own name.")
	}
	return a, err
}
