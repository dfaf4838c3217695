package collections_test

import (
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// What is asked at each save of a job reads a few rows.
func TestPeopleOfAnEmployerAreFoundByAnIndex(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, owner := board.Employer("Acme")
	asked := testapp.Statements(t, board.TestApp, func() {
		if ids, err := collections.EmployersOf(board.TestApp, owner.Id); err != nil || !slices.Equal(ids, []string{employer.Id}) {
			t.Errorf("the owner's employers: %v, %v", ids, err)
		}
		if is, err := collections.IsPersonOf(board.TestApp, employer.Id, owner.Id); err != nil || !is {
			t.Errorf("the owner is one of the people: %v, %v", is, err)
		}
	})
	if len(asked) != 2 {
		t.Errorf("%d statements: %q", len(asked), asked)
	}
	for _, statement := range asked {
		if scans := testapp.Scans(t, board.TestApp, statement); len(scans) > 0 {
			t.Errorf("%q in %s", scans, statement)
		}
	}
}

// The people are whom the employer's row names now, as far as they are active employers.
func TestPeopleOfAnEmployer(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, owner := board.Employer("Acme")
	member, seeker := board.User(collections.RoleEmployer, "member"), board.Seeker("seeker")
	check := func(name string, user *core.Record, want bool) {
		t.Helper()
		is, err := collections.IsPersonOf(board.TestApp, employer.Id, user.Id)
		if err != nil || is != want {
			t.Errorf("%s: %v, want %v (%v)", name, is, want, err)
		}
		ids, err := collections.EmployersOf(board.TestApp, user.Id)
		if err != nil || slices.Contains(ids, employer.Id) != want {
			t.Errorf("%s: %v (%v)", name, ids, err)
		}
	}
	check("the owner", owner, true)
	check("not yet a member", member, false)
	employer = board.Update(employer, map[string]any{"members": []string{member.Id, owner.Id}})
	check("a member", member, true)
	check("owner and member", owner, true)
	check("somebody else", seeker, false)
	employer = board.Update(employer, map[string]any{"members": []string{}})
	check("has left", member, false)
	board.Update(employer, map[string]any{"owner": member.Id})
	check("the new owner", member, true)
	check("the old owner", owner, false)
	board.Update(member, map[string]any{"deactivatedAt": "2026-01-01 00:00:00.000Z"})
	check("deactivated", member, false)
}
