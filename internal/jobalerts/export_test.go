package jobalerts

// What loops and schedules run in the binary, for tests to call directly.
var (
	FanOutStep        = fanOutStep
	RoundStep         = roundStep
	RemindOfDeadlines = remindOfDeadlines
	SendDigests       = sendDigests
)

const (
	FanoutBatch    = fanoutBatch    // people whom one step of a fan-out checks
	DigestBatch    = digestBatch    // searches whose digests are sent together
	RoundUserBatch = roundUserBatch // people whom one step of a round checks
)
