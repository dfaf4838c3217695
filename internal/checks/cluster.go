package checks

import (
	"time"

	"jobboard/internal/leadership"
)

// silence is how long the bucket may be silent: nodes ask it several times each second.
const silence = 30 * time.Second

// node checks how this process stands in its cluster.
func node(standing leadership.Standing, now time.Time) Result {
	const check = "cluster"
	silent := now.Sub(standing.BucketAnswered).Round(time.Second)
	switch {
	case silent > silence:
		return bad(check, Error, "Look at the S3 server and the way to it: nothing is stored without it.",
			"The bucket has not answered for %s.", silent)
	case standing.Failure != "":
		return bad(check, Error, "Look at the log of this node, and at jobboard cluster status.", "%s.", standing.Failure)
	case standing.LeaderURL == "" && !standing.Leads:
		return bad(check, Error, "Look at the other nodes, and at jobboard cluster status.", "Nobody leads the cluster: nothing can be stored.")
	case !standing.IsReady():
		return bad(check, Warning, "If that lasts, look at the load of this machine and at the way to the bucket.",
			"This node is %s, and %s behind.", standing.Role, standing.Lag.Round(time.Second))
	}
	return fine(check, "This node is %s, at transaction %d.", standing.Role, standing.TXID)
}
