package queryguard

import "time"

// Limits of one query. They apply to everybody but superusers. docs/limits.md lists them for callers.
const (
	maxFilterBytes = 2_000
	maxConditions  = 50  // comparisons in one filter
	maxLikes       = 8   // of these, the ones with ~ and the like, which read every text to its end
	maxLikeBytes   = 200 // of one pattern
	maxWildcards   = 3   // of one pattern
	maxSortBytes   = 500
	maxSorts       = 4 // fields to sort by
	maxSteps       = 3 // relations in a row in one path of a filter, sort or expand
	maxRelations   = 8 // different relations that a filter and a sort follow together
	maxManifold    = 2 // of these, the ones that lead to several records or values, whose numbers multiply
	maxExpandBytes = 500
	maxExpands     = 6 // paths to expand
	maxTopicExpand = 3 // paths to expand of a realtime topic, which are followed at every save
	maxBackExpands = 2 // paths to expand with a step back, such as jobs_via_employer
	maxFieldsBytes = 1_000
	maxFields      = 60 // entries of the parameter fields
)

// Limits of one answer. They apply to everybody but superusers.
const (
	maxTime       = 5 * time.Second
	maxExpanded   = 2_000   // records that expansions of one answer read
	maxGuestBytes = 4 << 20 // of one answer
	maxUserBytes  = 8 << 20
	maxSending    = time.Minute // for a client to take an answer
)
