package workflow

import (
	"slices"
	"time"
)

// The statuses of a job.
const (
	Draft     = "draft"
	Published = "published"
	Closed    = "closed"
	Expired   = "expired"
)

// JobStatuses lists every status of a job in the order of its life.
func JobStatuses() []string { return []string{Draft, Published, Closed, Expired} }

// jobMoves are the legal moves of a job. Jobs expire by the clock alone, so only System may move there.
var jobMoves = []struct {
	from, to string
	only     []Party // empty: every party that may write the job
}{
	{from: Draft, to: Published},
	{from: Published, to: Closed},
	{from: Published, to: Expired, only: []Party{System}},
	{from: Closed, to: Published},
	{from: Expired, to: Published},
}

// NextJobStatuses lists the statuses that party may move a job to from status. Seekers may move none.
func NextJobStatuses(status string, party Party) []string {
	var next []string
	for _, move := range jobMoves {
		if move.from == status && party != Seeker && (len(move.only) == 0 || slices.Contains(move.only, party)) {
			next = append(next, move.to)
		}
	}
	return next
}

// CanMoveJob reports whether party may move a job between two different statuses.
func CanMoveJob(from, to string, party Party) bool {
	return slices.Contains(NextJobStatuses(from, party), to)
}

// postedAnewAfter is how long a job must have been offline for its next publication to count as a new posting.
const postedAnewAfter = 30 * 24 * time.Hour

// IsPostedAnew reports whether a job that went offline at one time and is published again at another counts as posted anew. A
// renewal does not make an old job look new.
func IsPostedAnew(offline, published time.Time) bool {
	return published.Sub(offline) >= postedAnewAfter
}

// InitialJobStatuses lists the statuses that a job may be created with: publishing at once is drafting and publishing in one.
func InitialJobStatuses() []string { return []string{Draft, Published} }
