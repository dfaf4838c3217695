package api_test

import (
	"fmt"
	"testing"

	"jobboard/collections"
)

// Members leave at this door too, also when they are no employers any more; seekers who are no members stay shut out.
func TestMembersLeaveByREST(t *testing.T) {
	for name, role := range map[string]string{"an employer": collections.RoleEmployer, "a former employer": collections.RoleJobSeeker} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			member := s.Update(s.people["member"], map[string]any{"role": role})
			path := "/api/employers/" + s.acme.Id
			for _, body := range []map[string]any{
				{"members": []string{}, "owner": member.Id}, {"members+": s.people["rival"].Id},
			} {
				if answer := s.Call(member, "PATCH", path, body); answer.Status != 400 && answer.Status != 404 {
					t.Errorf("%v: %d %s", body, answer.Status, answer.Raw)
				}
			}
			if answer := s.Call(s.people["other"], "PATCH", path, map[string]any{"members-": member.Id}); answer.Status != 403 {
				t.Errorf("a seeker who is no member: %d %s", answer.Status, answer.Raw)
			}
			if answer := s.Call(member, "PATCH", path, map[string]any{"members-": member.Id}); answer.Status != 200 {
				t.Fatalf("leave: %d %s", answer.Status, answer.Raw)
			}
			if got := fmt.Sprint(s.Reload(s.acme).GetStringSlice("members")); got != "[]" {
				t.Errorf("members = %s", got)
			}
		})
	}
}
