// Package workflow says what is legal: the statuses of jobs and applications, the moves between them and who may make each.
//
// It is pure data and pure functions without PocketBase, so every door (SDK, REST, batch, scheduled job, command) goes by
// the same table.
package workflow

import "strings"

// Party is the side that a caller is on, with regard to one record.
type Party int

// The parties of the board. System is the board itself: the clock, an import, a command; it also stands for a superuser.
const (
	System Party = iota
	Admin
	EmployerPeople
	Seeker
)

// Parse reads a status as people write it: "In Review", "in-review" and "in_review" are the same. It does not check that the
// status exists.
func Parse(status string) string {
	words := strings.FieldsFunc(strings.ToLower(status), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_' || r == '\t'
	})
	return strings.Join(words, "_")
}
