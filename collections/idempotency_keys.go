package collections

import "github.com/pocketbase/pocketbase/core"

// idempotencyKeys store the REST API's responses to requests with an Idempotency-Key, so that a repeated request gets the same
// response. Rows are deleted after a day.
func idempotencyKeys() *core.Collection {
	c := base(IdempotencyKeys)
	fields(c,
		// Who sent it: the id of a user or a superuser.
		&core.TextField{Name: "caller", Required: true, Max: 100, Hidden: true},
		&core.TextField{Name: "route", Required: true, Max: 200, Hidden: true},
		&core.TextField{Name: "key", Required: true, Max: 255, Hidden: true},
		// The response is personal data, so it is deleted with the application.
		one("application", Applications, required, cascade),
		// Empty between the commit and the response, and after a crash in between.
		&core.JSONField{Name: "answer", MaxSize: 1_000_000, Hidden: true},
	)
	c.AddIndex("idx_idempotency_keys_key", true, "caller, route, key", "")
	c.AddIndex("idx_idempotency_keys_created", false, "created", "")
	return c // superusers only
}
