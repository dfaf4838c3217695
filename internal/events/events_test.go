package events_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/events"
	"jobboard/internal/testapp"
)

// scene is a board whose events are read from a moment on.
type scene struct {
	*testapp.Board
	t    *testing.T
	seen int64
}

func newScene(t *testing.T) *scene {
	return &scene{Board: testapp.NewBoard(t, hooks.Bind, api.Bind), t: t}
}

func (s *scene) execute(statement string, params dbx.Params) {
	s.t.Helper()
	if _, err := s.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
		s.t.Fatal(err)
	}
}

// fresh returns the events since it was last called, the oldest first.
func (s *scene) fresh() []*core.Record {
	s.t.Helper()
	found, err := s.FindRecordsByFilter(collections.Events, "seq > {:seen}", "seq", 0, 0, dbx.Params{"seen": s.seen})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, event := range found {
		if int64(event.GetInt("seq")) != s.seen+1 {
			s.t.Errorf("the event after %d is %d", s.seen, event.GetInt("seq"))
		}
		s.seen = int64(event.GetInt("seq"))
	}
	return found
}

// step checks the one event that a change writes: its type, and that data and the columns hold the ids; no type is no event.
func (s *scene) step(what, kind string, ids map[string]string) {
	s.t.Helper()
	found := s.fresh()
	if kind == "" && len(found) == 0 {
		return
	}
	if len(found) != 1 || found[0].GetString("type") != kind {
		s.t.Fatalf("%s: events %v, want %q", what, found, kind)
	}
	data := map[string]string{}
	if err := found[0].UnmarshalJSONField("data", &data); err != nil || fmt.Sprint(data) != fmt.Sprint(ids) {
		s.t.Errorf("%s: data is %v, want %v (%v)", what, data, ids, err)
	}
	for _, name := range []string{"employer", "job", "application", "review", "user"} {
		if found[0].GetString(name) != ids[name] {
			s.t.Errorf("%s: %s is %q, want %q", what, name, found[0].GetString(name), ids[name])
		}
	}
	if age := time.Since(found[0].GetDateTime("at").Time()); age < -time.Second || age > time.Minute {
		s.t.Errorf("%s: it was %v ago", what, age)
	}
}

func TestEachChangeWritesItsEvent(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	acme, owner := s.Employer("Acme")
	sam := s.Seeker("sam")
	s.step("registration and founding", "", nil)
	ofEmployer := map[string]string{"employer": acme.Id}
	s.Update(acme, map[string]any{"about": "<p>We</p>"})
	s.step("new text of an employer", "employer.updated", ofEmployer)
	s.Update(acme, map[string]any{"about": "<p>We</p>"})
	s.step("the same again", "", nil)

	job := s.Job(acme, "Baker", map[string]any{"status": "draft"})
	s.Update(job, map[string]any{"title": "Master baker"})
	s.step("a draft", "", nil)
	ofJob := map[string]string{"job": job.Id, "employer": acme.Id}
	s.Update(job, map[string]any{"status": "published", "title": "Baker"})
	s.step("publication", "job.published", ofJob)
	s.Update(job, map[string]any{"salaryMin": 1000})
	s.step("new pay", "job.updated", ofJob)
	s.step("a job that is born published", "", nil)
	other := s.Job(acme, "Smith")
	s.step("a job that is born published", "job.published", map[string]string{"job": other.Id, "employer": acme.Id})

	application := s.Application(sam, job)
	ofApplication := map[string]string{"application": application.Id, "job": job.Id, "employer": acme.Id, "user": sam.Id}
	s.step("application", "application.created", ofApplication) // and no job.updated, for its applicationCount
	s.Update(application, map[string]any{"status": "in_review"})
	s.step("move", "application.status_changed", ofApplication)
	s.Update(application, map[string]any{"status": "withdrawn"})
	s.step("withdrawal", "application.withdrawn", ofApplication)

	review := s.Record(collections.JobReviews, map[string]any{"author": sam.Id, "job": job.Id, "rating": 4})
	s.step("review of a job", "review.created", map[string]string{
		"review": review.Id, "job": job.Id, "employer": acme.Id, "user": sam.Id})
	review = s.Record(collections.UserReviews,
		map[string]any{"author": owner.Id, "subject": sam.Id, "application": application.Id, "rating": 4})
	s.step("review of a person", "review.created", map[string]string{
		"review": review.Id, "application": application.Id, "job": job.Id, "employer": acme.Id, "user": sam.Id})

	s.Update(job, map[string]any{"status": "closed"})
	s.step("closing", "job.closed", ofJob)
	s.Update(job, map[string]any{"status": "published", "deadline": time.Now().Add(time.Hour)})
	s.step("renewal", "job.published", ofJob)
	s.execute("UPDATE jobs SET deadline = {:at} WHERE id = {:job}", dbx.Params{"at": testapp.Ago(time.Minute), "job": job.Id})
	s.step("new deadline, by SQL", "job.updated", ofJob)
	s.RunCron("expire_jobs_past_deadline")
	s.step("expiry by the clock", "job.expired", ofJob)
	if err := s.Delete(s.Reload(other)); err != nil {
		t.Fatal(err)
	}
	s.step("deletion of a published job", "job.closed", map[string]string{"job": other.Id, "employer": acme.Id})
	s.Update(sam, map[string]any{"deactivatedAt": time.Now()})
	s.step("deactivation", "user.deactivated", map[string]string{"user": sam.Id})
	s.Update(sam, map[string]any{"deactivatedAt": ""})
	s.step("reactivation", "", nil)

	failed := errors.New("failed")
	err := s.RunInTransaction(func(tx core.App) error {
		return errors.Join(failed, tx.Save(func() *core.Record { r := s.Reload(acme); r.Set("about", "Us"); return r }()))
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	s.step("a change that was rolled back", "", nil)

	// Nothing holds the person up, and what names them goes with them; the numbers are not given again.
	last := s.seen
	if err := s.Delete(s.Reload(sam)); err != nil {
		t.Fatal(err)
	}
	if n := testapp.Count(t, s.TestApp, "SELECT count(*) FROM events WHERE user = '"+sam.Id+"' OR data LIKE '%"+sam.Id+"%'"); n != 0 {
		t.Errorf("%d events name a person who was deleted", n)
	}
	s.Update(acme, map[string]any{"about": "<p>All of us</p>"})
	if s.step("after a deletion", "employer.updated", ofEmployer); s.seen != last+1 {
		t.Errorf("the event after %d is %d", last, s.seen)
	}
}

// A new field of jobs or employers has to be added to the trigger, by a new step, or to the list here.
func TestUpdatedMeansEveryFieldThatPeopleWrite(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	without := map[string][]string{
		collections.Jobs: {"employer", "status", "publishedAt", "closedAt", "applicationCount", "publishAt", "firstPublishedAt",
			"publicationCount", "postedAt"},
		collections.Employers: {"ratingAverage", "ratingCount"},
	}
	for collection, trigger := range map[string]string{
		collections.Jobs: "events_on_job_update", collections.Employers: "events_on_employer_update",
	} {
		var text string
		if err := s.DB().NewQuery("SELECT sql FROM sqlite_schema WHERE name = '" + trigger + "'").Row(&text); err != nil {
			t.Fatal(err)
		}
		found, err := s.FindCollectionByNameOrId(collection)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found.Fields.FieldNames() {
			if name == "id" || name == "created" || name == "updated" {
				continue
			}
			if strings.Contains(text, "NEW."+name+" IS NOT OLD."+name) == slices.Contains(without[collection], name) {
				t.Errorf("%s.%s: %s", collection, name, text)
			}
		}
	}
}

// Each caller sees the events about records that they may see, at both doors. Jobs that have events are or were public.
func TestEventsShowWhatTheirRecordsShow(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	acme, owner := s.Employer("Acme")
	member, admin := s.User(collections.RoleEmployer, "member"), s.Admin("ada")
	s.Update(acme, map[string]any{"members": []string{member.Id}})
	bolt, rival := s.Employer("Bolt")
	sam, other := s.Seeker("sam"), s.Seeker("other")
	job := s.Job(acme, "Baker")
	draft := s.Job(acme, "Smith", map[string]any{"status": "draft"})
	s.Update(draft, map[string]any{"title": "Locksmith"})
	application := s.Application(sam, job)
	s.Update(application, map[string]any{"status": "in_review"})
	s.Application(other, s.Job(bolt, "Welder"))
	for _, status := range []string{"visible", "hidden"} {
		author := map[string]*core.Record{"visible": sam, "hidden": other}[status]
		if status == "hidden" {
			s.Application(other, job)
		}
		s.Record(collections.JobReviews, map[string]any{"author": author.Id, "job": job.Id, "rating": 4, "status": status})
		s.Record(collections.UserReviews, map[string]any{"author": map[string]*core.Record{"visible": owner, "hidden": member}[status].Id,
			"subject": sam.Id, "application": application.Id, "rating": 4, "status": status})
	}
	s.Record(collections.UserReviews, map[string]any{"author": sam.Id, "subject": owner.Id, "application": application.Id, "rating": 4})
	s.Update(s.Seeker("gone"), map[string]any{"deactivatedAt": time.Now()})
	s.Update(job, map[string]any{"status": "closed"})
	all := s.fresh()
	if len(all) < 14 {
		t.Fatalf("there are %d events", len(all))
	}
	for name, who := range map[string]*core.Record{
		"guest": nil, "sam": sam, "other": other, "owner": owner, "member": member, "rival": rival, "admin": admin, "root": s.Superuser("root"),
	} {
		var want []string
		for _, event := range all {
			if s.shows(event, who) {
				want = append(want, event.Id)
			}
		}
		for _, path := range []string{"/api/events?limit=1000", testapp.Records(collections.Events) + "?perPage=1000&sort=seq"} {
			var got []string
			answer := s.Call(who, "GET", path, nil)
			for _, item := range answer.Items() {
				got = append(got, item["id"].(string))
				if item["job"] == draft.Id {
					t.Errorf("%s sees an event of a draft", name)
				}
			}
			if answer.Status != 200 || !slices.Equal(got, want) {
				t.Errorf("%s as %s: %d %v, want %v", path, name, answer.Status, got, want)
			}
		}
	}
}

// shows reports whether somebody sees the record that an event is about.
func (s *scene) shows(event, who *core.Record) bool {
	kind, _, _ := strings.Cut(event.GetString("type"), ".")
	info := &core.RequestInfo{Context: core.RequestInfoContextDefault, Method: "GET", Auth: who}
	may := func(collection, id string) bool {
		found, err := s.FindRecordsByIds(collection, []string{id})
		if err != nil || len(found) == 0 {
			return false
		}
		seen, err := s.CanAccessRecord(found[0], info, found[0].Collection().ViewRule)
		if err != nil {
			s.t.Fatal(err)
		}
		return seen
	}
	switch kind {
	case "application":
		return may(collections.Applications, event.GetString("application"))
	case "review":
		return may(collections.JobReviews, event.GetString("review")) || may(collections.UserReviews, event.GetString("review"))
	case "user":
		return who != nil && (who.IsSuperuser() || who.GetString("role") == collections.RoleAdmin)
	}
	return true
}

func TestPagesOfEvents(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	acme, owner := s.Employer("Acme")
	for i := range 5 {
		s.Job(acme, fmt.Sprint("Job ", i))
	}
	sam := s.Seeker("sam")
	s.Application(sam, s.Job(acme, "Baker")) // events 6 and 7
	for _, c := range []struct {
		who   *core.Record
		query string
		want  string
	}{
		{nil, "", "[1 2 3 4 5 6] 7 false"},
		{owner, "?since=0", "[1 2 3 4 5 6 7] 7 false"},
		{owner, "?since=5", "[6 7] 7 false"},
		{owner, "?since=5&limit=1", "[6] 6 true"},
		{owner, "?since=5&limit=2", "[6 7] 7 false"},
		{owner, "?since=0&limit=-3", "[1] 1 true"},
		{owner, "?limit=99999999", "[1 2 3 4 5 6 7] 7 false"},
		{nil, "?since=6", "[] 7 false"},
		{owner, "?types=application.created,job.closed", "[7] 7 false"},
		{owner, "?types=application.created&types=job.published&since=5", "[6 7] 7 false"},
		{owner, "?since=latest", "[] 7 false"},
		{owner, "?since=1000", "[] 7 false"}, // of a board that was restored from a backup
	} {
		got := s.Call(c.who, "GET", "/api/events/"+c.query, nil)
		seqs := []any{}
		for _, item := range got.Items() {
			seqs = append(seqs, item["seq"])
		}
		if text := fmt.Sprint(seqs, " ", got.Body["cursor"], " ", got.Body["hasMore"]); got.Status != 200 || text != c.want {
			t.Errorf("%s: %d %s, want %s", c.query, got.Status, text, c.want)
		}
	}
	for query, field := range map[string]string{
		"since=-1": "since", "since=x": "since", "since=1.5": "since", "limit=x": "limit", "types=job.deleted": "types",
		"types=job.closed,x": "types",
	} {
		got := s.Call(owner, "GET", "/api/events?"+query, nil)
		if got.Status != 400 || got.Code(field) == "" || field == "types" && !strings.Contains(got.Raw, "job.published, job.updated") {
			t.Errorf("%s: %d %s", query, got.Status, got.Raw)
		}
	}
	s.scanned(acme, sam)
	s.trimmed(owner)
}

// scanned checks that a request looks at a bounded number of events, and that the cursor passes those that the caller may not see.
func (s *scene) scanned(acme, sam *core.Record) {
	s.t.Helper()
	s.execute(`WITH RECURSIVE n(i) AS (SELECT 8 UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
		INSERT INTO events (seq, at, type, application, employer, user)
		SELECT i, {:now}, 'application.created', 'a' || i, {:acme}, {:sam} FROM n`,
		dbx.Params{"now": testapp.Ago(0), "acme": acme.Id, "sam": sam.Id})
	s.execute("UPDATE event_counter SET last = 5100", nil)
	for query, want := range map[string]string{"since=7": "0 5007 true", "since=5007": "0 5100 false", "since=0": "6 5000 true"} {
		got := s.Call(nil, "GET", "/api/events?"+query, nil)
		if text := fmt.Sprint(len(got.Items()), got.Body["cursor"], got.Body["hasMore"]); got.Status != 200 || text != want {
			s.t.Errorf("%s: %d %s, want %s", query, got.Status, text, want)
		}
	}
	if got := s.Call(sam, "GET", "/api/events?since=7&limit=1000", nil); len(got.Items()) != 1000 || got.Body["cursor"] != 1007.0 {
		s.t.Errorf("the applicant gets %d events, up to %v", len(got.Items()), got.Body["cursor"])
	}
}

// trimmed checks that old events are deleted, and that a cursor before them is answered with 410.
func (s *scene) trimmed(owner *core.Record) {
	s.t.Helper()
	s.execute("UPDATE events SET at = {:old} WHERE seq <= 600", dbx.Params{"old": testapp.Ago(91 * 24 * time.Hour)})
	if err := events.Trim(s.TestApp, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	for query, want := range map[string]int{
		"since=599": 410, "since=1": 410, "since=600": 200, "since=0": 200, "": 200, "since=latest": 200,
	} {
		got := s.Call(owner, "GET", "/api/events?"+query, nil)
		if got.Status != want || want == 410 && got.Code("since") != "cursor_too_old" {
			s.t.Errorf("%q after old events were deleted: %d %s, want %d", query, got.Status, got.Raw, want)
		}
		if want == 200 && query != "since=latest" && (len(got.Items()) == 0 || got.Items()[0]["seq"] != 601.0) {
			s.t.Errorf("%q begins with %.200s", query, got.Raw)
		}
	}
}
