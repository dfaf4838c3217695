package queryguard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/queryguard"
	"jobboard/internal/testapp"
)

// docs/limits.md promises these numbers: what is at a limit passes, one more is refused, for everybody but superusers.
func TestLimits(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	_, owner := board.Employer("Acme")
	times := func(n int, text, between string) string {
		return strings.TrimSuffix(strings.Repeat(text+between, n), between)
	}
	count := func(n int, format, between string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(list, between)
	}
	for name, c := range map[string]struct {
		collection string
		query      func(n int) queryguard.Query
		most       int
	}{
		"conditions": {collections.Jobs, func(n int) queryguard.Query { return queryguard.Query{Filter: times(n, "title='x'", "||")} }, 50},
		"nested conditions": {collections.Jobs, func(n int) queryguard.Query {
			return queryguard.Query{Filter: "((" + times(n, "(title='x')", "||") + "))"}
		}, 50},
		"filter length": {collections.Jobs,
			func(n int) queryguard.Query { return queryguard.Query{Filter: "title='" + times(n-8, "x", "") + "'"} }, 2000},
		"likes": {collections.Jobs, func(n int) queryguard.Query { return queryguard.Query{Filter: times(n, "title?!~'x'", "||")} }, 8},
		"like length": {collections.Jobs,
			func(n int) queryguard.Query { return queryguard.Query{Filter: "title~'" + times(n, "x", "") + "'"} }, 200},
		"wildcards": {collections.Jobs,
			func(n int) queryguard.Query { return queryguard.Query{Filter: "title~'" + times(n, "%a", "") + "'"} }, 3},
		"sorts": {collections.Jobs, func(n int) queryguard.Query { return queryguard.Query{Sort: times(n, "-title", ",")} }, 4},
		"steps": {collections.ApplicationEvents, func(n int) queryguard.Query {
			return queryguard.Query{Filter: strings.Join([]string{"application", "job", "employer", "industry"}[:n], ".") + ".id ?= 'x'"}
		}, 3},
		"steps of a sort": {collections.ApplicationEvents, func(n int) queryguard.Query {
			return queryguard.Query{Sort: strings.Join([]string{"application", "job", "employer", "industry"}[:n], ".") + ".name"}
		}, 3},
		"steps of an expand": {collections.ApplicationEvents, func(n int) queryguard.Query {
			return queryguard.Query{Expand: strings.Join([]string{"application", "job", "employer", "industry"}[:n], ".")}
		}, 3},
		"steps back": {collections.Employers, func(n int) queryguard.Query {
			return queryguard.Query{Filter: strings.Join([]string{"jobs_via_employer", "job_reviews_via_job"}[:n], ".") + ".id ?= 'x'"}
		}, 1},
		"steps back of an expand": {collections.Employers, func(n int) queryguard.Query {
			return queryguard.Query{Expand: strings.Join([]string{"jobs_via_employer", "job_reviews_via_job"}[:n], ".")}
		}, 1},
		"steps back of a sort": {collections.Employers, func(n int) queryguard.Query {
			return queryguard.Query{Sort: "name" + times(n, ",jobs_via_employer.title", "")}
		}, 0},
		"values of a sort": {collections.Jobs,
			func(n int) queryguard.Query { return queryguard.Query{Sort: "title" + times(n, ",skills:each", "")} }, 0},
		"relations to several": {collections.Jobs, func(n int) queryguard.Query {
			return queryguard.Query{Filter: times(1,
				strings.Join([]string{"fields.slug?='x'", "skills:each?='x'", "employer.members.name?='x'"}[:n], "||"), "")}
		}, 2},
		"expands": {collections.Jobs, func(n int) queryguard.Query { return queryguard.Query{Expand: count(n, "x%d", ",")} }, 6},
		"expands of topic": {collections.Jobs,
			func(n int) queryguard.Query { return queryguard.Query{Expand: count(n, "x%d", ","), Realtime: true} }, 3},
		"back expands": {collections.Jobs, func(n int) queryguard.Query {
			expands := []string{"applications_via_job", "job_reviews_via_job", "saved_jobs_via_job"}
			return queryguard.Query{Expand: strings.Join(expands[:n], ",")}
		}, 2},
		"fields": {collections.Jobs, func(n int) queryguard.Query { return queryguard.Query{Fields: count(n, "f%d", ",")} }, 60},
	} {
		t.Run(name, func(t *testing.T) {
			collection, err := board.FindCachedCollectionByNameOrId(c.collection)
			if err != nil {
				t.Fatal(err)
			}
			for _, who := range []*core.Record{nil, owner, board.Admin(strings.ReplaceAll(name, " ", "-"))} {
				if err := queryguard.Check(board.TestApp, who, collection, c.query(c.most)); err != nil {
					t.Errorf("%d: %v", c.most, router.ToApiError(err).Data)
				}
				err := queryguard.Check(board.TestApp, who, collection, c.query(c.most+1))
				if err == nil || router.ToApiError(err).Status != http.StatusBadRequest {
					t.Errorf("%d: %v", c.most+1, err)
				}
			}
			if err := queryguard.Check(board.TestApp, board.Superuser(strings.ReplaceAll(name, " ", "-")), collection,
				c.query(c.most+1)); err != nil {
				t.Errorf("a superuser: %v", err)
			}
		})
	}
}

// What only a look at every record can follow is for administrators, and in expand for one record.
func TestCostlySteps(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	collection, err := board.FindCachedCollectionByNameOrId(collections.FieldsOfInterest)
	if err != nil {
		t.Fatal(err)
	}
	admin := board.Admin("admin")
	for query, refused := range map[queryguard.Query]bool{
		{Filter: "jobs_via_fields.title ?= 'x'"}:             true,
		{Filter: "jobs_via_industry.title ?= 'x'"}:           true,
		{Filter: "job_seeker_interests_via_field.id ?= 'x'"}: false,
		{Expand: "jobs_via_fields"}:                          true,
		{Expand: "jobs(fields)"}:                             true,
		{Expand: " jobs_via_ fields."}:                       true,
		{Expand: "jobs_via_fields", Realtime: true}:          true,
		{Expand: "jobs_via_fields", Single: true}:            false,
		{Expand: "job_seeker_interests_via_field"}:           false,
	} {
		if err := queryguard.Check(board.TestApp, nil, collection, query); (err != nil) != refused {
			t.Errorf("%+v: %v", query, err)
		}
		if err := queryguard.Check(board.TestApp, admin, collection, query); err != nil {
			t.Errorf("%+v by an admin: %v", query, err)
		}
	}
}

// The functions of API rules tell what only rules may look at, so callers can't use them, not even inside another function.
func TestFunctionsOfRules(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, api.Bind)
	_, owner := board.Employer("Acme")
	ann, admin := board.Seeker("ann"), board.Admin("admin")
	for _, filter := range []string{
		`visibilityOf("` + ann.Id + `") = "applied_only"`, `id != "" && "applied_only" = visibilityOf("` + ann.Id + `")`,
		`isActive("` + ann.Id + `") = true`, `haveEmployer() = false`, `isMyEmployer(id) = true`,
		`strftime("%Y", visibilityOf("` + ann.Id + `")) = ""`,
	} {
		query := "?filter=" + url.QueryEscape(filter)
		for _, who := range []*core.Record{nil, ann, owner, admin} {
			for _, path := range []string{testapp.Records(collections.Employers), "/api/employers"} {
				if got := board.Call(who, "GET", path+query, nil); got.Status != 400 || got.Code("filter") == "" {
					t.Errorf("%s %s: %d %.200s", path, filter, got.Status, got.Raw)
				}
			}
		}
	}
	for _, filter := range []string{`geoDistance(coordinates.lon, coordinates.lat, 13, 52) < 100`, `strftime("%Y", created) > "2000"`} {
		got := board.Call(nil, "GET", testapp.Records(collections.Employers)+"?filter="+url.QueryEscape(filter), nil)
		if got.Status != 200 {
			t.Errorf("%s: %d %.200s", filter, got.Status, got.Raw)
		}
	}
}

// PocketBase follows paths that begin alike together as far as that, so they count as one.
func TestExpandsThatBeginAlikeCountOnce(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	_, owner := board.Employer("Acme")
	applications, err := board.FindCachedCollectionByNameOrId(collections.Applications)
	if err != nil {
		t.Fatal(err)
	}
	const events, reviews = "application_events_via_application", "user_reviews_via_application"
	for expand, refused := range map[string]bool{
		events + "," + events + ".actor," + reviews:                         false,
		events + ".actor," + events + ".application," + reviews + ".author": false,
		events + "," + reviews + ",job.saved_jobs_via_job":                  true,
	} {
		err := queryguard.Check(board.TestApp, owner, applications, queryguard.Query{Expand: expand, Single: true})
		if (err != nil) != refused {
			t.Errorf("%s: %v", expand, err)
		}
	}
}
