package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// actors are the columns of the matrix. "seeker" is the person it is about where it is about one; "owner" and "member" are
// the people of the employer Acme; "other" and "rival" are a seeker and an employer without a part in it.
var actors = []string{"guest", "seeker", "other", "owner", "member", "rival", "admin", "superuser"}

// classified stands in every text that is not for everybody: an answer that refuses must not hold it.
const classified = "CLASSIFIED"

// scene is a board with all actors, and makes what they do something with.
type scene struct {
	*testapp.Board
	t            testing.TB
	people       map[string]*core.Record
	acme, bolt   *core.Record
	made         int
	totalChanges int
}

func newScene(t testing.TB) *scene { return newSceneOn(t, newBoard(t)) }

func newSceneOn(t testing.TB, board *testapp.Board) *scene {
	s := &scene{Board: board, t: t, people: map[string]*core.Record{"guest": nil}}
	s.acme, s.people["owner"] = s.Employer("Acme")
	s.people["member"] = s.User(collections.RoleEmployer, "member")
	s.acme = s.Update(s.acme, map[string]any{"members": []string{s.people["member"].Id}})
	s.bolt, s.people["rival"] = s.Employer("Bolt")
	s.people["other"] = s.Seeker("other")
	s.people["admin"], s.people["superuser"] = s.Admin("admin"), s.Superuser("root")
	s.newSeeker()
	return s
}

// fresh is a word that was not used before on this board.
func (s *scene) fresh() string {
	s.made++
	return fmt.Sprintf("fresh%d", s.made)
}

// newSeeker makes the actor seeker a new person, who has applied to a job of Acme.
func (s *scene) newSeeker() *core.Record {
	seeker := s.Seeker(s.fresh())
	s.people["seeker"] = s.Update(seeker, map[string]any{"name": classified})
	s.Application(seeker, s.published())
	return s.people["seeker"]
}

// login gives the actor a session of its own.
func (s *scene) login(actor string) string {
	who := s.people[actor]
	if who == nil {
		return ""
	}
	answer := s.Call(nil, "POST", "/api/collections/"+who.Collection().Name+"/auth-with-password",
		map[string]any{"identity": who.Email(), "password": testapp.Password})
	token, _ := answer.Body["token"].(string)
	if token == "" {
		s.t.Fatalf("log in as %s: %d %s", actor, answer.Status, answer.Raw)
	}
	return token
}

func (s *scene) seeker() *core.Record { return s.people["seeker"] }

func (s *scene) published() *core.Record { return s.Job(s.acme, s.fresh()) }

func (s *scene) draft() *core.Record {
	return s.Job(s.acme, classified+s.fresh(), map[string]any{"status": "draft"})
}

// closed is a job that the seeker has applied to.
func (s *scene) closed() *core.Record {
	job := s.Job(s.acme, classified+s.fresh())
	s.Application(s.seeker(), job)
	return s.Update(job, map[string]any{"status": "closed"})
}

// application is the seeker's, to a new job of Acme.
func (s *scene) application() *core.Record {
	return s.Record(collections.Applications, map[string]any{"seeker": s.seeker().Id, "job": s.published().Id, "coverLetter": classified})
}

// savedJob is a job that the seeker has saved.
func (s *scene) savedJob() *core.Record {
	return s.Record(collections.SavedJobs, map[string]any{"seeker": s.seeker().Id, "job": s.published().Id})
}

func (s *scene) savedSearch() *core.Record {
	return s.Record(collections.SavedSearches, map[string]any{"seeker": s.seeker().Id, "name": classified,
		"query": map[string]any{"q": classified}, "frequency": "daily"})
}

func (s *scene) notification() *core.Record {
	return s.Record(collections.Notifications, map[string]any{"user": s.seeker().Id, "kind": "account", "title": classified})
}

func (s *scene) report() *core.Record {
	return s.Record(collections.Reports, map[string]any{"kind": "jobs", "format": "csv", "requestedBy": s.people["admin"].Id})
}

func (s *scene) apiKey() *core.Record {
	return s.Record(collections.APIKeys, map[string]any{"employer": s.acme.Id, "name": classified, "scopes": []string{"jobs:read"}})
}

func (s *scene) webhook(employer *core.Record) *core.Record {
	return s.Record(collections.WebhookEndpoints, map[string]any{"employer": employer.Id, "url": "https://hooks.example/in", "active": true})
}

func (s *scene) delivery(employer *core.Record) *core.Record {
	s.made++
	return s.Record(collections.WebhookDeliveries, map[string]any{"endpoint": s.webhook(employer).Id, "event": 1_000_000 + s.made,
		"type": "job.closed", "messageId": "msg", "status": "failed", "error": classified})
}

// failedReport returns the id of a report without a file, which the worker doesn't make in the meantime.
func (s *scene) failedReport() string {
	s.t.Helper()
	id := "r" + core.GenerateDefaultRandomId()[1:]
	_, err := s.NonconcurrentDB().Insert(collections.Reports,
		dbx.Params{"id": id, "kind": "jobs", "format": "csv",
			"status": collections.ReportFailed, "requestedBy": s.people["admin"].Id}).Execute()
	if err != nil {
		s.t.Fatalf("store a failed report: %v", err)
	}
	return id
}

func (s *scene) jobReview(status string) *core.Record {
	a := s.application()
	return s.Record(collections.JobReviews, map[string]any{"author": s.seeker().Id, "job": a.GetString("job"), "rating": 3,
		"status": status, "title": classified})
}

// userReview is the owner's, of the seeker.
func (s *scene) userReview() *core.Record {
	return s.Record(collections.UserReviews, map[string]any{"author": s.people["owner"].Id, "subject": s.seeker().Id,
		"application": s.application().Id, "rating": 5, "body": classified})
}

// written tells how many rows were written since it was last asked.
func (s *scene) written() int {
	s.t.Helper()
	var total int
	if err := s.NonconcurrentDB().NewQuery("SELECT total_changes()").Row(&total); err != nil {
		s.t.Fatal(err)
	}
	written := total - s.totalChanges
	s.totalChanges = total
	return written
}

// fill puts ids in the place of a listed path's parameters, in their order.
func fill(path string, ids ...string) string {
	for _, id := range ids {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + id + path[to+1:]
	}
	return path
}
