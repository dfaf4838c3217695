package workflow

import "slices"

// The states of an application, in the order of the pipeline.
const (
	Submitted          = "submitted"
	InReview           = "in_review"
	Shortlisted        = "shortlisted"
	InterviewScheduled = "interview_scheduled"
	Offered            = "offered"
	Hired              = "hired"
	Rejected           = "rejected"
	Withdrawn          = "withdrawn"
)

// ApplicationStatuses lists every state of an application in the order of the pipeline.
func ApplicationStatuses() []string {
	return []string{Submitted, InReview, Shortlisted, InterviewScheduled, Offered, Hired, Rejected, Withdrawn}
}

// stages are the states that employer people may move an application to while it is open.
var stages = []string{InReview, Shortlisted, InterviewScheduled, Offered}

// IsStage reports whether an application with this status still waits for a decision.
func IsStage(state string) bool {
	return state == Submitted || slices.Contains(stages, state)
}

// IsDecided tells whether the employer has decided in this state, so that decidedAt is set.
func IsDecided(state string) bool { return state == Hired || state == Rejected }

// NextApplicationStatuses lists the states that party may move an application to from state, in the order of the pipeline.
// It is empty when the state is final for that party.
func NextApplicationStatuses(state string, party Party) []string {
	if party == Seeker {
		if IsStage(state) {
			return []string{Withdrawn}
		}
		return nil
	}
	switch {
	case IsStage(state):
		next := slices.DeleteFunc(slices.Clone(stages), func(s string) bool { return s == state })
		next = append(next, Hired, Rejected)
		if party == System {
			next = append(next, Withdrawn)
		}
		return next
	case state == Rejected:
		return []string{InReview}
	}
	return nil
}

// CanMoveApplication tells whether party may move an application between two different states.
func CanMoveApplication(from, to string, party Party) bool {
	return slices.Contains(NextApplicationStatuses(from, party), to)
}
