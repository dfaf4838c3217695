package api

import (
	"net/http"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
)

func employerRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/employers",
			id:       "listEmployers",
			summary:  "Lists employers.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    listParams.with(qParam, industryParam, mineParam),
			response: okList("Employer"),
			handler:  listEmployers,
		},
		{
			method:   "POST",
			path:     "/api/employers",
			id:       "createEmployer",
			summary:  "Creates an employer; without a slug, it gets one made from its name.",
			access:   employersAndAdmins,
			query:    recordParams,
			body:     bodyOrFormOf("NewEmployer"),
			response: created("Employer"),
			conflict: slugTaken,
			handler:  createEmployer,
		},
		{
			method:   "GET",
			path:     "/api/employers/{employer_id}",
			id:       "getEmployer",
			summary:  "Shows an employer.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    recordParams,
			response: ok("Employer"),
			handler:  viewEmployer,
		},
		{
			method:   "PATCH",
			path:     "/api/employers/{employer_id}",
			id:       "updateEmployer",
			summary:  "Changes the given fields of an employer; a member leaves by sending members without their own id.",
			access:   employersAdminsAndMembers,
			query:    recordParams,
			body:     bodyOrFormOf("EmployerChange"),
			response: ok("Employer"),
			conflict: slugTaken,
			handler:  changeEmployer,
		},
		{
			method:   "DELETE",
			path:     "/api/employers/{employer_id}",
			id:       "deleteEmployer",
			summary:  "Deletes an employer without jobs.",
			access:   employersAndAdmins,
			response: noContent,
			conflict: openapi.Conflict{
				When:  "The employer has jobs.",
				Field: "employer", Code: problem.EmployerHasJobs,
			},
			handler: deleteEmployer,
		},
		{
			method:   "GET",
			path:     "/api/employers/{employer_id}/jobs",
			id:       "listEmployerJobs",
			summary:  "Finds jobs of one employer, with the parameters of the job search.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    jobSearchParams,
			response: ok("JobPage"),
			handler:  listEmployerJobs,
		},
		{
			method:   "GET",
			path:     "/api/employers/{employer_id}/reviews",
			id:       "listEmployerReviews",
			summary:  "Lists the reviews of an employer's jobs.",
			access:   anyone,
			scope:    collections.ScopeJobsRead,
			query:    listParams,
			response: okList("JobReview"),
			handler:  listEmployerReviews,
		},
	}
}

func listEmployers(c *call) error {
	var conditions []string
	words, err := c.wordsCondition("name", "location")
	if err != nil {
		return err
	}
	if words != "" {
		conditions = append(conditions, words)
	}
	if industries := c.values("industry"); len(industries) > 0 {
		conditions = append(conditions, anyOf("industry = %s || industry.slug = %s", industries))
	}
	mine, err := c.isSet("mine")
	if err != nil {
		return err
	}
	if mine {
		if c.auth() == nil {
			return unauthorized(c)
		}
		if collections.IsAPIKey(c.auth()) {
			own, err := c.ownEmployers()
			if err != nil {
				return err
			}
			conditions = append(conditions, anyOf("id = %s", append(own, "none")))
		} else {
			conditions = append(conditions, anyOf("owner = %s || members:each ?= %s", []string{c.auth().Id}))
		}
	}
	query, err := c.listQuery("name", conditions...)
	if err != nil {
		return err
	}
	return c.sendList(collections.Employers, query)
}

func createEmployer(c *call) error {
	a, err := c.create(collections.Employers, c.expandQuery(), c.body)
	if err != nil {
		return explainRefusal(err, "owner", "You can only found a company for yourself.")
	}
	return c.sendCreated(a, "/api/employers/%s/")
}

func viewEmployer(c *call) error {
	if item, ok := c.publicItem(collections.Employers, c.Param("employer_id"), ""); ok {
		return c.send(http.StatusOK, item.JSON())
	}
	a, err := c.view(collections.Employers, c.Param("employer_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func changeEmployer(c *call) error {
	a, err := c.update(collections.Employers, c.Param("employer_id"), c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func deleteEmployer(c *call) error { return c.remove(collections.Employers, c.Param("employer_id")) }
