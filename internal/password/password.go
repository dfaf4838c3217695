// Package password hashes the passwords of new accounts before a transaction begins. Hashing takes some 70 ms on purpose, and
// in a transaction all other writes would wait for it.
package password

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
)

// maxBytes is what bcrypt takes.
const maxBytes = 72

// Prehashed are passwords by the word that stands in their place, which nobody outside can guess.
type Prehashed map[string]*core.PasswordFieldValue

const storeKey = "jobboard.hashedPasswords"

// Add hashes a password for an account of the collection and returns the word for it, to be sent as passwordConfirm without
// a password. What would be refused anyway isn't hashed: then the word is "".
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
	word := security.RandomString(40)
	h[word] = value
	return word
}

// Attach gives the passwords to a request, or to those that a batch turns into.
func (h Prehashed) Attach(e *core.RequestEvent) { e.Set(storeKey, h) }

// Attached reports whether a request has been given passwords.
func Attached(e *core.RequestEvent) bool { return e.Get(storeKey) != nil }

// Lookup returns the password that a word stands for, or nil.
func Lookup(e *core.RequestEvent, word string) *core.PasswordFieldValue {
	hashed, _ := e.Get(storeKey).(Prehashed)
	return hashed[word]
}
