package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// scored shows a list of matches as "title score reason; reason".
func scored(r testapp.Response, name string) string {
	var lines []string
	for _, item := range r.Items() {
		var reasons []string
		for _, reason := range item["reasons"].([]any) {
			reasons = append(reasons, reason.(string))
		}
		lines = append(lines, fmt.Sprintf("%v %v %s", item[name], item["score"], strings.Join(reasons, "; ")))
	}
	return strings.Join(lines, "\n")
}

// Worked examples, both ways: which jobs for a person, which people for a job, which jobs like a job; with what score and why.
func TestMatching(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	bolt, stranger := board.Employer("Bolt")
	banking, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", "banking")
	if err != nil {
		t.Fatal(err)
	}
	here := map[string]any{"workplace": "hybrid", "locations": []string{"Lyon, France"}}
	with := func(values ...map[string]any) map[string]any {
		all := map[string]any{}
		for _, some := range values {
			for key, value := range some {
				all[key] = value
			}
		}
		return all
	}
	ledger := board.Job(acme, "Senior Ledger Clerk",
		with(here, map[string]any{"industry": banking.Id, "skills": []string{"accounting", "excel"}, "experienceLevel": "senior"}))
	payroll := board.Job(acme, "Payroll Clerk", with(here, map[string]any{"skills": []string{"accounting", "sap"}}))
	abroad := board.Job(bolt, "Ledger Clerk",
		map[string]any{"workplace": "on_site", "locations": []string{"Berlin, Germany"}, "skills": []string{"accounting", "excel"}})
	remote := board.Job(bolt, "Ledger Clerk from Home",
		map[string]any{"skills": []string{"accounting"}, "applicantCountries": []string{"FR"}})
	older := board.Job(bolt, "Ledger Clerk from a German Home",
		map[string]any{"skills": []string{"accounting"}, "applicantCountries": []string{"DE"}})
	board.Job(bolt, "Baker", with(here, map[string]any{"skills": []string{"baking"}}))
	board.Job(bolt, "Ledger Intern", with(here, map[string]any{"skills": []string{"accounting"}, "jobType": "internship"}))
	board.Job(bolt, "Secret Ledger Clerk", with(here, map[string]any{"skills": []string{"accounting"}, "status": "draft"}))
	closed := board.Job(bolt, "Former Ledger Clerk", with(here, map[string]any{"skills": []string{"accounting"}}))
	board.Update(closed, map[string]any{"status": "closed"})

	plainSQL(t, board, "UPDATE jobs SET publishedAt = '2026-01-01 00:00:00.000Z' WHERE id = {:id}", older.Id)

	ann, admin := board.Seeker("ann"), board.Admin("ada")
	profile(t, board, ann,
		map[string]any{"headline": "Ann, Clerk", "skills": []string{"accounting", "excel"}, "preferredJobTypes": []string{"full_time"},
			"preferredLocations": []string{"Lyon"}, "location": "Lyon, France", "experienceYears": 8, "visibility": "employers"})
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": ann.Id, "field": banking.Id})

	recommended := "/api/users/" + ann.Id + "/recommendations"
	want := strings.Join([]string{
		"Senior Ledger Clerk 0.85 Interests: Banking; Skills: accounting, excel; Job type: full time; Place: Lyon, France; " +
			"Experience: senior, 8 years",
		"Ledger Clerk from Home 0.6 Skills: accounting; Job type: full time; Place: France",
		"Payroll Clerk 0.45 Skills: accounting; Job type: full time; Place: Lyon, France",
	}, "\n")
	for range 2 { // the same again
		if got := scored(board.Call(ann, "GET", recommended, nil), "title"); got != want {
			t.Errorf("recommended\n%s\nwant\n%s", got, want)
		}
	}
	if paged := board.Call(admin, "GET", recommended+"?perPage=1&page=2&fields=title", nil); paged.Raw == "" || len(paged.Items()) != 1 ||
		paged.Items()[0]["title"] != "Ledger Clerk from Home" || paged.Body["totalItems"] != 3.0 {
		t.Errorf("the second page is %s", paged.Raw)
	}
	board.Application(ann, ledger)
	got := scored(board.Call(ann, "GET", recommended, nil), "title")
	if strings.Contains(got, "Senior") || !strings.Contains(got, "Payroll") {
		t.Errorf("after applying recommended\n%s", got)
	}
	for status, who := range map[int]*core.Record{401: nil, 403: owner, 404: board.Seeker("nosy")} {
		if got := board.Call(who, "GET", recommended, nil); got.Status != status {
			t.Errorf("recommendations of another: %d, want %d", got.Status, status)
		}
	}

	similar := "/api/jobs/" + abroad.Id + "/similar"
	want = strings.Join([]string{
		"Senior Ledger Clerk 0.6 Skills: accounting, excel; Title: ledger, clerk",
		"Ledger Clerk from Home 0.6 Skills: accounting; Title: ledger, clerk", // the newer of equal ones
		"Ledger Clerk from a German Home 0.6 Skills: accounting; Title: ledger, clerk",
		"Ledger Intern 0.5 Skills: accounting; Title: ledger",
		"Payroll Clerk 0.35 Skills: accounting; Title: clerk",
	}, "\n")
	if got := scored(board.Call(nil, "GET", similar, nil), "title"); got != want {
		t.Errorf("similar\n%s\nwant\n%s", got, want)
	}
	if got := scored(board.Call(ann, "GET", similar, nil), "title"); strings.Contains(got, "Senior") || !strings.Contains(got, "Payroll") {
		t.Errorf("similar for somebody who has applied to one of them\n%s", got)
	}
	for status, c := range map[int]struct {
		who *core.Record
		job string
	}{404: {nil, closed.Id}, 200: {admin, closed.Id}} {
		if got := board.Call(c.who, "GET", "/api/jobs/"+c.job+"/similar", nil); got.Status != status {
			t.Errorf("like a closed job: %d, want %d: %s", got.Status, status, got.Raw)
		}
	}

	ben, cas, dee := board.Seeker("ben"), board.Seeker("cas"), board.Seeker("dee")
	profile(t, board, ben, map[string]any{"headline": "Ben", "skills": []string{"accounting"}, "visibility": "employers"})
	profile(t, board, cas, map[string]any{"headline": "Cas", "skills": []string{"accounting", "sap"}, "visibility": "hidden"})
	profile(t, board, dee, map[string]any{"headline": "Dee", "preferredJobTypes": []string{"full_time"}, "visibility": "employers"})
	profile(t, board, board.Seeker("eve"),
		map[string]any{"headline": "Eve", "skills": []string{"accounting"}, "preferredJobTypes": []string{"contract"},
			"visibility": "employers"})
	want = strings.Join([]string{
		"Ann, Clerk 0.45 Skills: accounting; Job type: full time; Place: Lyon, France",
		"Ben 0.25 Skills: accounting",
		"Dee 0.1 Job type: full time",
	}, "\n")
	for name, c := range map[string]struct {
		who   *core.Record
		query string
		want  string
	}{
		"all":             {stranger, "", want},
		"with words":      {stranger, "&q=clerk", strings.Split(want, "\n")[0]},
		"with a filter":   {stranger, "&skills=accounting&experienceMin=1", strings.Split(want, "\n")[0]},
		"without traces":  {stranger, "&location=Nowhere", ""},
		"an admin's list": {admin, "&q=&perPage=1&page=2", "Cas 0.4 Skills: accounting, sap"},
	} {
		if got := scored(board.Call(c.who, "GET", "/api/candidates/?job="+payroll.Id+c.query, nil), "headline"); got != c.want {
			t.Errorf("%s: candidates\n%s\nwant\n%s", name, got, c.want)
		}
	}
	for query, status := range map[string]int{"job=" + closed.Id: 404, "job=nothing": 404, "job=" + remote.Id + "&near=x": 400} {
		if got := board.Call(owner, "GET", "/api/candidates/?"+query, nil); got.Status != status {
			t.Errorf("%s: %d, want %d: %s", query, got.Status, status, got.Raw)
		}
	}
}
