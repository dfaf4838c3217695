package notify

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// What the tests drive by hand, which in the binary the clock and the workers do.
var (
	FanOutStep             = fanOutStep
	RoundStep              = roundStep
	ExpireJobs             = expireJobs
	RemindOfDeadline       = remindOfDeadlines
	SendDigests            = sendDigests
	DeleteOldNotifications = deleteOldNotifications
)

const (
	FanoutBatch    = fanoutBatch    // people whom one step of a fan-out looks at
	MarkReadBatch  = markReadBatch  // notifications that one statement marks as read
	DigestBatch    = digestBatch    // searches whose digests are sent together
	RoundUserBatch = roundUserBatch // people whom one step of a round looks at
)

// NewPostman returns the step of a mail worker as it is after a start.
func NewMailWorker() func(core.App) (bool, error) { return new(worker).step }

// SetSendTimeout changes the patience with mail servers for a test.
func SetSendTimeout(t *testing.T, timeout time.Duration) {
	was := sendTimeout
	sendTimeout = timeout
	t.Cleanup(func() { sendTimeout = was })
}
