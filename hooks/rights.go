package hooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

// checkFieldRights refuses a request that would change a field its caller may not write (collections.FieldRights), naming the
// field. Sending a value back unchanged is fine, since front ends save whole records.
func checkFieldRights(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return nil
	}
	who := actor.As(e.Auth)
	for name, right := range collections.FieldRights[e.Collection.Name] {
		if mayWrite(right, e.Record, who) {
			continue
		}
		changed, err := wouldChange(e, name)
		if err != nil {
			return err
		}
		if changed && !(right == collections.ByOwnerOrLeaving && removesOnly(e.Record, name, who.UserID())) {
			return problem.Field(name, problem.ReadOnly, "This field can't be set here.")
		}
	}
	return nil
}

func mayWrite(right collections.FieldRight, record *core.Record, who actor.Actor) bool {
	mine := func(field string) bool {
		return who.UserID() != "" && record.Original().GetString(field) == who.UserID()
	}
	switch right {
	case collections.OnCreation:
		return record.IsNew()
	case collections.Assigned:
		return record.IsNew() || who.IsAdmin()
	case collections.ByAdmin:
		return who.IsAdmin()
	case collections.ByOwner, collections.ByOwnerOrLeaving:
		return record.IsNew() || who.IsAdmin() || mine("owner")
	case collections.ByEmployerPeople:
		return !record.IsNew() && (who.IsAdmin() || !mine("seeker"))
	case collections.ByAuthor:
		return record.IsNew() || mine("author")
	case collections.WhileSubmitted:
		return record.IsNew() || (mine("seeker") && record.Original().GetString("status") == workflow.Submitted)
	}
	return false // BySystem
}

// wouldChange reports whether the request sets the field to another value than the record has, or than a new record gets.
// PocketBase silently drops hidden fields from the body, so for these the body itself is read.
func wouldChange(e *core.RecordRequestEvent, name string) (bool, error) {
	field := e.Collection.Fields.GetByName(name)
	if field == nil {
		return false, fmt.Errorf("the field rights name an unknown field %s.%s", e.Collection.Name, name)
	}
	before := e.Record.Original()
	after := e.Record
	if field.GetHidden() {
		body, err := readBody(e)
		if err != nil {
			return false, err
		}
		after = before.Clone()
		for key, value := range body {
			if fieldOfKey(key) == name {
				after.Set(key, value)
			}
		}
	}
	if e.Record.IsNew() && fmt.Sprint(after.Get(name)) == collections.Defaults[e.Collection.Name][name] {
		return false, nil
	}
	return !sameValue(before, after, name), nil
}

// fieldOfKey returns the field that a key of the body writes: PocketBase takes "field+", "+field" and "field-" to add and remove.
func fieldOfKey(key string) string {
	name, _, _ := strings.Cut(strings.Trim(key, "+-"), ":")
	return name
}

// sameValue reports whether a field has the same value in two records, as a client would see it.
func sameValue(a, b *core.Record, name string) bool {
	x, errX := json.Marshal(a.Get(name))
	y, errY := json.Marshal(b.Get(name))
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
