package api

import (
	"slices"

	"jobboard/collections"
	"jobboard/internal/search"
	"jobboard/internal/workflow"
)

// param is one parameter of a route, for the documentation.
type param struct {
	name    string
	in      string // "" is the query
	kind    string // JSON type; "" is string
	many    bool   // may be repeated or joined by commas: any of them
	options []string
	text    string
	example any
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
	expandParam = param{name: "expand", text: "Relations to include, by comma, as in PocketBase.", example: "employer"}
	fieldsParam = param{name: "fields", text: "Fields to answer with, by comma, as in PocketBase; of a list those of its items, with or without items. before them.", example: "id,created"}
	pageParam   = param{name: "page", kind: "integer", text: "Page, from 1.", example: 1}
	perPageParm = param{name: "perPage", kind: "integer", text: "Records per page, brought into 1..100.", example: 30}
	filterParam = param{name: "filter", text: "A filter as in PocketBase, on top of the route's own. Where a path leads to several records, such as " +
		"seeker.applications_via_seeker.status, ask for any of them with ?=, ?~ and the like: a plain = asks for all of them, also those " +
		"that the caller may not see, and is a 400 to everybody but admins.", example: "created > '2026-01-01'"}
	skipParam = param{name: "skipTotal", kind: "boolean", text: "Leaves the count out: totalItems and totalPages are -1."}

	recordParams = []param{expandParam, fieldsParam}
	listParams   = []param{
		pageParam, perPageParm, {name: "sort", text: "Fields to sort by, by comma, - for descending.", example: "-created"},
		filterParam, fieldsParam, expandParam, skipParam,
	}

	qParam         = param{name: "q", text: "Words to find.", example: "go"}
	roleParam      = param{name: "role", many: true, options: []string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}, text: "Users of this role."}
	activeParam    = param{name: "active", kind: "boolean", text: "1: users who can log in; 0: deactivated ones."}
	unreadParam    = param{name: "unread", kind: "boolean", text: "1: unread ones only."}
	kindParam      = param{name: "kind", many: true, options: collections.NotificationKinds(), text: "Notifications of this kind."}
	mineParam      = param{name: "mine", kind: "boolean", text: "1: those of the caller's own employers, in every status."}
	permanentParam = param{name: "permanent", kind: "boolean", text: "1: delete the job (204)."}
	industryParam  = param{name: "industry", many: true, text: "Slug or id of an industry.", example: "information-technology"}

	applicationStatusParam = param{name: "status", many: true, options: workflow.ApplicationStatuses(), text: "Applications in this status; read leniently: In Review is in_review."}
	idempotencyHeader      = param{name: "Idempotency-Key", in: "header", text: "A text of the client's own, at most 255 characters. Sent again within a day it gets the first answer again.", example: "7c9e6679-7425-40de-944b-e07fc1f90ae7"}

	cursorParam = param{name: "cursor", text: "nextCursor of the answer before: the next page, however deep, without counting pages."}

	nearParams = []param{
		{name: "near", text: "Latitude and longitude to be near to.", example: "45.76,4.83"},
		{name: "radius", kind: "number", text: "How far around near, in km (50 unless said).", example: 25},
	}
	candidateParams = slices.Concat([]param{
		pageParam, perPageParm,
		{name: "sort", options: []string{"relevance", "newest", "distance"}, text: "relevance where there are words to find, else newest; distance needs near."},
		{name: "filter", text: "A filter as in PocketBase.", example: "experienceYears > 3"},
		fieldsParam, expandParam, skipParam, cursorParam,
		{name: "ids", many: true, text: "Ids of profiles, at most 100: only those of them that can be found.", example: "u8x2n5v0q3k1m7p"},
		{name: "facets", many: true, options: search.CandidateFacets, text: facetsText}, qParam,
		{name: "skills", many: true, text: "A skill.", example: "go"},
		{name: "location", many: true, text: "A place by name, or such as 50 km of Lyon.", example: "Lyon"},
		{name: "field", many: true, text: "Slug or id of a field of interest.", example: "backend-development"},
		{name: "experienceMin", kind: "number", text: "Least years of experience.", example: 3},
		{name: "openToWork", kind: "boolean", text: "1: those who look for work."},
		{name: "jobType", many: true, options: collections.JobTypes(), text: "A job type that the seeker prefers."},
		{name: "job", text: "Id of a job: those whom it fits, the best match first, each with score and reasons; sort, filter, cursor and facets are not looked at.", example: "u8x2n5v0q3k1m7p"},
	}, nearParams)
	jobSearchParams = slices.Concat([]param{
		pageParam, perPageParm,
		{name: "sort", options: []string{"relevance", "newest", "salary", "deadline", "distance"}, text: "relevance where there are words to find, else newest."},
		filterParam, fieldsParam, expandParam, skipParam, mineParam, qParam,
		{name: "ids", many: true, text: "Ids of jobs, at most 100: only those of them that can be found.", example: "u8x2n5v0q3k1m7p"},
		{name: "location", many: true, text: "Words of the place.", example: "Lyon"},
		industryParam,
		{name: "field", many: true, text: "Slug or id of a field of interest.", example: "backend-development"},
		{name: "skills", many: true, text: "A skill.", example: "go"},
		{name: "jobType", many: true, options: collections.JobTypes(), text: "A job type."},
		{name: "workplace", many: true, options: collections.Workplaces(), text: "Where the work is done."},
		{name: "experienceLevel", many: true, options: collections.ExperienceLevels(), text: "An experience level."},
		{name: "employer", many: true, text: "Id of an employer.", example: "u8x2n5v0q3k1m7p"},
		{name: "salaryMin", kind: "number", text: "Jobs that pay at least this per year, in salaryCurrency.", example: 50000},
		{name: "salaryCurrency", many: true, text: "ISO 4217 code: what salaryMin and sort=salary compare. Jobs paid in another currency are shown, not ranked.", example: "EUR"},
		{name: "postedWithin", kind: "integer", text: "Published within this many days.", example: 7},
		cursorParam,
		{name: "facets", many: true, options: search.JobFacets, text: facetsText},
		{name: "highlight", kind: "boolean", text: "Needs no asking: with q every job carries its highlights."},
	}, nearParams)
)
