package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/api"
)

// nonsense are ids of nothing, some of which might break out of a path or a query.
var nonsense = []string{someID, "%2e%2e", "a%2fb", "a%5cb", "%00", "'", "%22", "%27%20||%20id!=%27", "*", "%25", "null", "undefined",
	"0", "-1", "id%3dx", "%f0%9f%8c%b5", strings.Repeat("a", 300)}

// quietly repeats a call that must write nothing until nothing was written: background loops write now and then.
func (s *scene) quietly(what string, call func() string) string {
	s.t.Helper()
	for range 6 {
		s.written()
		said := call()
		if s.written() == 0 {
			return said
		}
	}
	s.t.Errorf("%s writes", what)
	return ""
}

// wellFormedID is what an id must look like.
var wellFormedID = regexp.MustCompile(`^[\w-]{1,100}$`)

// TestForeignIDsInPaths puts ids of other kinds, of other parents and of nothing in every place of a path that takes an id.
func TestForeignIDsInPaths(t *testing.T) {
	s := newScene(t)
	others := s.Application(s.people["other"], s.Job(s.bolt, s.fresh()))
	notification := s.Record(collections.Notifications,
		map[string]any{"user": s.people["other"].Id, "kind": "account", "title": classified})
	savedJob := s.Record(collections.SavedJobs, map[string]any{"seeker": s.people["other"].Id, "job": others.GetString("job")})
	savedSearch := s.Record(collections.SavedSearches,
		map[string]any{"seeker": s.people["other"].Id, "name": classified, "query": map[string]any{"q": "x"}, "frequency": "off"})
	delivery := s.delivery(s.bolt)
	byParam := map[string]string{"webhook_id": delivery.GetString("endpoint"), "delivery_id": delivery.Id,
		"user_id": s.people["other"].Id, "job_id": others.GetString("job"), "employer_id": s.bolt.Id,
		"application_id": others.Id, "notification_id": notification.Id, "report_id": s.report().Id, "key_id": s.apiKey().Id,
		"employer_slug": s.bolt.GetString("slug"), "saved_job_id": savedJob.Id, "saved_search_id": savedSearch.Id}
	calls := 0
	for _, line := range api.Lines() {
		params := pathParam.FindAllString(line.Path, -1)
		if len(params) == 0 || line.ID == "getDocsAsset" {
			continue
		}
		row := matrix[slices.IndexFunc(matrix, func(r row) bool { return r.id == line.ID })]
		attempt := row.make(s)
		for position, param := range params {
			wrong := slices.Clone(nonsense)
			for kind, id := range byParam {
				if "{"+kind+"}" != param {
					wrong = append(wrong, id)
				} else if len(params) > 1 { // of the right kind, and of another parent
					wrong = append(wrong, id)
				}
			}
			for i, cell := range strings.Fields(row.cells) {
				if cell != "see" && !strings.HasPrefix(cell, "20") || slices.Contains([]string{"other", "member"}, actors[i]) {
					continue
				}
				token := s.Token(s.people[actors[i]])
				for _, id := range wrong {
					ids := slices.Clone(attempt.ids)
					ids[position] = id
					path := fill(line.Path, ids...)
					name := fmt.Sprintf("%s %s as %s", line.Method, path, actors[i])
					calls++
					raw := s.quietly(name, func() string {
						got := s.CallWithToken(token, line.Method, path+"?"+attempt.query, attempt.body)
						// a person who does not exist is answered like one with whom the caller has nothing to do
						want := map[bool]int{true: 400, false: 404}[line.ID == "reviewUser" && wellFormedID.MatchString(id)]
						if got.Status != want {
							t.Errorf("%s: %d %.200s", name, got.Status, got.Raw)
						}
						return got.Raw
					})
					if strings.Contains(raw, classified) {
						t.Errorf("%s tells %s", name, raw)
					}
				}
			}
		}
	}
	t.Logf("%d calls", calls)
}

// TestForeignIDsInBodies sends ids of others in bodies. Either the error names the field, or what the path says takes precedence; nothing
// of others changes.
func TestForeignIDsInBodies(t *testing.T) {
	s := newScene(t)
	bolts := s.Job(s.bolt, s.fresh())
	other, rival := s.people["other"], s.people["rival"]
	foreign := s.Application(other, bolts)
	with := func(body map[string]any, key string, value any) map[string]any {
		body[key] = value
		return body
	}
	for _, c := range []struct {
		actor, method, path string
		body                map[string]any
		field               string // the field that is refused; "" if the path takes precedence
	}{
		{"owner", "POST", "/api/jobs", with(job(s), "employer", s.bolt.Id), "employer"},
		{"owner", "POST", "/api/jobs", with(job(s), "applicationCount", 7), "applicationCount"},
		{"owner", "POST", "/api/jobs", with(job(s), "industry", bolts.Id), "industry"},
		{"owner", "POST", "/api/jobs", with(job(s), "fields", []string{bolts.Id}), "fields"},
		{"owner", "PATCH", "/api/jobs/" + s.draft().Id, map[string]any{"employer": s.bolt.Id}, "employer"},
		{"owner", "PUT", "/api/jobs/" + s.draft().Id, with(job(s), "employer", s.bolt.Id), "employer"},
		{"owner", "PATCH", "/api/jobs/" + s.draft().Id, map[string]any{"publishedAt": "2020-01-01 00:00:00.000Z"}, "publishedAt"},
		{"seeker", "POST", "/api/jobs/" + s.published().Id + "/applications", map[string]any{"seeker": other.Id}, "seeker"},
		{"seeker", "POST", "/api/jobs/" + s.published().Id + "/applications", map[string]any{"job": bolts.Id, "id": foreign.Id}, ""},
		{"seeker", "POST", "/api/jobs/" + s.published().Id + "/applications", map[string]any{"submittedAt": "2020-01-01 00:00:00.000Z"},
			"submittedAt"},
		{"seeker", "POST", "/api/jobs/" + s.published().Id + "/applications", map[string]any{"status": "hired"}, "status"},
		{"owner", "PATCH", statusPath(s.application()),
			map[string]any{"status": "in_review", "seeker": other.Id, "job": bolts.Id, "coverLetter": "x"}, ""},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id, map[string]any{"role": "admin"}, "role"},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id, map[string]any{"deactivatedAt": "2020-01-01 00:00:00.000Z"}, "deactivatedAt"},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id, map[string]any{"verified": false}, "verified"},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id, map[string]any{"email": other.Email()}, "email"},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id, map[string]any{"id": other.Id}, "id"},
		{"seeker", "PUT", "/api/users/" + s.seeker().Id, map[string]any{"name": "x", "role": "employer"}, "role"},
		{"seeker", "PATCH", "/api/users/" + s.seeker().Id + "/notifications/" + s.notification().Id,
			map[string]any{"user": other.Id, "title": "x"}, ""},
		{"seeker", "POST", "/api/jobs/" + s.application().GetString("job") + "/reviews", map[string]any{"rating": 5, "author": other.Id},
			"author"},
		{"seeker", "POST", "/api/jobs/" + s.application().GetString("job") + "/reviews", map[string]any{"rating": 5, "job": bolts.Id}, ""},
		{"seeker", "POST", "/api/jobs/" + s.application().GetString("job") + "/reviews", map[string]any{"rating": 5, "status": "hidden"},
			"status"},
		{"owner", "POST", "/api/users/" + s.seeker().Id + "/reviews",
			map[string]any{"rating": 5, "application": foreign.Id}, "application"},
		{"owner", "POST", "/api/users/" + s.seeker().Id + "/reviews",
			map[string]any{"rating": 5, "application": s.application().Id, "author": rival.Id}, "author"},
		{"owner", "POST", "/api/users/" + s.seeker().Id + "/reviews",
			map[string]any{"rating": 5, "application": s.application().Id, "subject": other.Id}, ""},
		{"seeker", "POST", "/api/saved-jobs", map[string]any{"job": s.published().Id, "seeker": other.Id}, "seeker"},
		{"seeker", "POST", "/api/saved-jobs", map[string]any{"job": s.savedJob().GetString("job"), "seeker": other.Id}, "seeker"},
		{"seeker", "POST", "/api/saved-searches", map[string]any{"name": "x", "query": map[string]any{}, "seeker": other.Id}, "seeker"},
		{"seeker", "POST", "/api/saved-searches",
			map[string]any{"name": "x", "query": map[string]any{"q": "x"}, "lastSentAt": "2020-01-01 00:00:00.000Z"}, "lastSentAt"},
		{"seeker", "PATCH", "/api/saved-searches/" + s.savedSearch().Id, map[string]any{"seeker": other.Id}, "seeker"},
		{"owner", "POST", "/api/employers", map[string]any{"name": s.fresh(), "owner": rival.Id}, "owner"},
		{"owner", "POST", "/api/employers", map[string]any{"name": s.fresh(), "verified": true}, "verified"},
		{"owner", "PATCH", "/api/employers/" + s.acme.Id, map[string]any{"verified": true}, "verified"},
		{"owner", "PATCH", "/api/employers/" + s.acme.Id, map[string]any{"ratingAverage": 4.5}, "ratingAverage"},
		{"member", "PATCH", "/api/employers/" + s.acme.Id, map[string]any{"owner": s.people["member"].Id}, "owner"},
		{"member", "PATCH", "/api/employers/" + s.acme.Id, map[string]any{"members": []string{rival.Id}}, "members"},
		{"guest", "POST", "/api/users/auth/register", newAccount(s, "role", "admin"), "role"},
		{"guest", "POST", "/api/users/auth/register", with(newAccount(s, "role", "job_seeker"), "verified", true), "verified"},
		{"guest", "POST", "/api/users/auth/register",
			with(newAccount(s, "role", "job_seeker"), "deactivatedAt", "2020-01-01 00:00:00.000Z"), "deactivatedAt"},
		{"guest", "POST", "/api/users/auth/register", with(newAccount(s, "role", "job_seeker"), "id", other.Id), ""},
		{"admin", "POST", "/api/reports", map[string]any{"kind": "jobs", "format": "csv", "requestedBy": other.Id}, "requestedBy"},
		{"admin", "POST", "/api/reports", map[string]any{"kind": "jobs", "format": "csv", "status": "done"}, "status"},
	} {
		name := fmt.Sprintf("%s %s %v as %s", c.method, c.path, c.body, c.actor)
		before := s.everything(other, rival, bolts, foreign)
		got := s.Call(s.people[c.actor], c.method, c.path, c.body)
		if c.field == "" && got.Status >= 300 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
		if c.field != "" && (got.Status != 400 && got.Status != 409 || got.Code(c.field) == "") {
			t.Errorf("%s: %d %s, want %s named", name, got.Status, got.Raw, c.field)
		}
		if after := s.everything(other, rival, bolts, foreign); after != before {
			t.Errorf("%s: what is another's was %s, is %s", name, before, after)
		}
	}
}

// everything returns the records as they are stored, and what refers to them.
func (s *scene) everything(records ...*core.Record) string {
	var text strings.Builder
	for _, record := range records {
		fresh := s.Reload(record)
		raw, err := json.Marshal(fresh.FieldsData())
		if err != nil {
			s.t.Fatal(err)
		}
		text.Write(raw)
		for _, back := range []string{"applications.seeker", "applications.job", "job_reviews.author", "job_reviews.job",
			"user_reviews.author", "user_reviews.subject", "notifications.user", "employers.owner", "jobs.employer",
			"reports.requestedBy", "saved_jobs.seeker", "saved_searches.seeker"} {
			collection, field, _ := strings.Cut(back, ".")
			found, err := s.FindAllRecords(collection)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, one := range found {
				if one.GetString(field) == record.Id {
					text.WriteString(" " + back + "=" + one.Id)
				}
			}
		}
	}
	return text.String()
}

func statusPath(application *core.Record) string {
	return "/api/jobs/" + application.GetString("job") + "/applications/" + application.Id + "/status"
}

// TestForeignIDsInParameters sends ids of others in parameters, which must find nothing that the caller may not see.
func TestForeignIDsInParameters(t *testing.T) {
	s := newScene(t)
	other := s.people["other"]
	bolts := s.Job(s.bolt, classified, map[string]any{"status": "draft"})
	open := s.Job(s.bolt, s.fresh())
	foreign := s.Record(collections.Applications, map[string]any{"seeker": other.Id, "job": open.Id, "coverLetter": classified})
	s.Record(collections.Notifications, map[string]any{"user": other.Id, "kind": "account", "title": classified})
	s.Update(other, map[string]any{"name": classified})
	s.people["seeker"] = s.Update(s.seeker(), map[string]any{"name": "Sara"})
	cursor := s.Call(s.people["rival"], "GET", "/api/jobs?mine=1&perPage=1", nil).Body["nextCursor"]
	for _, c := range []struct{ actor, path, query string }{
		{"guest", "/api/jobs", "employer=" + s.bolt.Id},
		{"guest", "/api/jobs", "q=" + classified},
		{"guest", "/api/jobs", "filter=id='" + bolts.Id + "'"},
		{"guest", "/api/jobs", "filter=status='draft'||status='published'"},
		{"guest", "/api/jobs", "filter=id!='')||(status='draft'"},
		{"owner", "/api/jobs", "mine=1&employer=" + s.bolt.Id},
		{"owner", "/api/jobs", "mine=1&filter=employer='" + s.bolt.Id + "'"},
		{"owner", "/api/jobs", fmt.Sprint("mine=1&cursor=", cursor)},
		{"owner", "/api/employers/" + s.bolt.Id + "/jobs", "mine=1"},
		{"owner", "/api/employers/" + s.bolt.Id + "/jobs", "filter=status!=''"},
		{"guest", "/api/employers/" + s.bolt.Id, "expand=owner,members,jobs_via_employer,jobs_via_employer.applications_via_job"},
		{"guest", "/api/jobs/" + open.Id, "expand=applications_via_job,applications_via_job.seeker"},
		{"seeker", "/api/users", "filter=id='" + other.Id + "'"},
		{"owner", "/api/users", "filter=name~'" + classified + "'"},
		{"owner", "/api/users", "q=" + classified},
		{"seeker", "/api/users/" + s.seeker().Id + "/applications", "filter=seeker='" + other.Id + "'||id='" + foreign.Id + "'"},
		{"seeker", "/api/users/" + s.seeker().Id + "/applications", "expand=job.applications_via_job,seeker.applications_via_seeker"},
		{"seeker", "/api/users/" + s.seeker().Id + "/notifications", "filter=user='" + other.Id + "'"},
		{"rival", "/api/jobs/" + s.published().Id + "/applications", "q=" + classified},
		{"owner", "/api/candidates", "q=" + classified},
		{"owner", "/api/candidates", "filter=user='" + other.Id + "'"},
		{"seeker", "/api/jobs/" + open.Id + "/reviews", "filter=author='" + other.Id + "'&expand=author"},
		{"seeker", "/api/users/" + s.seeker().Id + "/reviews", "filter=subject='" + other.Id + "'"},
		{"seeker", "/api/users/" + s.seeker().Id, "expand=notifications_via_user,applications_via_seeker.job.applications_via_job"},
		{"guest", "/api/jobs/" + open.Id + "/similar", ""},
		{"guest", "/api/jobs/suggest", "q=" + classified},
		{"seeker", "/api/users/" + s.seeker().Id + "/recommendations", "filter=id='" + bolts.Id + "'"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got := s.Call(s.people[c.actor], "GET", c.path+"?"+query.Encode(), nil)
		answer := strings.ReplaceAll(got.Raw, `"interpretation":{"text":"`+classified+`"`, "") // what was asked
		if got.Status >= 500 || strings.Contains(answer, classified) {
			t.Errorf("%s?%s as %s: %d %s", c.path, c.query, c.actor, got.Status, got.Raw)
		}
	}
}
