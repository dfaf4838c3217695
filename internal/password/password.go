// Package password hashes the passwords of new accounts before a transaction begins. Hashing takes about 70 ms by design, and all
// other writes would wait for it in a transaction.
package password

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
)

// maxBytes is the most that bcrypt takes.
const maxBytes = 72

// Prehashed holds hashed passwords by their placeholders, random strings that nobody can guess.
type Prehashed map[string]*core.PasswordFieldValue

const storeKey = "jobboard.hashedPasswords"

// Add hashes a password for an account of the collection and returns a placeholder, which is sent as passwordConfirm without a
// password. A password that would be refused anyway isn't hashed, and its placeholder is "".
func (h Prehashed) Add(collection *core.Collection, password, confirm string) string {
	if password == "" || password != confirm || len(password) > maxBytes {
		return ""
	}
	record := core.NewRecord(collection)
	record.SetPassword(password)
	value, ok := record.GetRaw(core.FieldNamePassword).(*core.PasswordFieldValue)
	if !ok {
		return ""
	}
	placeholder := security.RandomString(40)
	h[placeholder] = value
	return placeholder
}

// Attach adds the passwords to a request, or to all requests of a batch.
func (h Prehashed) Attach(e *core.RequestEvent) { e.Set(storeKey, h) }

// Attached reports whether passwords were attached to a request.
func Attached(e *core.RequestEvent) bool { return e.Get(storeKey) != nil }

// Lookup returns the password of a placeholder, or nil.
func Lookup(e *core.RequestEvent, placeholder string) *core.PasswordFieldValue {
	hashed, _ := e.Get(storeKey).(Prehashed)
	return hashed[placeholder]
}
