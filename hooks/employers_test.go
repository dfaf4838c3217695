package hooks_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// The badge stands for the name under which an admin has verified the company: imports find it by that name.
func TestAVerifiedCompanyThatRenamesItselfIsVerifiedAnew(t *testing.T) {
	p := newPipeline(t)
	path := testapp.Records(collections.Employers, p.employer.Id)
	for _, test := range []struct {
		who  *core.Record
		body map[string]any
		kept bool
	}{
		{p.owner, map[string]any{"about": "<p>We build.</p>", "verified": true}, true},
		{p.owner, map[string]any{"name": " ACME  "}, true},
		{p.owner, map[string]any{"name": "Rival", "verified": true}, false},
		{p.member, map[string]any{"name": "Another Rival"}, false},
		{p.admin, map[string]any{"name": "Acme Works"}, true},
	} {
		p.Update(p.employer, map[string]any{"name": "Acme", "verified": true})
		if answer := p.Call(test.who, "PATCH", path, test.body); answer.Status != 200 || answer.Body["verified"] != test.kept {
			t.Errorf("%s with %v: %d, verified %v", test.who.GetString("name"), test.body, answer.Status, answer.Body["verified"])
		}
		if kept := p.Reload(p.employer).GetBool("verified"); kept != test.kept {
			t.Errorf("%s with %v: verified is %v", test.who.GetString("name"), test.body, kept)
		}
	}
}
