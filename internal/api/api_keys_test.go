package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/apikey"
	"jobboard/internal/realtime"
	"jobboard/internal/testapp"
)

// keyScene is a scene with API keys of Acme.
type keyScene struct {
	*scene
	t    *testing.T
	keys map[string]string // by scopes, joined by blanks
}

func newKeyScene(t *testing.T) *keyScene {
	board := testapp.NewBoard(t, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()), api.Bind)
	return &keyScene{scene: newSceneOn(t, board), t: t, keys: map[string]string{}}
}

// newKey creates a key by REST, as the owner of Acme, and returns it and its record's id.
func (s *keyScene) newKey(t *testing.T, values map[string]any, scopes ...string) (key, id string) {
	t.Helper()
	body := map[string]any{"name": "Test", "employer": s.acme.Id, "scopes": scopes}
	for name, value := range values {
		body[name] = value
	}
	who := s.people["owner"]
	if body["employer"] == "" {
		who = s.people["admin"]
	}
	made := s.Call(who, "POST", "/api/api-keys/", body)
	key, _ = made.Body["key"].(string)
	if made.Status != 201 || key == "" {
		t.Fatalf("create a key: %d %s", made.Status, made.Raw)
	}
	id, _ = made.Body["id"].(string)
	return key, id
}

func (s *keyScene) key(t *testing.T, scopes ...string) string {
	t.Helper()
	name := strings.Join(scopes, " ")
	if s.keys[name] == "" {
		s.keys[name], _ = s.newKey(t, nil, scopes...)
	}
	return s.keys[name]
}

// use makes a call with a key.
func (s *keyScene) use(key, method, path string, body any) testapp.Response {
	return s.CallWithToken("Bearer "+key, method, path, body)
}

func TestAPIKeys(t *testing.T) {
	s := newKeyScene(t)
	t.Run("are shown once", s.areShownOnce)
	t.Run("belong to the people of the employer", s.belongToPeople)
	t.Run("are checked", s.areChecked)
	t.Run("do what their scopes allow", s.scopesByRoute)
	t.Run("do what their scopes allow with records", s.scopesByCollection)
	t.Run("do not escalate", s.doNotEscalate)
	t.Run("act for their employer", s.actForTheirEmployer)
	t.Run("act for the board", s.actForTheBoard)
	t.Run("show people only with candidates:read", s.showPeople)
	t.Run("open files of what they may read", s.openFiles)
	t.Run("follow what they may read", s.follow)
	t.Run("end at once", s.endAtOnce)
	t.Run("note their use", s.noteTheirUse)
	t.Run("are found by an index", s.areFoundByAnIndex)
}

func (s *keyScene) areShownOnce(t *testing.T) {
	rest := s.Call(s.people["owner"], "POST", "/api/api-keys/",
		map[string]any{"name": "ATS", "employer": s.acme.Id, "scopes": []string{"jobs:read", "jobs:write"}})
	native := s.Call(s.people["member"], "POST", testapp.Records(collections.APIKeys),
		map[string]any{"name": "ATS", "employer": s.acme.Id, "scopes": []string{"jobs:read"}})
	if rest.Status != 201 || native.Status != 200 {
		t.Fatalf("create at both doors: %d %s, %d %s", rest.Status, rest.Raw, native.Status, native.Raw)
	}
	for _, made := range []testapp.Response{rest, native} {
		key, _ := made.Body["key"].(string)
		id, _ := made.Body["id"].(string)
		if len(key) != 57 || !strings.HasPrefix(key, "jb_"+id+"_") || made.Body["prefix"] != "jb_"+id {
			t.Fatalf("the key of %s is %q", made.Raw, key)
		}
		if made.Body["hash"] != nil || made.Body["@actor"] != nil || made.Body["lastUsedAt"] != "" {
			t.Errorf("the answer to the creation has more than it should: %s", made.Raw)
		}
		secret := key[len("jb_"+id+"_"):]
		for _, call := range []struct{ method, path string }{
			{"GET", "/api/api-keys/"}, {"GET", "/api/api-keys/" + id}, {"PATCH", "/api/api-keys/" + id},
			{"GET", testapp.Records(collections.APIKeys)}, {"GET", testapp.Records(collections.APIKeys, id)},
			{"PATCH", testapp.Records(collections.APIKeys, id)},
		} {
			for _, who := range []string{"owner", "admin", "superuser"} {
				got := s.Call(s.people[who], call.method, call.path, map[string]any{"name": "ATS 2", "key": "mine"})
				if call.method == "GET" {
					got = s.Call(s.people[who], call.method, call.path, nil)
				}
				if got.Status != 200 || !strings.Contains(got.Raw, id) {
					t.Fatalf("%s %s as %s: %d %s", call.method, call.path, who, got.Status, got.Raw)
				}
				if strings.Contains(got.Raw, secret) || strings.Contains(got.Raw, `"key"`) ||
					who != "superuser" && strings.Contains(got.Raw, `"hash"`) {
					t.Errorf("%s %s as %s shows the key: %s", call.method, call.path, who, got.Raw)
				}
			}
		}
		var stored int
		err := s.DB().NewQuery("SELECT count(*) FROM api_keys WHERE hash = {:key} OR prefix = {:key} OR name = {:key}").
			Bind(map[string]any{"key": key}).Row(&stored)
		if err != nil || stored != 0 {
			t.Errorf("the key is stored: %d, %v", stored, err)
		}
	}
}

func (s *keyScene) belongToPeople(t *testing.T) {
	body := func(employer string) map[string]any {
		return map[string]any{"name": "Mine", "employer": employer, "scopes": []string{"jobs:read"}}
	}
	_, id := s.newKey(t, nil, "jobs:read")
	for actor, want := range map[string][]int{ // create for Acme, create for the board, view, change, delete
		"guest": {401, 401, 401, 401, 401}, "seeker": {403, 403, 403, 403, 403}, "rival": {400, 400, 404, 404, 404},
		"member": {201, 400, 200, 200, 0}, "admin": {201, 201, 200, 200, 0}, "owner": {201, 400, 200, 200, 204},
	} {
		if actor == "owner" {
			continue // last, since it deletes
		}
		s.expectKeyCalls(t, actor, id, want, body)
	}
	s.expectKeyCalls(t, "owner", id, []int{201, 400, 200, 200, 204}, body)

	moved := s.Call(s.people["owner"], "POST", "/api/api-keys", body(s.acme.Id))
	key, _ := moved.Body["id"].(string)
	for _, change := range []map[string]any{{"employer": ""}, {"employer": s.bolt.Id}, {"hash": "x"}, {"prefix": "jb_x"},
		{"lastUsedAt": "2026-01-01 00:00:00.000Z"}} {
		if got := s.Call(s.people["owner"], "PATCH", "/api/api-keys/"+key, change); got.Status != 400 {
			t.Errorf("change %v: %d %s", change, got.Status, got.Raw)
		}
	}
}

func (s *keyScene) expectKeyCalls(t *testing.T, actor, id string, want []int, body func(string) map[string]any) {
	t.Helper()
	calls := []struct {
		method, path string
		body         any
	}{
		{"POST", "/api/api-keys/", body(s.acme.Id)}, {"POST", "/api/api-keys/", body("")}, {"GET", "/api/api-keys/" + id, nil},
		{"PATCH", "/api/api-keys/" + id, map[string]any{"name": "Renamed"}}, {"DELETE", "/api/api-keys/" + id, nil},
	}
	for i, call := range calls {
		if want[i] == 0 {
			continue
		}
		if got := s.Call(s.people[actor], call.method, call.path, call.body); got.Status != want[i] {
			t.Errorf("%s %s as %s: %d, want %d: %s", call.method, call.path, actor, got.Status, want[i], got.Raw)
		}
	}
}

func (s *keyScene) areChecked(t *testing.T) {
	for field, change := range map[string]map[string]any{
		"scopes":    {"scopes": []string{"jobs:read", "users:read"}},
		"expiresAt": {"expiresAt": "2020-01-01 00:00:00.000Z"},
		"name":      {"name": ""},
	} {
		body := map[string]any{"name": "Test", "employer": s.acme.Id, "scopes": []string{"jobs:read"}}
		for name, value := range change {
			body[name] = value
		}
		got := s.Call(s.people["owner"], "POST", "/api/api-keys/", body)
		if got.Status != 400 || got.Code(field) == "" {
			t.Errorf("%v: %d %s", change, got.Status, got.Raw)
		}
		if field == "scopes" && !strings.Contains(got.Raw, strings.Join(collections.Scopes(), ", ")) {
			t.Errorf("the error does not name the scopes: %s", got.Raw)
		}
	}
	key := s.key(t, "jobs:read")
	flipped := []byte(key)
	flipped[30] ^= 1
	guessed, err := apikey.New(key[len("jb_"):len("jb_aaaaaaaaaaaaaaa")]) // well-formed, of the same record, and another
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{
		"jb_", guessed, key[:56], key + "0", string(flipped), "jb_aaaaaaaaaaaaaaa_" + key[19:], strings.ToUpper(key[3:]),
	} {
		for _, path := range []string{"/api/jobs/", testapp.Records(collections.Jobs), "/api/realtime", "/api/health"} {
			want := 401
			if !strings.HasPrefix(wrong, "jb_") {
				continue // any other token, which PocketBase takes for that of a guest
			}
			if got := s.use(wrong, "GET", path, nil); got.Status != want {
				t.Errorf("GET %s with the key %s: %d, want %d", path, wrong, got.Status, want)
			}
		}
	}
	if got := s.CallWithToken(key, "GET", "/api/jobs/", nil); got.Status != 200 {
		t.Errorf("the key alone, without Bearer: %d %s", got.Status, got.Raw)
	}
}

// scopesByRoute calls every route of the REST API with a key that has all scopes but the route's, and with all.
func (s *keyScene) scopesByRoute(t *testing.T) {
	all := s.key(t, collections.Scopes()...)
	for _, line := range api.Lines() {
		path := fill(line.Path, slices.Repeat([]string{"aaaaaaaaaaaaaaa"}, strings.Count(line.Path, "{"))...)
		got := s.use(all, line.Method, path, map[string]any{})
		switch line.Scope {
		case api.AnyScope:
			if got.Status != 200 && got.Status != 404 {
				t.Errorf("%s %s with all scopes: %d %s", line.Method, line.Path, got.Status, got.Raw)
			}
			continue
		case "":
			if got.Status != 403 || !strings.Contains(got.Raw, "API keys can't be used for this.") {
				t.Errorf("%s %s with all scopes: %d %s", line.Method, line.Path, got.Status, got.Raw)
			}
			continue
		}
		if got.Status == 403 || got.Status == 401 || got.Status >= 500 {
			t.Errorf("%s %s with all scopes: %d %s", line.Method, line.Path, got.Status, got.Raw)
		}
		others := slices.DeleteFunc(collections.Scopes(), func(scope string) bool { return scope == line.Scope })
		got = s.use(s.key(t, others...), line.Method, path, map[string]any{})
		if got.Status != 403 || !strings.Contains(got.Raw, "lacks the scope "+line.Scope) {
			t.Errorf("%s %s without %s: %d %s", line.Method, line.Path, line.Scope, got.Status, got.Raw)
		}
	}
}

// scopesByCollection calls PocketBase's record API of every collection.
func (s *keyScene) scopesByCollection(t *testing.T) {
	all := s.key(t, collections.Scopes()...)
	everything, err := s.FindAllCollections()
	if err != nil {
		t.Fatal(err)
	}
	for _, collection := range everything {
		for _, call := range []struct{ method, path string }{
			{"GET", testapp.Records(collection.Name)}, {"GET", testapp.Records(collection.Id, "aaaaaaaaaaaaaaa")},
			{"POST", testapp.Records(collection.Name)}, {"PATCH", testapp.Records(collection.Id, "aaaaaaaaaaaaaaa")},
			{"DELETE", testapp.Records(collection.Name, "aaaaaaaaaaaaaaa")},
		} {
			scope := collections.WriteScopes[collection.Name]
			if call.method == "GET" {
				scope = collections.ReadScopes[collection.Name]
			}
			got := s.use(all, call.method, call.path, map[string]any{})
			if refused := got.Status == 403; refused != (scope == "") && !(call.method == "POST" && got.Status == 403) {
				t.Errorf("%s %s with all scopes: %d %s", call.method, call.path, got.Status, got.Raw)
			}
			if scope == "" {
				continue
			}
			others := slices.DeleteFunc(collections.Scopes(), func(other string) bool { return other == scope })
			got = s.use(s.key(t, others...), call.method, call.path, map[string]any{})
			if got.Status != 403 || !strings.Contains(got.Raw, "lacks the scope "+scope) {
				t.Errorf("%s %s without %s: %d %s", call.method, call.path, scope, got.Status, got.Raw)
			}
		}
	}
}

func (s *keyScene) doNotEscalate(t *testing.T) {
	all := s.key(t, collections.Scopes()...)
	board, _ := s.newKey(t, map[string]any{"employer": ""}, collections.Scopes()...)
	owner := s.people["owner"].Id
	newKey := map[string]any{"name": "More", "employer": s.acme.Id, "scopes": []string{"jobs:read"}}
	batch := func(method, url string, body any) map[string]any {
		return map[string]any{"requests": []any{map[string]any{"method": method, "url": url, "body": body}}}
	}
	filter := func(text string) string { return "?filter=" + url.QueryEscape(text) }
	applications := testapp.Records(collections.Applications)
	for _, key := range []string{all, board} {
		for _, call := range []struct {
			method, path string
			body         any
			want         int
		}{
			{"POST", "/api/api-keys/", newKey, 403},
			{"POST", testapp.Records(collections.APIKeys), newKey, 403},
			{"PATCH", "/api/users/" + owner + "/role/", map[string]any{"role": "admin"}, 403},
			{"PATCH", testapp.Records(collections.Users, owner), map[string]any{"name": "Mine"}, 403},
			{"GET", "/api/users/", nil, 403},
			{"GET", testapp.Records(collections.Users, owner), nil, 403},
			{"PATCH", testapp.Records(collections.Employers, s.acme.Id), map[string]any{"members": []string{}}, 403},
			{"PATCH", "/api/employers/" + s.acme.Id + "/", map[string]any{"members": []string{}}, 403},
			{"POST", "/api/collections/users/auth-refresh", nil, 403},
			{"POST", "/api/collections/users/auth-with-password", map[string]any{"identity": "x", "password": "y"}, 403},
			{"POST", "/api/collections/users/impersonate/" + owner, nil, 403},
			{"GET", "/api/settings", nil, 403}, {"GET", "/api/collections", nil, 403}, {"GET", "/api/logs", nil, 403},
			{"GET", "/api/backups", nil, 403}, {"GET", "/_/", nil, 403},
			{"POST", "/api/batch", batch("POST", testapp.Records(collections.APIKeys), newKey), 403},
			{"POST", "/api/batch", batch("PATCH", testapp.Records(collections.Users, owner), map[string]any{"name": "M"}), 403},
			{"POST", "/api/batch", batch("POST", "/api/collections/_pb_users_auth_/records", map[string]any{"name": "M"}), 403},
			{"GET", applications + filter("seeker.email ~ 'a'"), nil, 400},
			{"GET", applications + filter("job.employer.owner.name = 'x'"), nil, 400},
			{"GET", applications + filter("seeker.saved_jobs_via_seeker.job ?= 'x'"), nil, 400},
			{"GET", applications + "?sort=seeker.name", nil, 400},
			{"GET", "/api/jobs/" + filter("employer.api_keys_via_employer.hash ~ 'a'"), nil, 400},
			{"GET", testapp.Records(collections.Employers) + filter("api_keys_via_employer.name ?~ 'a'"), nil, 400},
		} {
			if got := s.use(key, call.method, call.path, call.body); got.Status != call.want {
				t.Errorf("%s %s: %d, want %d: %s", call.method, call.path, got.Status, call.want, got.Raw)
			}
		}
	}
	// A user who takes the id of a key's service user would be one of the employer's people.
	for _, id := range []string{"key_" + s.fresh(), "key_aaaaaaaaaaa"} {
		body := newAccount(s.scene, "role", "employer")
		body["id"] = id
		if got := s.Call(nil, "POST", testapp.Records(collections.Users), body); got.Status != 400 {
			t.Errorf("register as %s: %d %s", id, got.Status, got.Raw)
		}
	}
	back := testapp.Records(collections.Jobs) + filter("applications_via_job.status ?= 'hired'")
	if got := s.use(s.key(t, "jobs:read"), "GET", back, nil); got.Status != 400 {
		t.Errorf("a key without applications:read filters by applications: %d %s", got.Status, got.Raw)
	}
}

func (s *keyScene) actForTheirEmployer(t *testing.T) {
	key := s.key(t, collections.Scopes()...)
	body := map[string]any{"title": "By a program", "description": "<p>Do</p>", "workplace": "remote", "jobType": "full_time"}
	made := s.use(key, "POST", "/api/jobs/", body)
	id, _ := made.Body["id"].(string)
	if made.Status != 201 || made.Body["employer"] != s.acme.Id {
		t.Fatalf("create a job: %d %s", made.Status, made.Raw)
	}
	body["employer"] = s.bolt.Id
	if got := s.use(key, "POST", "/api/jobs/", body); got.Status != 400 {
		t.Errorf("create a job of another employer: %d %s", got.Status, got.Raw)
	}
	body["employer"] = s.acme.Id
	if got := s.use(key, "POST", testapp.Records(collections.Jobs), body); got.Status != 200 {
		t.Errorf("create a job at PocketBase's door: %d %s", got.Status, got.Raw)
	}
	if got := s.use(key, "POST", "/api/jobs/"+id+"/publish/", nil); got.Status != 200 {
		t.Errorf("publish it: %d %s", got.Status, got.Raw)
	}
	draft, foreign := s.draft(), s.Job(s.bolt, "Foreign", map[string]any{"status": "draft"})
	if got := s.use(key, "GET", "/api/jobs/?mine=1&filter="+url.QueryEscape("id='"+draft.Id+"'"), nil); len(got.Items()) != 1 {
		t.Errorf("its own draft: %d %s", got.Status, got.Raw)
	}
	for _, path := range []string{"/api/jobs/" + foreign.Id, testapp.Records(collections.Jobs, foreign.Id)} {
		if got := s.use(key, "GET", path, nil); got.Status != 404 {
			t.Errorf("another employer's draft: %d %s", got.Status, got.Raw)
		}
	}

	application := s.application()
	if got := s.use(key, "GET", "/api/events/?types=application.created", nil); !strings.Contains(got.Raw, application.Id) {
		t.Errorf("the events: %d %s", got.Status, got.Raw)
	}
	before := s.Call(s.people["owner"], "GET", "/api/users/"+s.people["owner"].Id+"/notifications/", nil).Body["totalItems"]
	path := "/api/jobs/" + application.GetString("job") + "/applications/" + application.Id + "/status/"
	if got := s.use(key, "PATCH", path, map[string]any{"status": "in_review", "note": "By our system"}); got.Status != 200 {
		t.Fatalf("move an application: %d %s", got.Status, got.Raw)
	}
	events, err := s.FindRecordsByFilter(collections.ApplicationEvents, "application = {:id} && to = 'in_review'", "", 0, 0,
		map[string]any{"id": application.Id})
	if err != nil || len(events) != 1 || events[0].GetString("actor") != "" || events[0].GetString("note") != "By our system" {
		t.Errorf("the timeline: %v, %v", events, err)
	}
	if got := s.use(key, "PATCH", path, map[string]any{"status": "submitted"}); got.Code("status") != "invalid_transition" {
		t.Errorf("an illegal move: %d %s", got.Status, got.Raw)
	}
	another := map[string]any{"seeker": s.people["other"].Id}
	if got := s.use(key, "PATCH", testapp.Records(collections.Applications, application.Id), another); got.Status != 400 {
		t.Errorf("give the application to somebody else: %d %s", got.Status, got.Raw)
	}

	// It is nobody: no user, no member, no recipient.
	after := s.Call(s.people["owner"], "GET", "/api/users/"+s.people["owner"].Id+"/notifications/", nil).Body["totalItems"]
	users := s.Call(s.people["admin"], "GET", "/api/users/?perPage=100", nil)
	employer := s.Reload(s.acme)
	if strings.Contains(users.Raw, "key_") || len(employer.GetStringSlice("members")) != 1 || before != after {
		t.Errorf("the key is somebody: members %v, notifications %v and %v, users %s",
			employer.GetStringSlice("members"), before, after, users.Raw)
	}
	renamed := s.Update(s.acme, map[string]any{"members": []string{s.people["member"].Id, s.people["rival"].Id}})
	s.acme = s.Update(renamed, map[string]any{"members": []string{s.people["member"].Id}})
	if got := s.use(key, "PATCH", "/api/jobs/"+id, map[string]any{"title": "After a change of the people"}); got.Status != 200 {
		t.Errorf("after a change of the employer's people: %d %s", got.Status, got.Raw)
	}
}

func (s *keyScene) actForTheBoard(t *testing.T) {
	key, _ := s.newKey(t, map[string]any{"employer": ""}, "jobs:read", "jobs:write", "applications:read")
	foreign := s.Job(s.bolt, "Foreign", map[string]any{"status": "draft"})
	changed := map[string]any{"title": "Changed", "source": "feed", "externalId": foreign.Id}
	if got := s.use(key, "PATCH", "/api/jobs/"+foreign.Id, changed); got.Status != 200 {
		t.Errorf("change any job: %d %s", got.Status, got.Raw)
	}
	if got := s.use(key, "GET", "/api/reports/summary/", nil); got.Status != 403 {
		t.Errorf("read figures: %d %s", got.Status, got.Raw)
	}
	application := s.application()
	path := "/api/jobs/" + application.GetString("job") + "/applications/"
	if got := s.use(key, "GET", path, nil); got.Status != 200 || len(got.Items()) != 1 {
		t.Errorf("read the applications to any job: %d %s", got.Status, got.Raw)
	}
}

func (s *keyScene) showPeople(t *testing.T) {
	application := s.application()
	job := application.GetString("job")
	without, with := s.key(t, "applications:read", "jobs:read"), s.key(t, "applications:read", "candidates:read")
	seeker := s.seeker()
	for _, path := range []string{
		"/api/jobs/" + job + "/applications/",
		"/api/jobs/" + job + "/applications/" + application.Id + "?expand=seeker",
		testapp.Records(collections.Applications) + "?expand=seeker,seeker.job_seekers_via_user,job.employer.owner&filter=" +
			url.QueryEscape("id='"+application.Id+"'"),
		testapp.Records(collections.Applications, application.Id) + "?expand=seeker",
	} {
		got := s.use(without, "GET", path, nil)
		if got.Status != 200 || strings.Contains(got.Raw, seeker.Email()) || strings.Contains(got.Raw, `"seeker":{`) {
			t.Errorf("GET %s without candidates:read: %d %s", path, got.Status, got.Raw)
		}
		got = s.use(with, "GET", path, nil)
		if got.Status != 200 || !strings.Contains(got.Raw, seeker.Email()) {
			t.Errorf("GET %s with candidates:read: %d %s", path, got.Status, got.Raw)
		}
		for _, private := range []string{"emailNotifications", "tokenKey", s.people["owner"].Email()} {
			if strings.Contains(got.Raw, private) {
				t.Errorf("GET %s with candidates:read shows %s: %s", path, private, got.Raw)
			}
		}
	}
	if got := s.use(without, "GET", "/api/jobs/"+job+"/applications/?q="+seeker.Email(), nil); len(got.Items()) != 0 {
		t.Errorf("a key that is not shown seekers finds them: %s", got.Raw)
	}
	// Expanding must not lead to what a scope of its own protects.
	jobs := s.key(t, "jobs:read")
	for _, path := range []string{testapp.Records(collections.Jobs, job), "/api/jobs/" + job} {
		got := s.use(jobs, "GET", path+"?expand=applications_via_job", nil)
		if got.Status != 200 || strings.Contains(got.Raw, application.Id) {
			t.Errorf("GET %s with jobs:read: %d %s", path, got.Status, got.Raw)
		}
	}
}

func (s *keyScene) openFiles(t *testing.T) {
	seeker := s.newSeeker()
	profile := s.profileOf(t, seeker)
	cv, err := filesystem.NewFileFromBytes([]byte("An honest life."), "cv.txt")
	if err != nil {
		t.Fatal(err)
	}
	profile = s.Update(profile, map[string]any{"resumes": []any{cv}, "visibility": "applied_only"})
	job := s.published()
	application := s.sendDocuments(t, seeker, job)
	document := "/api/files/applications/" + application.Id + "/" + application.GetStringSlice("documents")[0]
	resume := "/api/files/job_seekers/" + profile.Id + "/" + profile.GetStringSlice("resumes")[0]
	applications, candidates := s.key(t, "applications:read"), s.key(t, "candidates:read")
	foreign := s.Call(s.people["rival"], "POST", "/api/api-keys/",
		map[string]any{"name": "Bolt", "employer": s.bolt.Id, "scopes": collections.Scopes()}).Body["key"].(string)
	for _, c := range []struct {
		key, path string
		want      int
	}{
		{applications, document, 200}, {applications, resume, 403}, {candidates, resume, 200}, {candidates, document, 403},
		{foreign, document, 404}, {foreign, resume, 404}, {s.key(t, "jobs:read"), document, 403},
	} {
		if got := s.use(c.key, "GET", c.path, nil); got.Status != c.want {
			t.Errorf("GET %s: %d, want %d: %s", c.path, got.Status, c.want, got.Raw)
		}
		token := s.use(c.key, "POST", "/api/files/token", nil)
		if c.key == s.key(t, "jobs:read") {
			if token.Status != 403 {
				t.Errorf("a file token without a scope that has files: %d %s", token.Status, token.Raw)
			}
			continue
		}
		if got := s.Call(nil, "GET", c.path+"?token="+token.Body["token"].(string), nil); got.Status != c.want {
			t.Errorf("GET %s with a file token: %d, want %d: %s", c.path, got.Status, c.want, got.Raw)
		}
	}
	if got := s.Call(nil, "GET", document, nil); got.Status != 404 {
		t.Errorf("GET %s as a guest: %d", document, got.Status)
	}
	temporary, id := s.newKey(t, nil, "applications:read")
	token, _ := s.use(temporary, "POST", "/api/files/token", nil).Body["token"].(string)
	s.Call(s.people["owner"], "DELETE", "/api/api-keys/"+id, nil)
	if got := s.Call(nil, "GET", document+"?token="+token, nil); got.Status != 401 {
		t.Errorf("a file token of a revoked key: %d %s", got.Status, got.Raw)
	}
}

func (s *keyScene) profileOf(t *testing.T, seeker *core.Record) *core.Record {
	t.Helper()
	profile, err := s.FindFirstRecordByData(collections.JobSeekers, "user", seeker.Id)
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// sendDocuments applies with a file.
func (s *keyScene) sendDocuments(t *testing.T, seeker, job *core.Record) *core.Record {
	t.Helper()
	body := &bytes.Buffer{}
	form := multipart.NewWriter(body)
	file, err := form.CreateFormFile("documents", "letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte("A letter."))
	_ = form.Close()
	request := httptest.NewRequest(http.MethodPost, "/api/jobs/"+job.Id+"/applications/", body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", s.Token(seeker))
	sent := s.Send(request)
	id, _ := sent.Body["id"].(string)
	application, err := s.FindRecordById(collections.Applications, id)
	if err != nil {
		t.Fatalf("apply with a file: %d %s", sent.Status, sent.Raw)
	}
	return application
}

func (s *keyScene) follow(t *testing.T) {
	address := s.Serve()
	watching := testapp.Listen(t, address, s.Token(s.people["member"]), "api_keys/*")
	made := s.Call(s.people["owner"], "POST", "/api/api-keys/",
		map[string]any{"name": "Seen by others", "employer": s.acme.Id, "scopes": []string{"jobs:read"}})
	if _, record := watching.MustReceive(t).Change(t); record["id"] != made.Body["id"] || record["key"] != nil || record["hash"] != nil {
		t.Errorf("another member is shown %v", record)
	}
	key, id := s.newKey(t, nil, "applications:read")
	listener := testapp.Listen(t, address, key, "applications/*")
	application := s.application()
	if _, record := listener.MustReceive(t).Change(t); record["id"] != application.Id {
		t.Errorf("the key receives %v", record)
	}
	s.Application(s.people["other"], s.Job(s.bolt, "Foreign"))
	listener.MustReceiveNothing(t, s.TestApp)
	for _, topic := range []string{"users/*", "job_seekers/*", "api_keys/*", "notifications/*", "jobs/*", "reports/*", "_superusers/*"} {
		if got := testapp.Listen(t, address, "").Subscribe(t, key, topic); got != 403 {
			t.Errorf("subscribe to %s: %d, want 403", topic, got)
		}
	}
	expand := `applications/*?options={"query":{"expand":"seeker"}}`
	expanding := testapp.Listen(t, address, key, expand)
	s.application()
	if event := expanding.MustReceive(t); strings.Contains(event.Data, s.seeker().Email()) {
		t.Errorf("a topic shows the seeker: %s", event.Data)
	}
	filtering := `applications/*?options={"query":{"filter":"seeker.email ~ 'a'"}}`
	if got := testapp.Listen(t, address, "").Subscribe(t, key, filtering); got != 400 {
		t.Errorf("subscribe with a filter over users: %d, want 400", got)
	}
	if got := s.Call(s.people["owner"], "DELETE", "/api/api-keys/"+id, nil); got.Status != 204 {
		t.Fatalf("revoke the key: %d %s", got.Status, got.Raw)
	}
	listener.AwaitEnd(t)

	expiring, other := s.newKey(t, map[string]any{"expiresAt": time.Now().Add(300 * time.Millisecond).UTC().Format(time.RFC3339Nano)},
		"applications:read")
	listener = testapp.Listen(t, address, expiring, "applications/*")
	time.Sleep(400 * time.Millisecond)
	s.application()
	listener.MustEnd(t)
	if got := s.use(expiring, "GET", testapp.Records(collections.Applications), nil); got.Status != 401 {
		t.Errorf("the expired key %s: %d %s", other, got.Status, got.Raw)
	}
}

func (s *keyScene) endAtOnce(t *testing.T) {
	works := func(key string) bool { return s.use(key, "GET", "/api/jobs/", nil).Status == 200 }
	revoked, id := s.newKey(t, nil, "jobs:read")
	narrowed, other := s.newKey(t, nil, "jobs:read")
	if !works(revoked) || !works(narrowed) {
		t.Fatal("new keys don't work")
	}
	s.Call(s.people["owner"], "DELETE", testapp.Records(collections.APIKeys, id), nil)
	s.Call(s.people["owner"], "PATCH", "/api/api-keys/"+other, map[string]any{"scopes": []string{"events:read"}})
	if got := s.use(revoked, "GET", "/api/jobs/", nil); got.Status != 401 {
		t.Errorf("a revoked key: %d %s", got.Status, got.Raw)
	}
	if got := s.use(narrowed, "GET", "/api/jobs/", nil); got.Status != 403 {
		t.Errorf("a narrowed key: %d %s", got.Status, got.Raw)
	}

	employer, owner := s.Employer("Crisp")
	made := s.Call(owner, "POST", "/api/api-keys/", map[string]any{"name": "C", "employer": employer.Id, "scopes": []string{"jobs:read"}})
	key, _ := made.Body["key"].(string)
	if !works(key) {
		t.Fatal("the key of Crisp doesn't work")
	}
	s.Call(s.people["admin"], "POST", "/api/users/"+owner.Id+"/deactivate/", nil)
	if got := s.use(key, "GET", "/api/jobs/", nil); got.Status != 401 {
		t.Errorf("a key whose employer has no active people: %d %s", got.Status, got.Raw)
	}
	s.Call(s.people["admin"], "POST", "/api/users/"+owner.Id+"/reactivate/", nil)
	if !works(key) {
		t.Error("the key does not work again after the owner is back")
	}
	if got := s.Call(s.people["admin"], "DELETE", "/api/employers/"+employer.Id, nil); got.Status != 204 {
		t.Fatalf("delete Crisp: %d %s", got.Status, got.Raw)
	}
	if got := s.use(key, "GET", "/api/jobs/", nil); got.Status != 401 {
		t.Errorf("the key of a deleted employer: %d %s", got.Status, got.Raw)
	}
	var left int
	if err := s.DB().NewQuery("SELECT count(*) FROM employer_people WHERE employer = {:id}").
		Bind(map[string]any{"id": employer.Id}).Row(&left); err != nil || left != 0 {
		t.Errorf("%d rows of its people are left (%v)", left, err)
	}
}

func (s *keyScene) noteTheirUse(t *testing.T) {
	key, id := s.newKey(t, nil, "jobs:read")
	for range 3 {
		s.use(key, "GET", "/api/jobs/", nil)
	}
	record := func() *core.Record {
		found, err := s.FindRecordById(collections.APIKeys, id)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for range 100 {
		if !record().GetDateTime("lastUsedAt").IsZero() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	first := record().GetDateTime("lastUsedAt")
	if age := time.Since(first.Time()); first.IsZero() || age > time.Minute {
		t.Errorf("the key was last used at %v", first)
	}
	s.use(key, "GET", "/api/jobs/", nil)
	time.Sleep(50 * time.Millisecond)
	if again := record().GetDateTime("lastUsedAt"); !again.Equal(first) {
		t.Errorf("the use of a moment later is written too: %v", again)
	}
}

func (s *keyScene) areFoundByAnIndex(t *testing.T) {
	var plan []struct {
		Detail string `db:"detail"`
	}
	err := s.DB().NewQuery("EXPLAIN QUERY PLAN SELECT j.id FROM jobs j LEFT JOIN service_users u ON u.id = 'key_x' WHERE u.role = 'employer'").
		All(&plan)
	if err != nil || !strings.Contains(fmt.Sprint(plan), "USING INDEX idx_api_keys_service_user") {
		t.Errorf("the plan is %v (%v)", plan, err)
	}
}
