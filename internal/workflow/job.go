package workflow

import "slices"

// The states of a job.
const (
	Draft     = "draft"
	Published = "published"
	Closed    = "closed"
	Expired   = "expired"
)

// JobStatuses lists every state of a job in the order of its life.
func JobStatuses() []string { return []string{Draft, Published, Closed, Expired} }

// jobMoves is the life of a job. Expired is reached by the clock alone, so only System may move there.
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

// NextJobStatuses lists the states that party may move a job to from state. Seekers may move none.
func NextJobStatuses(state string, party Party) []string {
	var next []string
	for _, move := range jobMoves {
		if move.from == state && party != Seeker && (len(move.only) == 0 || slices.Contains(move.only, party)) {
			next = append(next, move.to)
		}
	}
	return next
}

// CanMoveJob tells whether party may move a job between two different states.
func CanMoveJob(from, to string, party Party) bool {
	return slices.Contains(NextJobStatuses(from, party), to)
}

// InitialJobStatuses lists the states a job may be created in: publishing at once is drafting and publishing.
func InitialJobStatuses() []string { return []string{Draft, Published} }
