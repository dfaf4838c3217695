package collections

import "github.com/pocketbase/pocketbase/core"

// idempotencyKeys remembers what the REST API answered to a request with an Idempotency-Key, so that the request sent again
// gets the same answer. Rows are deleted after a day.
func idempotencyKeys() *core.Collection {
	c := base(IdempotencyKeys)
	fields(c,
		// Who sent it: the id of a user or a superuser.
		&core.TextField{Name: "caller", Required: true, Max: 100, Hidden: true},
		&core.TextField{Name: "route", Required: true, Max: 200, Hidden: true},
		&core.TextField{Name: "key", Required: true, Max: 255, Hidden: true},
		// Cascade: the answer is personal data and goes with the application.
		one("application", Applications, required, cascade),
		// Empty between the commit and the answer, and after a crash in between.
		&core.JSONField{Name: "answer", MaxSize: 1_000_000, Hidden: true},
	)
	c.AddIndex("idx_idempotency_keys_key", true, "caller, route, key", "")
	c.AddIndex("idx_idempotency_keys_created", false, "created", "")
	return c // superusers only
}
