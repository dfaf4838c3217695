package queryguard_test

import (
	"net/url"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/queryguard"
	"jobboard/internal/testapp"
)

// Whether a job has applicants, or an employer drafts, can't be found out by asking for those that have none.
func TestAbsenceTellsNothing(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	acme, owner := board.Employer("Acme")
	ann, bob, admin := board.Seeker("ann"), board.Seeker("bob"), board.Admin("admin")
	board.Application(ann, board.Job(acme, "Baker"))
	const back = "applications_via_job."
	for filter, refused := range map[string]bool{
		back + `id ?= ""`:                                true,
		back + `id ?= null`:                              true,
		back + `status ?!= "submitted"`:                  true,
		back + `answers ?!= ""`:                          true,
		back + `documents:length ?< 1`:                   true,
		back + `status ?= title`:                         true,
		back + `status ?= ` + back + `coverLetter`:       true,
		`title != "" || ` + back + `status ?~ "sub"`:     true,
		back + `id ?!= "" && id != "" || title != ""`:    true,
		`strftime("%Y", ` + back + `created) ?!= "1999"`: true,
		`(title != "" || ` + back + `id ?!= "")`:         true,
		// One of the two may be missing.
		back + `id ?!= "" && saved_jobs_via_job.id ?= ""`: true,
		back + `id ?!= ""`: false,
		back + `status ?= "submitted" || ` + back + `status ?= "in_review"`:                     false,
		`(title ~ "x" || id != "") && ` + back + `seeker ?= "` + ann.Id + `"`:                   false,
		`"submitted" ?= ` + back + `status`:                                                     false,
		`(` + back + `id ?!= "" && ` + back + `status ?!= "submitted") || ` + back + `id ?~"a"`: false,
	} {
		for _, who := range []*core.Record{nil, ann, bob, owner, admin} {
			isAdmin := who == admin
			got := board.Call(who, "GET", testapp.Records(collections.Jobs)+"?filter="+url.QueryEscape(filter), nil)
			if want := refused && !isAdmin; want != (got.Code("filter") != "") || !want && got.Status != 200 {
				t.Errorf("%s: %d %.200s", filter, got.Status, got.Raw)
			}
			jobs, err := board.FindCachedCollectionByNameOrId(collections.Jobs)
			if err != nil {
				t.Fatal(err)
			}
			err = queryguard.Check(board.TestApp, who, jobs, queryguard.Query{Filter: filter, Realtime: true})
			if want := refused && !isAdmin; want != (err != nil) {
				t.Errorf("topic %s: %v", filter, err)
			}
		}
	}
	for _, path := range []string{testapp.Records(collections.Employers), "/api/employers"} {
		if got := board.Call(nil, "GET", path+"?filter="+url.QueryEscape(`jobs_via_employer.id ?= ""`), nil); got.Status != 400 {
			t.Errorf("%s: %d %.200s", path, got.Status, got.Raw)
		}
	}
}
