package listing_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/listing"
	"jobboard/internal/testapp"
)

// TestJobListsReadWhatTheyShow checks that a list of jobs comes from an index in its order, and its total from job_counts, whatever the
// planner believes about the tables. Only the caller's own jobs that aren't published, which are few, are sorted and counted.
func TestJobListsReadWhatTheyShow(t *testing.T) {
	c := newCrowd(t, 2000)
	for _, statistics := range []string{"DELETE FROM sqlite_stat1", "ANALYZE"} {
		c.execute(t, "ANALYZE", statistics)
		for _, query := range []string{
			"", "perPage=5&sort=-publishedAt&expand=employer", "sort=publishedAt&page=3", "sort=-created", "skipTotal=0&sort=created",
			"sort=-publishedAt&filter=" + url.QueryEscape(`jobType = "full_time" && (workplace = "remote" || workplace = "hybrid")`),
			"sort=-publishedAt&filter=" + url.QueryEscape(`employer = "e00000000000040"`),
		} {
			for who, user := range c.people {
				token := c.Token(user)
				for _, statement := range testapp.Statements(t, c.TestApp, func() {
					if got := c.CallWithToken(token, "GET", testapp.Records(collections.Jobs)+"?"+query, nil); got.Status != 200 {
						t.Fatalf("%s as %s: %d %s", query, who, got.Status, got.Raw)
					}
				}) {
					if !strings.Contains(statement, "`jobs`") || strings.Contains(statement, "job_counts") {
						continue
					}
					common, _, _ := strings.Cut(c.plan(t, statement), "RIGHT")
					ordered := strings.Contains(common, "jobs USING INDEX") || strings.Contains(common, "jobs USING COVERING INDEX")
					counts := strings.HasPrefix(statement, "SELECT COUNT")
					whole := strings.Contains(common, "SCAN jobs") && (counts || strings.Contains(query, "sort") && !ordered)
					if strings.Contains(common, "idx_jobs_employer_status (employer=?)") {
						continue // all statuses of one employer, sorted
					}
					if whole || strings.Contains(common, "TEMP B-TREE") || strings.Contains(common, "MULTI-INDEX") {
						t.Errorf("%q as %s after %s: %s\n%s", query, who, statistics, statement, common)
					}
				}
			}
		}
	}
}

// TestListsShowWhatTheRuleSays compares each list, page by page, with what its rule says of each record by itself. That takes a query for
// each record and person, so the crowd is small.
func TestListsShowWhatTheRuleSays(t *testing.T) {
	const perPage = 40
	c := newCrowd(t, 60)
	for _, name := range []string{
		collections.Jobs, collections.Applications, collections.ApplicationEvents, collections.Users, collections.JobSeekers,
		collections.JobReviews, collections.UserReviews, collections.JobSeekerInterests, collections.Employers, collections.Notifications,
	} {
		collection, err := c.FindCachedCollectionByNameOrId(name)
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.FindAllRecords(collection)
		if err != nil {
			t.Fatal(err)
		}
		for who, user := range c.people {
			info := &core.RequestInfo{Context: core.RequestInfoContextDefault, Method: "GET", Auth: user}
			var want []string
			for _, record := range all {
				if seen, err := c.CanAccessRecord(record, info, collection.ListRule); err != nil {
					t.Fatal(err)
				} else if seen {
					want = append(want, record.Id)
				}
			}
			slices.Sort(want)
			for _, sort := range []string{"", "-created", "-@rowid", "id,-updated"} {
				var got []string
				for page := 1; page == 1 || len(got) == (page-1)*perPage; page++ {
					path := fmt.Sprintf("%s?perPage=%d&page=%d&fields=id&sort=%s", testapp.Records(name), perPage, page, sort)
					answer := c.Call(user, "GET", path, nil)
					if name == collections.Users && answer.Code("sort") != "" {
						got = want // lists of users cannot be sorted by private fields
						break
					}
					for _, item := range answer.Items() {
						got = append(got, item["id"].(string))
					}
					if total := answer.Body["totalItems"]; total != float64(len(want)) {
						t.Errorf("%s as %s: totalItems is %v of %d; %d", path, who, total, len(want), answer.Status)
					}
				}
				if sort == "id,-updated" && !slices.IsSorted(got) {
					t.Errorf("%s as %s: not in order", name, who)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s by %q as %s: %d records, want %d", name, sort, who, len(got), len(want))
				}
			}
		}
	}
}

// TestJobCountsFollowTheJobs checks that the counts from which totals are read follow every write.
func TestJobCountsFollowTheJobs(t *testing.T) {
	c := newCrowd(t, 150)
	total := func(who, query string) any {
		return c.Call(c.people[who], "GET", testapp.Records(collections.Jobs)+"?perPage=1&"+query, nil).Body["totalItems"]
	}
	check := func(what string) {
		t.Helper()
		for _, filter := range []string{
			"", `jobType = "full_time"`, `industry = ""`, `title ~ "1"`,
			`workplace != "remote" && status != "draft" || experienceLevel = "senior"`,
		} {
			for who, user := range c.people {
				query := "filter=" + url.QueryEscape(filter)
				seen := c.Call(user, "GET", testapp.Records(collections.Jobs)+"?perPage=1000&"+query, nil)
				if got, want := total(who, query), float64(len(seen.Items())); got != want {
					t.Errorf("%s, %q as %s: totalItems is %v, want %v", what, filter, who, got, want)
				}
			}
		}
	}
	check("made")
	c.execute(t, "UPDATE jobs SET status = 'closed' WHERE rowid % 7 = 0",
		"UPDATE OR REPLACE jobs SET jobType = 'internship', workplace = 'hybrid' WHERE rowid % 5 = 0")
	check("changed")
	c.execute(t, "UPDATE jobs SET title = title || '!'", "DELETE FROM jobs WHERE rowid % 11 = 0")
	check("deleted")
	if got := total("guest", "skipTotal=1"); got != float64(-1) {
		t.Errorf("skipped, totalItems is %v", got)
	}
	if got := c.Call(nil, "GET", testapp.Records(collections.Jobs)+"?skipTotal=perhaps", nil); got.Status != 400 {
		t.Errorf("skipTotal=perhaps: %d", got.Status)
	}
}

// TestEmployerPeopleFollowTheEmployers checks that employer_people follows every write to employers.
func TestEmployerPeopleFollowTheEmployers(t *testing.T) {
	c := newCrowd(t, 100)
	check := func(what string) {
		t.Helper()
		var wrong int
		err := c.DB().NewQuery(`WITH want AS (SELECT owner AS u, id AS e FROM employers
				UNION SELECT m.value, e.id FROM employers e, json_each(e.members) m)
			SELECT (SELECT count(*) FROM want
				LEFT JOIN employer_people p ON p.user = u AND p.employer = e WHERE p.user IS NULL) +
				abs((SELECT count(*) FROM employer_people) - (SELECT count(*) FROM want))`).Row(&wrong)
		if err != nil || wrong != 0 {
			t.Errorf("%s: %d rows differ, %v", what, wrong, err)
		}
	}
	acme, err := c.FindFirstRecordByData(collections.Employers, "name", "Acme")
	if err != nil {
		t.Fatal(err)
	}
	check("made")
	c.Update(acme, map[string]any{"members": []string{c.people["member"].Id, c.people["rival"].Id, c.people["owner"].Id}})
	check("joined")
	c.Update(acme, map[string]any{"owner": c.people["member"].Id, "members": []string{}})
	check("handed on")
	c.execute(t, "UPDATE employers SET members = json_array(owner, 'x') WHERE rowid % 2 = 0",
		"UPDATE employers SET name = name || '!'",
		"DELETE FROM employers WHERE rowid % 3 = 0")
	check("written by SQL")
}

func TestRuleLeavesOutWhatIsKnown(t *testing.T) {
	c := testapp.NewBoard(t)
	seeker, admin := c.Seeker("seeker"), c.Admin("admin")
	for _, x := range []struct {
		rule string
		who  *core.Record
		want string
	}{
		{`status = "a" || (@request.auth.id != "" && (@request.auth.role = "admin" || f(id) = true))`, nil, `status = "a"`},
		{`status = "a" || (@request.auth.id != "" && (@request.auth.role = "admin" || f(id) = true))`, seeker,
			`status = "a" || f(id) = true`},
		{`status = "a" || (@request.auth.id != "" && (@request.auth.role = "admin" || f(id) = true))`, admin, ``},
		{`@request.auth.id != "" && (a = @request.auth.id || @request.auth.role != "admin" && b = 1)`, seeker,
			`(a = @request.auth.id || b = 1)`},
		{`@request.auth.id != "" && user = @request.auth.id`, nil, `"" != ""`},
		{`a = 1 && (b = "x\"\\y" || c ?~ 'z')`, nil, `a = 1 && (b = "x\"\\y" || c ?~ "z")`},
		{`a = 1 || b = 2 && (@request.auth.role = "job_seeker" || c = 3)`, seeker, `a = 1 || b = 2`},
		{`a = (`, nil, `(a = ()`},
	} {
		if got := listing.SimplifyRule(x.rule, x.who); got != x.want {
			t.Errorf("%s: %s, want %s", x.rule, got, x.want)
		}
	}
}
