package hooks_test

import (
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestWebsiteIsAPlainAddress(t *testing.T) {
	p := newPipeline(t)
	for path, who := range map[string]string{
		testapp.Records(collections.Employers, p.employer.Id):           "owner",
		testapp.Records(collections.JobSeekers, p.profile(p.seeker).Id): "seeker",
	} {
		for website, ok := range map[string]bool{
			"https://acme.example": true, "http://acme.example/jobs?x=1#y": true, "": true,
			"ftp://acme.example": false, "javascript:alert(1)": false, "//acme.example": false, "acme.example": false,
			`https://acme.example/"onclick="x`: false, "https://acme.example/<script>": false, "https://acme.example/'": false,
			"https://me:secret@acme.example": false, "https://": false, "mailto:a@acme.example": false, "data:text/html,x": false,
		} {
			answer := p.Call(p.actor(who), "PATCH", path, map[string]any{"website": website})
			if ok && answer.Status != 200 {
				t.Errorf("%s: %d %s", website, answer.Status, answer.Raw)
			}
			if !ok && (answer.Status != 400 || answer.Code("website") == "") {
				t.Errorf("%s: %d %s, want 400 for website", website, answer.Status, answer.Raw)
			}
		}
	}
}
