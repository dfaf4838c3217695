package api

import (
	"slices"

	"jobboard/collections"
	"jobboard/internal/search"
	"jobboard/internal/workflow"
)

// param is one parameter of a route, for the documentation.
type param struct {
	name        string
	in          string // "" is the query
	jsonType    string // JSON type; "" is string
	multiple    bool   // may be repeated or joined by commas: any of them
	enum        []string
	description string
	example     any
}

func params(lists ...any) []param {
	var all []param
	for _, list := range lists {
		switch v := list.(type) {
		case param:
			all = append(all, v)
		case []param:
			all = append(all, v...)
		}
	}
	return all
}

const facetsText = "Parameters whose values shall be counted."

var (
	expandParam  = param{name: "expand", description: "Relations to include, by comma, as in PocketBase.", example: "employer"}
	fieldsParam  = param{name: "fields", description: "Fields to answer with, by comma, as in PocketBase; of a list those of its items, with or without items. before them.", example: "id,created"}
	pageParam    = param{name: "page", jsonType: "integer", description: "Page, from 1.", example: 1}
	perPageParam = param{name: "perPage", jsonType: "integer", description: "Records per page, brought into 1..100.", example: 30}
	filterParam  = param{name: "filter", description: "A filter as in PocketBase, on top of the route's own. Where a path leads to several records, such as " +
		"seeker.applications_via_seeker.status, ask for any of them with ?=, ?~ and the like: a plain = asks for all of them, also those " +
		"that the caller may not see, and is a 400 to everybody but admins.", example: "created > '2026-01-01'"}
	skipParam = param{name: "skipTotal", jsonType: "boolean", description: "Leaves the count out: totalItems and totalPages are -1."}

	recordParams = []param{expandParam, fieldsParam}
	listParams   = []param{
		pageParam, perPageParam, {name: "sort", description: "Fields to sort by, by comma, - for descending.", example: "-created"},
		filterParam, fieldsParam, expandParam, skipParam,
	}

	qParam         = param{name: "q", description: "Words to find.", example: "go"}
	roleParam      = param{name: "role", multiple: true, enum: []string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}, description: "Users of this role."}
	activeParam    = param{name: "active", jsonType: "boolean", description: "1: users who can log in; 0: deactivated ones."}
	unreadParam    = param{name: "unread", jsonType: "boolean", description: "1: unread ones only."}
	kindParam      = param{name: "kind", multiple: true, enum: collections.NotificationKinds(), description: "Notifications of this kind."}
	mineParam      = param{name: "mine", jsonType: "boolean", description: "1: those of the caller's own employers, in every status."}
	permanentParam = param{name: "permanent", jsonType: "boolean", description: "1: delete the job (204)."}
	industryParam  = param{name: "industry", multiple: true, description: "Slug or id of an industry.", example: "information-technology"}

	applicationStatusParam = param{name: "status", multiple: true, enum: workflow.ApplicationStatuses(), description: "Applications in this status; read leniently: In Review is in_review."}
	idempotencyHeader      = param{name: "Idempotency-Key", in: "header", description: "A text of the client's own, at most 255 characters. Sent again within a day it gets the first answer again.", example: "7c9e6679-7425-40de-944b-e07fc1f90ae7"}

	cursorParam = param{name: "cursor", description: "nextCursor of the answer before: the next page, however deep, without counting pages."}

	nearParams = []param{
		{name: "near", description: "Latitude and longitude to be near to.", example: "45.76,4.83"},
		{name: "radius", jsonType: "number", description: "How far around near, in km (50 unless said).", example: 25},
	}
	candidateParams = slices.Concat([]param{
		pageParam, perPageParam,
		{name: "sort", enum: []string{"relevance", "newest", "distance"}, description: "relevance where there are words to find, else newest; distance needs near."},
		{name: "filter", description: "A filter as in PocketBase.", example: "experienceYears > 3"},
		fieldsParam, expandParam, skipParam, cursorParam,
		{name: "ids", multiple: true, description: "Ids of profiles, at most 100: only those of them that can be found.", example: "u8x2n5v0q3k1m7p"},
		{name: "facets", multiple: true, enum: search.CandidateFacets, description: facetsText}, qParam,
		{name: "skills", multiple: true, description: "A skill.", example: "go"},
		{name: "location", multiple: true, description: "A place by name, or such as 50 km of Lyon.", example: "Lyon"},
		{name: "field", multiple: true, description: "Slug or id of a field of interest.", example: "backend-development"},
		{name: "experienceMin", jsonType: "number", description: "Least years of experience.", example: 3},
		{name: "openToWork", jsonType: "boolean", description: "1: those who look for work."},
		{name: "jobType", multiple: true, enum: collections.JobTypes(), description: "A job type that the seeker prefers."},
		{name: "job", description: "Id of a job: those whom it fits, the best match first, each with score and reasons; sort, filter, cursor and facets are not looked at.", example: "u8x2n5v0q3k1m7p"},
	}, nearParams)
	jobSearchParams = slices.Concat([]param{
		pageParam, perPageParam,
		{name: "sort", enum: []string{"relevance", "newest", "salary", "deadline", "distance"}, description: "relevance where there are words to find, else newest."},
		filterParam, fieldsParam, expandParam, skipParam, mineParam, qParam,
		{name: "ids", multiple: true, description: "Ids of jobs, at most 100: only those of them that can be found.", example: "u8x2n5v0q3k1m7p"},
		{name: "location", multiple: true, description: "Words of the place.", example: "Lyon"},
		industryParam,
		{name: "field", multiple: true, description: "Slug or id of a field of interest.", example: "backend-development"},
		{name: "skills", multiple: true, description: "A skill.", example: "go"},
		{name: "jobType", multiple: true, enum: collections.JobTypes(), description: "A job type."},
		{name: "workplace", multiple: true, enum: collections.Workplaces(), description: "Where the work is done."},
		{name: "experienceLevel", multiple: true, enum: collections.ExperienceLevels(), description: "An experience level."},
		{name: "employer", multiple: true, description: "Id of an employer.", example: "u8x2n5v0q3k1m7p"},
		{name: "salaryMin", jsonType: "number", description: "Jobs that pay at least this per year, in salaryCurrency.", example: 50000},
		{name: "salaryCurrency", multiple: true, description: "ISO 4217 code: what salaryMin and sort=salary compare. Jobs paid in another currency are shown, not ranked.", example: "EUR"},
		{name: "postedWithin", jsonType: "integer", description: "Published within this many days.", example: 7},
		cursorParam,
		{name: "facets", multiple: true, enum: search.JobFacets, description: facetsText},
		{name: "highlight", jsonType: "boolean", description: "Needs no asking: with q every job carries its highlights."},
	}, nearParams)
)
