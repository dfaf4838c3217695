package throttle

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// publications is how often one job may be published. Each time, the seekers whom it fits are notified, and when it is closed again, its
// applicants are.
var publications = Limit{Burst: 5, Every: 12 * time.Minute}

// LimitPublishing runs publish, which publishes a job, and counts it when it succeeds. Admins are not counted.
func LimitPublishing(e *core.RequestEvent, jobID string, publish func() error) error {
	if isOff(e) || e.Auth != nil && e.Auth.GetString("role") == collections.RoleAdmin {
		return publish()
	}
	return try(e, []count{{of(e.App).jobs, jobID}}, publish, func(err error) bool { return err != nil })
}
