package workflow

import "slices"

// The statuses of an application, in the order of the pipeline.
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

// ApplicationStatuses lists every status of an application in the order of the pipeline.
func ApplicationStatuses() []string {
	return []string{Submitted, InReview, Shortlisted, InterviewScheduled, Offered, Hired, Rejected, Withdrawn}
}

// laterStages are the stages after submitted, between which employer people move an open application.
var laterStages = []string{InReview, Shortlisted, InterviewScheduled, Offered}

// IsStage reports whether an application with this status still waits for a decision.
func IsStage(status string) bool {
	return status == Submitted || slices.Contains(laterStages, status)
}

// IsDecided reports whether the employer has decided on an application with this status, so that decidedAt is set.
func IsDecided(status string) bool { return status == Hired || status == Rejected }

// NextApplicationStatuses lists the statuses that party may move an application to from status, in the order of the pipeline.
// It is empty when the status is final for that party.
func NextApplicationStatuses(status string, party Party) []string {
	if party == Seeker {
		if IsStage(status) {
			return []string{Withdrawn}
		}
		return nil
	}
	switch {
	case IsStage(status):
		next := slices.DeleteFunc(slices.Clone(laterStages), func(s string) bool { return s == status })
		next = append(next, Hired, Rejected)
		if party == System {
			next = append(next, Withdrawn)
		}
		return next
	case status == Rejected:
		return []string{InReview}
	}
	return nil
}

// CanMoveApplication reports whether party may move an application between two different statuses.
func CanMoveApplication(from, to string, party Party) bool {
	return slices.Contains(NextApplicationStatuses(from, party), to)
}
