// Package actor carries who makes a change from the request, where it is known, to the model hooks, where it is judged.
package actor

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// The raw keys on a record that no field can be named: they are neither stored nor shown nor settable from a body.
const (
	authKey = "@actor"
	noteKey = "@note"
)

// Actor is who makes a change. The zero Actor is the board itself: the clock, an import, a command.
type Actor struct{ auth *core.Record }

// As makes the Actor of an authenticated record; nil is a guest, who at a model hook can only be registering.
func As(auth *core.Record) Actor { return Actor{auth: auth} }

// Mark leaves the caller on the record for the model hooks.
func Mark(record, auth *core.Record) {
	if auth != nil {
		record.SetRaw(authKey, auth)
	}
}

// Of reads who changes the record. Without a mark it is the board itself.
func Of(record *core.Record) Actor {
	auth, _ := record.GetRaw(authKey).(*core.Record)
	return Actor{auth: auth}
}

// SetNote leaves the note that goes with a status change on the record for the timeline.
func SetNote(record *core.Record, note string) { record.SetRaw(noteKey, note) }

// Note reads what SetNote left, or "".
func Note(record *core.Record) string {
	note, _ := record.GetRaw(noteKey).(string)
	return note
}

// UserID is the id of the acting user, or "" when the board, a superuser or an API key acts: they are no users.
func (a Actor) UserID() string {
	if a.IsBoard() || a.IsAPIKey() {
		return ""
	}
	return a.auth.Id
}

// IsBoard reports whether nobody's rights limit the change: the board itself or a superuser makes it.
func (a Actor) IsBoard() bool { return a.auth == nil || a.auth.IsSuperuser() }

// IsAPIKey reports whether a program acts by an API key, of an employer or of the board.
func (a Actor) IsAPIKey() bool { return collections.IsAPIKey(a.auth) }

// IsAdmin reports whether one of the board's administrators acts.
func (a Actor) IsAdmin() bool {
	return !a.IsBoard() && a.auth.GetString("role") == collections.RoleAdmin
}

// IsAdminOrSuperuser reports whether a caller is one of the board's administrators or a superuser.
func IsAdminOrSuperuser(caller *core.Record) bool {
	return caller != nil && (caller.IsSuperuser() || caller.GetString("role") == collections.RoleAdmin)
}
