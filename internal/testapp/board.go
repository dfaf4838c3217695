package testapp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"golang.org/x/crypto/bcrypt"

	"jobboard/collections"
)

// Password is the password of every user that a Board creates.
const Password = "correct horse battery"

// passwordHash is computed once, at the lowest cost: hashing for each user would take most of a test's time.
var passwordHash = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		panic(err) // a constant password at a constant cost
	}
	return string(hash)
})

// Board is a test board with methods that create records and call it over HTTP. They fail the test on any error.
type Board struct {
	*tests.TestApp
	t       testing.TB
	handler http.Handler
}

// NewBoard returns a fresh board bound by bind.
func NewBoard(t testing.TB, bind ...func(core.App)) *Board {
	t.Helper()
	return &Board{TestApp: New(t, bind...), t: t}
}

// Record saves a new record of a collection.
func (b *Board) Record(collection string, values map[string]any) *core.Record {
	b.t.Helper()
	found, err := b.FindCollectionByNameOrId(collection)
	if err != nil {
		b.t.Fatalf("find collection %s: %v", collection, err)
	}
	record := core.NewRecord(found)
	record.Load(values)
	if err := b.Save(record); err != nil {
		b.t.Fatalf("save a record of %s: %v", collection, err)
	}
	return record
}

// Update reloads a record and saves changes to it.
func (b *Board) Update(record *core.Record, values map[string]any) *core.Record {
	b.t.Helper()
	fresh := b.Reload(record)
	fresh.Load(values)
	if err := b.Save(fresh); err != nil {
		b.t.Fatalf("update %s %s: %v", record.Collection().Name, record.Id, err)
	}
	return fresh
}

// Reload returns a record as it is stored now.
func (b *Board) Reload(record *core.Record) *core.Record {
	b.t.Helper()
	fresh, err := b.FindRecordById(record.Collection().Name, record.Id)
	if err != nil {
		b.t.Fatalf("read %s %s: %v", record.Collection().Name, record.Id, err)
	}
	return fresh
}

// User creates a user of a role with the address name@example.com.
func (b *Board) User(role, name string) *core.Record {
	b.t.Helper()
	users, err := b.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.account(users, map[string]any{
		"email": name + "@example.com", "name": name, "role": role, "verified": true,
	})
}

// Superuser creates a superuser with the address name@example.com.
func (b *Board) Superuser(name string) *core.Record {
	b.t.Helper()
	superusers, err := b.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.account(superusers, map[string]any{"email": name + "@example.com"})
}

func (b *Board) account(collection *core.Collection, values map[string]any) *core.Record {
	b.t.Helper()
	record := core.NewRecord(collection)
	record.Load(values)
	record.SetRaw("password", &core.PasswordFieldValue{Hash: passwordHash()})
	record.RefreshTokenKey()
	if err := b.Save(record); err != nil {
		b.t.Fatalf("save the account %v: %v", values["email"], err)
	}
	return b.Reload(record)
}

// Seeker creates a job seeker.
func (b *Board) Seeker(name string) *core.Record {
	b.t.Helper()
	return b.User(collections.RoleJobSeeker, name)
}

// Admin creates an administrator of the board.
func (b *Board) Admin(name string) *core.Record {
	b.t.Helper()
	return b.User(collections.RoleAdmin, name)
}

// Employer creates an employer owned by a new user with the role employer, and returns both.
func (b *Board) Employer(name string) (employer, owner *core.Record) {
	b.t.Helper()
	owner = b.User(collections.RoleEmployer, strings.ToLower(strings.ReplaceAll(name, " ", "-"))+"-owner")
	return b.Record(collections.Employers, map[string]any{"owner": owner.Id, "name": name}), owner
}

// Job creates a published job of an employer; values override the defaults.
func (b *Board) Job(employer *core.Record, title string, values ...map[string]any) *core.Record {
	b.t.Helper()
	job := map[string]any{
		"employer": employer.Id, "title": title, "description": "<p>What you will do.</p>",
		"workplace": "remote", "jobType": "full_time", "status": "published",
	}
	for _, more := range values {
		for key, value := range more {
			job[key] = value
		}
	}
	return b.Record(collections.Jobs, job)
}

// Application creates a submitted application of a seeker to a job.
func (b *Board) Application(seeker, job *core.Record) *core.Record {
	b.t.Helper()
	return b.Record(collections.Applications, map[string]any{"seeker": seeker.Id, "job": job.Id})
}

// Token returns an auth token of a user or superuser, and "" for nil, a guest.
func (b *Board) Token(user *core.Record) string {
	b.t.Helper()
	if user == nil {
		return ""
	}
	token, err := b.Reload(user).NewAuthToken()
	if err != nil {
		b.t.Fatalf("make a token: %v", err)
	}
	return token
}

// Response is an answer over HTTP; Body is its JSON, or nil.
type Response struct {
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any
}

// Code returns the error code of a field in the answer, or "".
func (r Response) Code(field string) string {
	data, _ := r.Body["data"].(map[string]any)
	entry, _ := data[field].(map[string]any)
	code, _ := entry["code"].(string)
	return code
}

// Items returns the items of a list answer.
func (r Response) Items() []map[string]any {
	list, _ := r.Body["items"].([]any)
	items := make([]map[string]any, 0, len(list))
	for _, item := range list {
		object, _ := item.(map[string]any)
		items = append(items, object)
	}
	return items
}

// Handler returns the handler of all the board's routes, built once.
func (b *Board) Handler() http.Handler {
	b.t.Helper()
	if b.handler != nil {
		return b.handler
	}
	router, err := apis.NewRouter(b.TestApp)
	if err != nil {
		b.t.Fatalf("make the router: %v", err)
	}
	event := &core.ServeEvent{App: b.TestApp, Router: router, Server: new(http.Server)}
	err = b.OnServe().Trigger(event, func(e *core.ServeEvent) (err error) {
		e.Server.Handler, err = e.Router.BuildMux()
		return err
	})
	if err != nil {
		b.t.Fatalf("serve the board: %v", err)
	}
	b.handler = event.Server.Handler
	return b.handler
}

// Call sends a JSON request as a user (nil: a guest) and returns the answer. body may be nil, a string that is sent as it is, or
// anything that encodes to JSON.
func (b *Board) Call(user *core.Record, method, path string, body any) Response {
	b.t.Helper()
	return b.CallWithToken(b.Token(user), method, path, body)
}

// CallWithToken is Call with a token instead of a user.
func (b *Board) CallWithToken(token, method, path string, body any) Response {
	b.t.Helper()
	var reader io.Reader
	switch value := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(value)
	default:
		raw, err := json.Marshal(value)
		if err != nil {
			b.t.Fatalf("encode the body: %v", err)
		}
		reader = bytes.NewReader(raw)
	}
	request := httptest.NewRequest(method, path, reader)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	return b.Send(request)
}

// Send sends a request and returns the answer.
func (b *Board) Send(request *http.Request) Response {
	b.t.Helper()
	recorder := httptest.NewRecorder()
	b.Handler().ServeHTTP(recorder, request)
	if request.Method == http.MethodHead { // as the server does
		recorder.Body.Reset()
	}
	response := Response{Status: recorder.Code, Header: recorder.Header(), Raw: recorder.Body.String()}
	if strings.HasPrefix(recorder.Header().Get("Content-Type"), "application/json") {
		_ = json.Unmarshal(recorder.Body.Bytes(), &response.Body) // a list answer stays in Raw
	}
	return response
}

// Records returns the path of PocketBase's record API for a collection, or for one record of it.
func Records(collection string, id ...string) string {
	path := fmt.Sprintf("/api/collections/%s/records", collection)
	for _, part := range id {
		path += "/" + part
	}
	return path
}
