package hooks

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// notePublication notes on a job, whose publishedAt is set, that it is being published: how often it has been, when it was first, and
// since when it counts as posted. The plan to publish it is carried out with that.
func notePublication(job *core.Record) {
	published := job.GetDateTime("publishedAt")
	first := job.GetDateTime("firstPublishedAt")
	if first.IsZero() {
		first = published
		job.Set("firstPublishedAt", first)
	}
	closed := job.GetDateTime("closedAt")
	switch {
	case !closed.IsZero() && workflow.IsPostedAnew(closed.Time(), time.Now()):
		job.Set("postedAt", published)
	case job.GetDateTime("postedAt").IsZero():
		job.Set("postedAt", first)
	}
	job.Set("publicationCount", job.GetInt("publicationCount")+1)
	job.Set("publishAt", "")
}

// correctPublication takes from an import what its source now says of when it published a job. An earlier time may be that of the first
// publication, but never undoes a later one on the board.
func correctPublication(job *core.Record) {
	published, said := job.Original().GetDateTime("publishedAt"), job.GetDateTime("publishedAt")
	if !said.Time().Before(published.Time()) {
		return
	}
	if said.IsZero() || job.GetInt("publicationCount") > 1 {
		job.Set("publishedAt", published)
		return
	}
	for _, name := range []string{"firstPublishedAt", "postedAt"} {
		if said.Time().Before(job.GetDateTime(name).Time()) {
			job.Set(name, said)
		}
	}
}

// checkPublishAt refuses a plan to publish a job that is not a draft.
func checkPublishAt(job *core.Record) error {
	planned := job.GetString("publishAt")
	if planned == "" || planned == job.Original().GetString("publishAt") || job.GetString("status") == workflow.Draft {
		return nil
	}
	return problem.Field("publishAt", problem.InvalidValue, "Only a draft can be published later.")
}
