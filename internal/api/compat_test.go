package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/testapp"
)

// newCompatBoard returns a board with an employer, one of whose jobs has everything, and another employer.
func newCompatBoard(t *testing.T) (board *testapp.Board, job string) {
	t.Helper()
	board = testapp.NewBoard(t, hooks.Bind, api.Bind)
	board.Settings().Meta.AppURL = "https://board.example/"
	field := func(slug string) string {
		record, err := board.FindFirstRecordByData(collections.FieldsOfInterest, "slug", slug)
		if err != nil {
			t.Fatal(err)
		}
		return record.Id
	}
	acme, _ := board.Employer("Acme Rockets")
	old := board.Job(acme, "Cook", map[string]any{"workplace": "on_site", "jobType": "part_time", "locations": []string{"Lyon, France"}})
	whole := board.Job(acme, "Rocket Engineer", map[string]any{
		"description": `<p>Build "rockets" &amp; boosters.</p><ul><li>It's <a href="https://acme.example">fun</a></li></ul>`,
		"workplace":   "hybrid", "jobType": "full_time",
		"experienceLevel": "senior", "locations": []string{"Lyon, France", "Berlin, Germany"}, "industry": field("aviation-and-aerospace"),
		"fields": []string{field("backend-developer")}, "salaryMin": 50000, "salaryMax": 60000.5, "salaryCurrency": "EUR",
		"salaryPeriod": "year", "deadline": "2099-01-31 23:59:59.000Z", "externalId": "R-7", "source": "feed",
	})
	board.Job(acme, "Secret", map[string]any{"status": "draft"})
	bolt, _ := board.Employer("Bolt")
	board.Job(bolt, "Fitter")
	for id, day := range map[string]string{old.Id: "2026-01-02", whole.Id: "2026-03-04"} {
		_, err := board.DB().NewQuery("UPDATE jobs SET publishedAt = {:at}, firstPublishedAt = {:at}, created = {:at}, updated = {:changed} " +
			"WHERE id = {:id}").Bind(dbx.Params{"at": day + " 05:06:07.000Z", "changed": day + " 08:09:10.000Z", "id": id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	return board, whole.Id
}

// mustBe compares the JSON of an answer with what is wanted, without regard to the order of members.
func mustBe(t *testing.T, what, got, want string) {
	t.Helper()
	var is, should any
	if err := json.Unmarshal([]byte(got), &is); err != nil {
		t.Fatalf("%s: %v: %s", what, err, got)
	}
	if err := json.Unmarshal([]byte(want), &should); err != nil {
		t.Fatalf("%s: %v: %s", what, err, want)
	}
	if !reflect.DeepEqual(is, should) {
		t.Errorf("%s is\n%s\nwant\n%s", what, got, want)
	}
}

func TestJobsInTheShapeOfGreenhouse(t *testing.T) {
	t.Parallel()
	board, id := newCompatBoard(t)
	path := "/api/compat/greenhouse/boards/acme-rockets/jobs"
	list := board.Call(nil, http.MethodGet, path, nil)
	jobs, _ := list.Body["jobs"].([]any)
	if list.Status != http.StatusOK || len(jobs) != 2 || !strings.Contains(list.Raw, `"meta":{"total":2}`) {
		t.Fatalf("the list: %d %s", list.Status, list.Raw)
	}
	first, _ := jobs[0].(map[string]any)
	number, _ := first["id"].(float64)
	if number <= 0 || number != float64(int64(number)) || number >= 1<<53 || first["content"] != nil || first["departments"] != nil {
		t.Errorf("the first job is %v", first)
	}
	written := strconv.FormatInt(int64(number), 10)
	whole := fmt.Sprintf(`{
		"absolute_url": "https://board.example/jobs/%s/rocket-engineer", "id": %s, "internal_job_id": %[2]s, "title": "Rocket Engineer",
		"company_name": "Acme Rockets", "updated_at": "2026-03-04T08:09:10Z", "first_published": "2026-03-04T05:06:07Z",
		"application_deadline": "2099-01-31T23:59:59Z", "requisition_id": "R-7", "location": {"name": "Lyon, France; Berlin, Germany"},
		"metadata": [
			{"id": 1, "name": "Employment Type", "value": "Full-time", "value_type": "single_select"},
			{"id": 2, "name": "Workplace Type", "value": "Hybrid", "value_type": "single_select"},
			{"id": 3, "name": "Experience Level", "value": "Senior", "value_type": "single_select"}
		],`, id, written)
	mustBe(t, "the first job", marshal(t, first), strings.TrimSuffix(strings.TrimSpace(whole), ",")+"}")

	single := board.Call(nil, http.MethodGet, path+"/"+written+"?pay_transparency=true&questions=true", nil)
	departments, _ := single.Body["departments"].([]any)
	offices, _ := single.Body["offices"].([]any)
	if len(departments) != 1 || len(offices) != 2 {
		t.Fatalf("the job: %d %s", single.Status, single.Raw)
	}
	for _, unit := range append(departments, offices...) {
		delete(unit.(map[string]any), "id") // a number that says nothing
	}
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").
		Replace(mustFirst(t, board, "Rocket Engineer").GetString("description"))
	if !strings.Contains(escaped, "href=&quot;https://acme.example&quot;") {
		t.Fatalf("the description is %s", escaped)
	}
	mustBe(t, "the job", marshal(t, single.Body), whole+`
		"content": "`+escaped+`",
		"departments": [{"name": "Backend Developer", "parent_id": null, "child_ids": []}],
		"offices": [
			{"name": "Lyon, France", "location": "Lyon, France", "parent_id": null, "child_ids": []},
			{"name": "Berlin, Germany", "location": "Berlin, Germany", "parent_id": null, "child_ids": []}
		],
		"pay_input_ranges": [{"min_cents": 5000000, "max_cents": 6000050, "currency_type": "EUR", "title": "Salary per year", "blurb": ""}]}`)
	if byID := board.Call(nil, http.MethodGet, path+"/"+id, nil); byID.Status != http.StatusOK || byID.Body["id"] != number {
		t.Errorf("by its own id: %d %s", byID.Status, byID.Raw)
	}
	content := board.Call(nil, http.MethodGet, path+"?content=true", nil)
	if strings.Count(content.Raw, `"content":"&lt;`) != 2 || strings.Count(content.Raw, `"departments":[`) != 2 {
		t.Errorf("with content: %s", content.Raw)
	}
	for path, status := range map[string]int{
		"/api/compat/greenhouse/boards/nobody/jobs": 404, "/api/compat/greenhouse/boards/bolt/jobs/" + written: 404, path + "/1": 404,
		path + "/" + written + "0": 404, path + "?content=maybe": 400, path + "?content=true&_=1700000000&gh_src=abc": 200,
		"/api/compat/greenhouse/boards/bolt/jobs/" + id: 404,
	} {
		if got := board.Call(nil, http.MethodGet, path, nil); got.Status != status {
			t.Errorf("%s: %d %s, want %d", path, got.Status, got.Raw, status)
		}
	}
	mustReadAlike(t, board, path+"?content=1")
}

// Pages that were made before browsers had CORS load the list as a script.
func TestJobsAsAScript(t *testing.T) {
	t.Parallel()
	board, _ := newCompatBoard(t)
	board.Update(mustFirst(t, board, "Cook"), map[string]any{"title": "</script><script>alert(1)</script> \u2028"})
	path := "/api/compat/greenhouse/boards/acme-rockets/jobs"
	script := board.Call(nil, http.MethodGet, path+"?callback=Our_page.showJobs2", nil)
	body, found := strings.CutPrefix(script.Raw, "/**/Our_page.showJobs2(")
	body, ends := strings.CutSuffix(body, ");")
	if !found || !ends || !json.Valid([]byte(body)) || strings.ContainsAny(body, "<>\u2028") {
		t.Errorf("the script is %s", script.Raw)
	}
	if got := script.Header.Get("Content-Type"); got != "application/javascript; charset=utf-8" {
		t.Errorf("its type is %s", got)
	}
	if got := script.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("it may be sniffed: %s", got)
	}
	for _, wrong := range []string{
		"alert(1)//", "a%3Bb", "a-b", "1a", "a%20b", "a%0ab", "%3Cscript%3E", strings.Repeat("a", 101), "a[0]", "é",
	} {
		if got := board.Call(nil, http.MethodGet, path+"?callback="+wrong, nil); got.Status != 400 || got.Code("callback") == "" {
			t.Errorf("callback=%s: %d %s", wrong, got.Status, got.Raw)
		}
	}
}

func TestJobsInTheShapeOfLever(t *testing.T) {
	t.Parallel()
	board, id := newCompatBoard(t)
	path := "/api/compat/lever/postings/acme-rockets"
	want := fmt.Sprintf(`{
		"id": %q, "text": "Rocket Engineer", "country": "FR", "workplaceType": "hybrid",
		"categories": {"commitment": "Full-time", "department": "Aviation & Aerospace", "level": "Senior", "location": "Lyon, France",
			"team": "Backend Developer", "allLocations": ["Lyon, France", "Berlin, Germany"]},
		"opening": "", "openingPlain": "", "description": %[2]q, "descriptionPlain": %[3]q, "descriptionBody": %[2]q,
		"descriptionBodyPlain": %[3]q, "lists": [], "additional": "", "additionalPlain": "",
		"hostedUrl": "https://board.example/jobs/%[1]s/rocket-engineer", "applyUrl": "https://board.example/jobs/%[1]s/rocket-engineer",
		"createdAt": 1772600767000, "salaryRange": {"currency": "EUR", "interval": "per-year-salary", "min": 50000, "max": 60000.5}}`,
		id, mustFirst(t, board, "Rocket Engineer").GetString("description"), `Build "rockets" & boosters. It's fun`)
	mustBe(t, "the posting", board.Call(nil, http.MethodGet, path+"/"+id+"?mode=json", nil).Raw, want)

	for query, titles := range map[string]string{
		"": "Rocket Engineer, Cook", "?mode=json": "Rocket Engineer, Cook", "?skip=1": "Cook", "?limit=1": "Rocket Engineer", "?limit=0": "",
		"?skip=5": "", "?location=Berlin,+Germany": "Rocket Engineer", "?location=lyon,+france&skip=1": "Cook",
		"?commitment=Part-time&commitment=Full-time": "Rocket Engineer, Cook", "?team=Backend+Developer": "Rocket Engineer",
		"?department=Nothing": "", "?level=senior&commitment=part-time": "", "?commitment=Part-time&limit=3": "Cook",
	} {
		answer := board.Call(nil, http.MethodGet, path+query, nil)
		var postings []struct{ Text string }
		if err := json.Unmarshal([]byte(answer.Raw), &postings); err != nil || answer.Status != http.StatusOK {
			t.Fatalf("%s: %d %s (%v)", query, answer.Status, answer.Raw, err)
		}
		var got []string
		for _, posting := range postings {
			got = append(got, posting.Text)
		}
		if strings.Join(got, ", ") != titles {
			t.Errorf("%s: %v, want %s", query, got, titles)
		}
	}
	board.Update(mustFirst(t, board, "Cook"), map[string]any{"applyMethod": "url", "applyUrl": "https://acme.example/cook"})
	elsewhere := board.Call(nil, http.MethodGet, path+"?limit=2", nil).Raw
	if cook := mustFirst(t, board, "Cook").Id; !strings.Contains(elsewhere, `"applyUrl":"https://board.example/jobs/`+cook+`/apply"`) {
		t.Errorf("one applies at %s", elsewhere)
	}
	var groups []struct {
		Title    string
		Postings []struct{ Text string }
	}
	grouped := board.Call(nil, http.MethodGet, path+"?group=commitment", nil)
	if err := json.Unmarshal([]byte(grouped.Raw), &groups); err != nil || len(groups) != 2 || groups[0].Title != "Full-time" ||
		groups[1].Postings[0].Text != "Cook" {
		t.Errorf("grouped: %s (%v)", grouped.Raw, err)
	}
	for query, field := range map[string]string{
		"?mode=html": "mode", "?skip=-1": "skip", "?limit=many": "limit", "?limit=9999999999": "limit", "?group=age": "group",
		"?" + strings.Repeat("team=a&", 101): "team",
	} {
		if got := board.Call(nil, http.MethodGet, path+query, nil); got.Status != 400 || got.Code(field) == "" {
			t.Errorf("%.50s: %d %s", query, got.Status, got.Raw)
		}
	}
	for _, missing := range []string{"/api/compat/lever/postings/nobody", "/api/compat/lever/postings/bolt/" + id, path + "/nothing"} {
		if got := board.Call(nil, http.MethodGet, missing, nil); got.Status != 404 {
			t.Errorf("%s: %d %s", missing, got.Status, got.Raw)
		}
	}
	mustReadAlike(t, board, path)
}

// mustReadAlike compares what a guest gets with what everybody else gets, also with parameters that other routes know.
func mustReadAlike(t *testing.T, board *testapp.Board, path string) {
	t.Helper()
	want := board.Call(nil, http.MethodGet, path, nil).Raw
	owner, err := board.FindFirstRecordByData(collections.Users, "email", "acme-rockets-owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"seeker", "owner", "admin", "superuser"} {
		caller := owner
		switch who {
		case "seeker":
			caller = board.Seeker("sam")
		case "admin":
			caller = board.Admin("ada")
		case "superuser":
			caller = board.Superuser("root")
		}
		if got := board.Call(caller, http.MethodGet, path, nil); got.Raw != want {
			t.Errorf("%s gets %s\na guest %s", who, got.Raw, want)
		}
	}
	if got := board.CallWithToken("no.token.atall", http.MethodGet, path, nil); got.Raw != want {
		t.Errorf("with a dead token: %s", got.Raw)
	}
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	if got := board.Call(owner, http.MethodGet, path+sign+"expand=employer&fields=id&filter=x&page=0", nil); got.Raw != want {
		t.Errorf("with parameters of other routes: %s", got.Raw)
	}
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func mustFirst(t *testing.T, board *testapp.Board, title string) *core.Record {
	t.Helper()
	record, err := board.FindFirstRecordByData(collections.Jobs, "title", title)
	if err != nil {
		t.Fatal(err)
	}
	return record
}
