package collections

import "github.com/pocketbase/pocketbase/core"

// knownAddresses store from where accounts have logged in, so that strangers who guess a password delay only other strangers. Rows
// hold a fingerprint instead of the account and the address, and are deleted half a year after the last login.
func knownAddresses() *core.Collection {
	c := base(KnownAddresses)
	fields(c,
		&core.TextField{Name: "fingerprint", Required: true, Max: 64, Hidden: true},
		&core.DateField{Name: "seen", Hidden: true},
	)
	c.AddIndex("idx_known_addresses_fingerprint", true, "fingerprint", "")
	c.AddIndex("idx_known_addresses_seen", false, "seen", "")
	return c // superusers only
}
