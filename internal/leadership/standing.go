package leadership

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Standing is how a node stands in its cluster.
type Standing struct {
	Role       string        // starting, following, leading, doubtful or stopped
	Leads      bool          // it may write now
	LeaderURL  string        // where the leader is reached, "" while there is none
	TXID       uint64        // the last transaction that the node has; of the leader, the last one in the log
	LeaderTXID uint64        // the last one in the log, at the leader's last renewal of its lease
	Lag        time.Duration // for how long it has not had all that is in the log
	Failure    string        // what goes wrong, "" if nothing does

	BucketErrors   uint64    // requests to the bucket that failed
	BucketAnswered time.Time // when the bucket last answered
}

// LongestLag is the lag from which on a node should get no reads.
const LongestLag = 5 * time.Second

// IsReady reports whether clients should be sent to the node.
func (s Standing) IsReady() bool {
	return s.Leads || s.Role == "following" && s.Lag < LongestLag
}

// StandingOf returns how the app stands in its cluster; not ok if it runs alone.
func StandingOf(app core.App) (standing Standing, ok bool) {
	node, ok := of(app).current().(interface{ Standing() Standing })
	if !ok {
		return Standing{}, false
	}
	return node.Standing(), true
}
