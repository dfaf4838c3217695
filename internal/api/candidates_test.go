package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// profile changes a seeker's profile and returns it.
func profile(t *testing.T, board *testapp.Board, user *core.Record, values map[string]any) *core.Record {
	t.Helper()
	found, err := board.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
	if err != nil {
		t.Fatal(err)
	}
	return board.Update(found, values)
}

func headlines(r testapp.Response) string {
	list := []string{}
	for _, item := range r.Items() {
		list = append(list, item["headline"].(string))
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

func TestCandidateSearch(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	_, owner := board.Employer("Acme")
	banking, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", "banking")
	if err != nil {
		t.Fatal(err)
	}
	ann, ben := board.Seeker("ann"), board.Seeker("ben")
	profile(t, board, ann, map[string]any{"visibility": "employers", "headline": "Senior Java Developer", "skills": []string{"java", "sql"},
		"location": "Lyon, France", "experienceYears": 8, "openToWork": true, "preferredJobTypes": []string{"contract"},
		"summary":    "<p>I keep <b>ledgers</b> right.</p>",
		"experience": []map[string]any{{"title": "Programmer", "company": "Globex", "description": "Payroll"}}})
	profile(t, board, ben, map[string]any{"visibility": "employers", "headline": "Night Nurse", "skills": []string{"wound care"},
		"location": "Berlin, Germany", "experienceYears": 2, "preferredJobTypes": []string{"part_time"}})
	board.Record(collections.JobSeekerInterests, map[string]any{"seeker": ann.Id, "field": banking.Id})

	for query, want := range map[string]string{
		"":                             "Night Nurse,Senior Java Developer",
		"q=developer":                  "Senior Java Developer",
		"q=sr+dev":                     "Senior Java Developer",
		"q=ledger":                     "Senior Java Developer",
		"q=payroll":                    "Senior Java Developer",
		"q=company:globex":             "Senior Java Developer",
		"q=title:nurs*":                "Night Nurse",
		"q=nurse+-night":               "",
		"skills=Java":                  "Senior Java Developer",
		"skills=java,wound+care":       "Night Nurse,Senior Java Developer",
		"location=Lyon":                "Senior Java Developer",
		"location=Germany":             "Night Nurse",
		"location=50+km+of+Lyon":       "Senior Java Developer",
		"near=52.5,13.4&radius=30":     "Night Nurse",
		"near=52.5,13.4&sort=distance": "Night Nurse",
		"field=banking":                "Senior Java Developer",
		"field=" + banking.Id:          "Senior Java Developer",
		"experienceMin=3":              "Senior Java Developer",
		"openToWork=1":                 "Senior Java Developer",
		"openToWork=false":             "Night Nurse",
		"jobType=part_time,internship": "Night Nurse",
		"filter=experienceYears<3":     "Night Nurse",
		"q=nurse&filter=headline!=''":  "Night Nurse",
		// what a person is reached by is not searched
		"q=ann":                   "",
		"q=ann@example.com":       "",
		"q=%22ann@example.com%22": "",
	} {
		got := board.Call(owner, "GET", "/api/candidates/?"+query, nil)
		if list := headlines(got); got.Status != 200 || list != want || got.Body["totalItems"] != float64(len(got.Items())) {
			t.Errorf("%s: %d found %q of %v, want %q", query, got.Status, list, got.Body["totalItems"], want)
		}
	}
	marked := board.Call(owner, "GET", "/api/candidates/?q=java+ledger&facets=skills,jobType", nil)
	item := marked.Items()[0]
	highlights := item["highlights"].(map[string]any)
	if highlights["headline"] != "Senior <mark>Java</mark> Developer" || highlights["summary"] != "I keep <mark>ledgers</mark> right." {
		t.Errorf("highlights %v", highlights)
	}
	if facets := marked.Body["facets"].(map[string]any); facets["skills"].(map[string]any)["java"] != 1.0 {
		t.Errorf("facets %v", facets)
	}
	typo := board.Call(owner, "GET", "/api/candidates/?q=nurce", nil)
	if typo.Body["didYouMean"] != "nurse" || headlines(typo) != "Night Nurse" {
		t.Errorf("a typo gives %s", typo.Raw)
	}
	for field, query := range map[string]string{"near": "near=x", "sort": "sort=salary", "experienceMin": "experienceMin=NaN",
		"cursor": "cursor=zz", "facets": "facets=visibility", "openToWork": "openToWork=maybe", "filter": "filter=)", "page": "page=0"} {
		if got := board.Call(owner, "GET", "/api/candidates/?"+query, nil); got.Status != 400 || got.Code(field) == "" {
			t.Errorf("%s: %d %s", query, got.Status, got.Raw)
		}
	}
}

// No parameter leads to a profile that the caller may not see, nor to a trace of it in a count, a facet or a suggestion.
func TestCandidatesCannotBeFoundRoundTheRules(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind, testapp.With(search.Bind, search.Options{}))
	acme, owner := board.Employer("Acme")
	bolt, stranger := board.Employer("Bolt")
	member := board.User(collections.RoleEmployer, "member")
	board.Update(acme, map[string]any{"members": []string{member.Id}})
	admin, root := board.Admin("ada"), board.Superuser("root")
	fresh := board.User(collections.RoleEmployer, "without-company")
	job := board.Job(acme, "Clerk")

	for _, name := range []string{"open", "applied", "silent", "hidden", "hidden-applied", "left", "left-applied"} {
		seeker := board.Seeker(name)
		visibility := map[string]string{"open": "employers", "left": "employers", "hidden": "hidden", "hidden-applied": "hidden"}[name]
		if visibility == "" {
			visibility = "applied_only"
		}
		if strings.HasSuffix(name, "applied") {
			board.Application(seeker, job)
		}
		profile(t, board, seeker, map[string]any{"headline": name, "skills": []string{"accounting", "skill of " + name},
			"summary": "Typist word" + strings.ReplaceAll(name, "-", "") +
				" 555-1234", "phone": "555-1234", "location": "Lyon, France", "experienceYears": 5,
			"visibility": visibility, "openToWork": true, "preferredJobTypes": []string{"full_time"}})
		if strings.HasPrefix(name, "left") {
			board.Update(seeker, map[string]any{"deactivatedAt": types.NowDateTime()})
		}
	}
	callers := map[string]struct {
		who  *core.Record
		sees []string
	}{
		"owner":           {owner, []string{"applied", "open"}},
		"member":          {member, []string{"applied", "open"}},
		"stranger":        {stranger, []string{"open"}},
		"without company": {fresh, []string{}},
		"admin":           {admin, []string{"applied", "hidden", "hidden-applied", "open", "silent"}},
		"superuser":       {root, []string{"applied", "hidden", "hidden-applied", "open", "silent"}},
	}
	adminsCursor := board.Call(admin, "GET", "/api/candidates/?perPage=1", nil).Body["nextCursor"].(string)
	tricks := []string{
		"", "q=accounting", "q=typist", "q=skill:accounting", "q=typ*", "q=accounting+OR+wordhidden+OR+wordleft",
		"q=-nothing", "q=555-1234", "skills=accounting", "location=Lyon", "near=45.76,4.84&radius=20", "near=45.76,4.84&sort=distance",
		"sort=newest", "jobType=full_time", "experienceMin=1", "openToWork=1", "filter=visibility!=''",
		"filter=headline!=''+||+headline=''", "filter=(visibility='hidden'+||+visibility!='hidden')",
		"sort=relevance&q=accounting&facets=skills", "expand=user.applications_via_seeker", "perPage=500",
	}
	unknown := []string{"visibility=hidden", "visibility=hidden&visibility=applied_only", "account=", "appliedTo=" + acme.Id, "mine=1",
		"status=draft"}
	for name, c := range callers {
		for _, trick := range unknown {
			if got := board.Call(c.who, "GET", "/api/candidates/?"+trick, nil); got.Status != 400 || got.Body["items"] != nil {
				t.Errorf("%s, %q: %d %s", name, trick, got.Status, got.Raw)
			}
		}
		for _, trick := range tricks {
			got := board.Call(c.who, "GET", "/api/candidates/?"+trick, nil)
			if list := headlines(got); got.Status != 200 || list != strings.Join(c.sees, ",") ||
				got.Body["totalItems"] != float64(len(c.sees)) {
				t.Errorf("%s, %q: %d found %q of %v, want %v", name, trick, got.Status, list, got.Body["totalItems"], c.sees)
			}
		}
		facets := board.Call(c.who, "GET", "/api/candidates/?facets=skills,jobType,openToWork,field&perPage=1", nil)
		counts := facets.Body["facets"].(map[string]any)
		if n, _ := counts["openToWork"].(map[string]any)["true"].(float64); int(n) != len(c.sees) {
			t.Errorf("%s: facets count %v", name, counts)
		}
		for _, hidden := range []string{"applied", "silent", "hidden", "left"} {
			seen := slices.Contains(c.sees, hidden)
			_, counted := counts["skills"].(map[string]any)["skill of "+hidden]
			exact := board.Call(c.who, "GET", "/api/candidates/?q=word"+hidden, nil)
			if counted != seen || (exact.Body["totalItems"] == 1.0) != seen {
				t.Errorf("%s, %s: counted %v, found %v", name, hidden, counted, exact.Body["totalItems"])
			}
			// one letter off: no correction may name a word that only others may see
			typo := board.Call(c.who, "GET", "/api/candidates/?q="+"word"+hidden+"x", nil)
			if suggested := typo.Body["didYouMean"] == "word"+hidden; suggested != seen {
				t.Errorf("%s: a correction to word%s: %v", name, hidden, typo.Body["didYouMean"])
			}
		}
		for _, one := range board.Call(c.who, "GET", "/api/candidates/?cursor="+url.QueryEscape(adminsCursor), nil).Items() {
			if !slices.Contains(c.sees, one["headline"].(string)) {
				t.Errorf("%s sees %v by an admin's cursor", name, one["headline"])
			}
		}
		// page by page it is the same
		var paged []string
		next := "/api/candidates/?perPage=1"
		for range 10 {
			got := board.Call(c.who, "GET", next, nil)
			for _, item := range got.Items() {
				paged = append(paged, item["headline"].(string))
			}
			cursor, _ := got.Body["nextCursor"].(string)
			if cursor == "" {
				break
			}
			next = "/api/candidates/?perPage=1&cursor=" + url.QueryEscape(cursor)
		}
		if slices.Sort(paged); strings.Join(paged, ",") != strings.Join(c.sees, ",") {
			t.Errorf("%s pages through %v", name, paged)
		}
	}
	for status, who := range map[int]*core.Record{401: nil, 403: board.Seeker("nosy")} {
		if got := board.Call(who, "GET", "/api/candidates/", nil); got.Status != status {
			t.Errorf("%d, want %d", got.Status, status)
		}
	}

	// Who may see whom follows every change at once.
	seen := func(who *core.Record) string { return headlines(board.Call(who, "GET", "/api/candidates/", nil)) }
	user := func(name string) *core.Record {
		found, err := board.FindAuthRecordByEmail(collections.Users, name+"@example.com")
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	board.Application(user("silent"), job)
	if got := seen(owner); got != "applied,open,silent" {
		t.Errorf("after an application the owner sees %s", got)
	}
	board.Update(user("left-applied"), map[string]any{"deactivatedAt": ""})
	profile(t, board, user("applied"), map[string]any{"visibility": "hidden"})
	board.Update(user("open"), map[string]any{"deactivatedAt": types.NowDateTime()})
	if got := seen(owner); got != "left-applied,silent" {
		t.Errorf("after a return, a hiding and a leaving the owner sees %s", got)
	}
	if _, err := board.DB().NewQuery("UPDATE jobs SET employer = '" + bolt.Id + "' WHERE id = '" + job.Id + "'").Execute(); err != nil {
		t.Fatal(err)
	}
	if mine, theirs := seen(owner), seen(stranger); mine != "" || theirs != "left-applied,silent" {
		t.Errorf("after the job went to another employer they see %q and %q", mine, theirs)
	}
	if err := board.Delete(user("silent")); err != nil {
		t.Fatal(err)
	}
	if got := seen(stranger); got != "left-applied" {
		t.Errorf("after a deletion the stranger sees %s", got)
	}
	board.Update(user("left-applied"), map[string]any{"role": "employer"})
	if got := seen(admin); strings.Contains(got, "left-applied") {
		t.Errorf("somebody who is no seeker any more is a candidate: %s", got)
	}
}
