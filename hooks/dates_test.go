package hooks_test

import (
	"testing"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

// Queries compare dates as texts, so that a date beyond the year 9999 would be one of long ago: it published a draft at once, and made an
// archive of the board that no board could read.
func TestDatesHaveYearsOfFourDigits(t *testing.T) {
	p := newPipeline(t)
	draft := p.Job(p.employer, "Draft", map[string]any{"status": "draft"})
	for _, c := range []struct {
		body map[string]any
		want string // the field that is refused
	}{
		{map[string]any{"publishAt": "9999-12-31T23:59:59-12:00"}, "publishAt"},
		{map[string]any{"publishAt": "0000-01-01T00:00:00+12:00"}, "publishAt"},
		{map[string]any{"deadline": "9999-12-31T23:59:59-12:00"}, "deadline"},
		{map[string]any{"deadline": "9999-12-31", "locations": []string{"Chicago, US"}}, "deadline"},
		{map[string]any{"publishAt": "9999-12-31T23:59:59Z", "deadline": "9999-12-31"}, ""},
	} {
		answer := p.Call(p.owner, "PATCH", testapp.Records(collections.Jobs, draft.Id), c.body)
		if c.want == "" && answer.Status != 200 || c.want != "" && (answer.Status != 400 || answer.Code(c.want) != problem.InvalidValue) {
			t.Errorf("%v: %d %s", c.body, answer.Status, answer.Raw)
		}
	}
}
