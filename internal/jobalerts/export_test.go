package jobalerts

// What the tests drive by hand, which in the binary the clock and the loops do.
var (
	FanOutStep        = fanOutStep
	RoundStep         = roundStep
	RemindOfDeadlines = remindOfDeadlines
	SendDigests       = sendDigests
)

const (
	FanoutBatch    = fanoutBatch    // people whom one step of a fan-out looks at
	DigestBatch    = digestBatch    // searches whose digests are sent together
	RoundUserBatch = roundUserBatch // people whom one step of a round looks at
)
