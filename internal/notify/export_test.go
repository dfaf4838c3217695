package notify

// What the tests drive by hand, which in the binary the clock and the workers do.
var (
	FanOutStep       = fanOutStep
	ExpireJobs       = expireJobs
	RemindOfDeadline = remindOfDeadlines
	SendDigests      = sendDigests
	DeleteOldNotices = deleteOldNotices
)

// FanoutBatch is how many people one step of a fan-out looks at.
const FanoutBatch = fanoutBatch
