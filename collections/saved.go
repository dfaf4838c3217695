package collections

import "github.com/pocketbase/pocketbase/core"

// Frequencies lists the values of saved_searches.frequency.
func Frequencies() []string { return []string{"instant", "daily", "weekly", "off"} }

func savedJobs() *core.Collection {
	c := base(SavedJobs)
	fields(c,
		one("seeker", Users, required, cascade),
		one("job", Jobs, required, cascade),
	)
	c.AddIndex("idx_saved_jobs_pair", true, "seeker, job", "")
	c.AddIndex("idx_saved_jobs_job", false, "job", "")
	ownedBySeeker(c)
	return c
}

func savedSearches() *core.Collection {
	c := base(SavedSearches)
	fields(c,
		one("seeker", Users, required, cascade),
		text("name", required, maxName),
		&core.JSONField{Name: "query", Required: true, MaxSize: 10_000},
		choice("frequency", required, Frequencies()...),
		&core.DateField{Name: "lastSentAt"},
	)
	c.AddIndex("idx_saved_searches_seeker", false, "seeker", "")
	c.AddIndex("idx_saved_searches_frequency", false, "frequency, lastSentAt", "")
	ownedBySeeker(c)
	return c
}

// ownedBySeeker sets rules that show what a seeker saves to nobody else, not even to admins.
func ownedBySeeker(c *core.Collection) {
	own := rule(loggedIn + ` && seeker = @request.auth.id`)
	rules(c, own, own, rule(asSeeker+` && (seeker = "" || seeker = @request.auth.id)`), own, own)
}
