package api

import (
	"slices"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/search"
	"jobboard/internal/workflow"
)

// params are the query parameters and headers of a route.
type params []openapi.Param

// with returns the parameters and more.
func (p params) with(more ...openapi.Param) params { return slices.Concat(p, more) }

const (
	exampleID         = "u8x2n5v0q3k1m7p"
	facetsDescription = "Parameters whose values are to be counted."
)

// Parameters of every list and record.
var (
	pageParam    = openapi.Param{Name: "page", Type: "integer", Description: "The number of the page, from 1.", Example: 1}
	perPageParam = openapi.Param{
		Name:        "perPage",
		Type:        "integer",
		Description: "Records per page, from 1 to 100. Numbers beyond that range are brought into it.",
		Example:     30,
	}
	sortParam = openapi.Param{
		Name:        "sort",
		Description: "Fields to sort by, separated by commas. A - before a field sorts in descending order.",
		Example:     "-created",
	}
	filterParam = openapi.Param{
		Name: "filter",
		Description: "A filter as in PocketBase, in addition to the route's own. Where a path leads to several records, such as " +
			"seeker.applications_via_seeker.status, use ?=, ?~ and the like, which ask for any of them. A plain = asks for all of them, " +
			"including those that the caller may not see, and is answered with 400 unless the caller is an admin.",
		Example: "created > '2026-01-01'",
	}
	fieldsParam = openapi.Param{
		Name: "fields",
		Description: "Fields to return, separated by commas, as in PocketBase. In a list these are fields of the items, " +
			"with or without items. before them.",
		Example: "id,created",
	}
	expandParam = openapi.Param{
		Name:        "expand",
		Description: "Relations to include, separated by commas, as in PocketBase.",
		Example:     "employer",
	}
	skipParam = openapi.Param{
		Name:        "skipTotal",
		Type:        "boolean",
		Description: "Leaves out the count: totalItems and totalPages are -1.",
	}

	recordParams = params{expandParam, fieldsParam}
	listParams   = params{pageParam, perPageParam, sortParam, filterParam, fieldsParam, expandParam, skipParam}
	// matchParams are those of lists whose order is how well the records match.
	matchParams = params{pageParam, perPageParam, filterParam, fieldsParam, expandParam, skipParam}
)

// Parameters of several searches.
var (
	qParam      = openapi.Param{Name: "q", Description: "Words to find.", Example: "go"}
	cursorParam = openapi.Param{
		Name:        "cursor",
		Description: "nextCursor of the previous response. It leads to the next page, however deep, without counting pages.",
	}
	mineParam = openapi.Param{
		Name:        "mine",
		Type:        "boolean",
		Description: "1: those of the caller's own employers, in every status.",
	}
	industryParam = openapi.Param{
		Name:        "industry",
		Multiple:    true,
		Description: "Slug or id of an industry.",
		Example:     "information-technology",
	}
	fieldParam = openapi.Param{
		Name:        "field",
		Multiple:    true,
		Description: "Slug or id of a field of interest.",
		Example:     "backend-development",
	}
	skillsParam = openapi.Param{Name: "skills", Multiple: true, Description: "A skill.", Example: "go"}
	nearParams  = params{
		{Name: "near", Description: "Latitude and longitude of the place to be near.", Example: "45.76,4.83"},
		{Name: "radius", Type: "number", Description: "How far from near, in km; 50 by default.", Example: 25},
	}
	statusParam = openapi.Param{
		Name:        "status",
		Multiple:    true,
		Enum:        workflow.ApplicationStatuses(),
		Description: "Applications in this status, read leniently: In Review is in_review.",
	}
)

// jobSearchParams are the parameters of a search for jobs.
var jobSearchParams = slices.Concat(params{
	pageParam,
	perPageParam,
	{
		Name:        "sort",
		Enum:        []string{"relevance", "newest", "salary", "deadline", "distance"},
		Description: "By default relevance if there are words to find, else newest.",
	},
	filterParam, fieldsParam, expandParam, skipParam, mineParam, qParam,
	{
		Name:        "ids",
		Multiple:    true,
		Description: "Ids of jobs, at most 100: only those of them that can be found.",
		Example:     exampleID,
	},
	{Name: "location", Multiple: true, Description: "Words of the place's name.", Example: "Lyon"},
	industryParam, fieldParam, skillsParam,
	{Name: "jobType", Multiple: true, Enum: collections.JobTypes(), Description: "A job type."},
	{Name: "workplace", Multiple: true, Enum: collections.Workplaces(), Description: "Where the work is done."},
	{Name: "experienceLevel", Multiple: true, Enum: collections.ExperienceLevels(), Description: "An experience level."},
	{Name: "employer", Multiple: true, Description: "Id of an employer.", Example: exampleID},
	{
		Name:        "salaryMin",
		Type:        "number",
		Description: "Jobs that pay at least this much per year, in salaryCurrency.",
		Example:     50000,
	},
	{
		Name:     "salaryCurrency",
		Multiple: true,
		Description: "ISO 4217 code of the currency that salaryMin and sort=salary compare. Jobs paid in another currency are shown, " +
			"but not ranked.",
		Example: "EUR",
	},
	{Name: "postedWithin", Type: "integer", Description: "Published within this many days.", Example: 7},
	cursorParam,
	{Name: "facets", Multiple: true, Enum: search.JobFacets, Description: facetsDescription},
	{Name: "highlight", Type: "boolean", Description: "Has no effect: with q, every job always carries its highlights."},
}, nearParams)

// candidateParams are the parameters of a search for candidates.
var candidateParams = slices.Concat(params{
	pageParam,
	perPageParam,
	{
		Name:        "sort",
		Enum:        []string{"relevance", "newest", "distance"},
		Description: "By default relevance if there are words to find, else newest. distance needs near.",
	},
	{Name: "filter", Description: "A filter as in PocketBase.", Example: "experienceYears > 3"},
	fieldsParam, expandParam, skipParam, cursorParam,
	{
		Name:        "ids",
		Multiple:    true,
		Description: "Ids of profiles, at most 100: only those of them that can be found.",
		Example:     exampleID,
	},
	{Name: "facets", Multiple: true, Enum: search.CandidateFacets, Description: facetsDescription},
	qParam, skillsParam,
	{Name: "location", Multiple: true, Description: "A place by its name, or an area such as 50 km of Lyon.", Example: "Lyon"},
	fieldParam,
	{Name: "experienceMin", Type: "number", Description: "The least years of experience.", Example: 3},
	{Name: "openToWork", Type: "boolean", Description: "1: those who are looking for work."},
	{Name: "jobType", Multiple: true, Enum: collections.JobTypes(), Description: "A job type that the seeker prefers."},
	{
		Name: "job",
		Description: "Id of a job: the seekers who fit it, the best match first, each with score and reasons. sort, filter, cursor and " +
			"facets are ignored.",
		Example: exampleID,
	},
}, nearParams)
