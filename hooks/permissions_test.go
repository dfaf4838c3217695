package hooks_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// actors are the columns of the permission matrix. "seeker" owns the target where seekers own such records; "owner" and
// "member" are the people of the employer it belongs to; "other" and "rival" are a seeker and an employer without a part
// in it.
var actors = []string{"guest", "seeker", "other", "owner", "member", "rival", "admin", "superuser"}

// permissions is one collection's rows: who may do what, as the contract's section 3 says it.
type permissions struct {
	collection string
	// target makes a record to list, view, update and delete.
	target func(p *pipeline) *core.Record
	// create is a body that is right in itself, as the named actor would send it.
	create func(p *pipeline, actor string, who *core.Record) map[string]any
	update map[string]any
	// cells: per actor "list view create update delete". "see" and "-" are a list with and without the target; a status is
	// the answer's.
	cells map[string]string
}

func (p *pipeline) actor(name string) *core.Record {
	return map[string]*core.Record{
		"guest": nil, "seeker": p.seeker, "other": p.other, "owner": p.owner, "member": p.member,
		"rival": p.stranger, "admin": p.admin, "superuser": p.super,
	}[name]
}

var matrix = []permissions{
	{
		collection: collections.Users,
		target: func(p *pipeline) *core.Record {
			seeker := p.seeker
			if p.deleting {
				seeker = p.Seeker(p.fresh())
			}
			p.Application(seeker, p.Job(p.employer, p.fresh()))
			return seeker
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"email": p.fresh() + "@example.com", "name": "New", "role": "job_seeker",
				"password": testapp.Password, "passwordConfirm": testapp.Password}
		},
		update: map[string]any{"name": "Renamed"},
		cells: map[string]string{
			"guest": "- 404 200 404 404", "seeker": "see 200 200 200 404", "other": "- 404 200 404 404",
			"owner": "see 200 200 404 404", "member": "see 200 200 404 404", "rival": "- 404 200 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.JobSeekers, // visibility applied_only, and the seeker has applied to the owner's job
		target: func(p *pipeline) *core.Record {
			seeker := p.seeker
			if p.deleting {
				seeker = p.Seeker(p.fresh())
			}
			p.Application(seeker, p.Job(p.employer, p.fresh()))
			return p.profile(seeker)
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"user": p.User(collections.RoleEmployer, p.fresh()).Id}
		},
		update: map[string]any{"headline": "Gopher"},
		cells: map[string]string{
			"guest": "- 404 403 404 403", "seeker": "see 200 403 200 403", "other": "- 404 403 404 403",
			"owner": "see 200 403 404 403", "member": "see 200 403 404 403", "rival": "- 404 403 404 403",
			"admin": "see 200 403 200 403", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.FieldsOfInterest,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.FieldsOfInterest, map[string]any{"name": p.fresh(), "kind": "skill"})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			name := p.fresh()
			return map[string]any{"name": name, "slug": name, "kind": "skill"}
		},
		update: map[string]any{"kind": "role"},
		cells: map[string]string{
			"guest": "see 200 400 404 404", "seeker": "see 200 400 404 404", "other": "see 200 400 404 404",
			"owner": "see 200 400 404 404", "member": "see 200 400 404 404", "rival": "see 200 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.JobSeekerInterests,
		target: func(p *pipeline) *core.Record {
			p.Application(p.seeker, p.Job(p.employer, p.fresh()))
			return p.Record(collections.JobSeekerInterests, map[string]any{"seeker": p.seeker.Id, "field": p.field().Id})
		},
		create: func(p *pipeline, _ string, who *core.Record) map[string]any {
			return map[string]any{"seeker": p.seekerOr(who), "field": p.field().Id}
		},
		update: map[string]any{"field": ""},
		cells: map[string]string{
			"guest": "- 404 400 403 404", "seeker": "see 200 200 403 204", "other": "- 404 200 403 404",
			"owner": "see 200 400 403 404", "member": "see 200 400 403 404", "rival": "- 404 400 403 404",
			"admin": "see 200 400 403 204", "superuser": "see 200 200 400 204",
		},
	},
	{
		collection: collections.Employers,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.Employers, map[string]any{"owner": p.owner.Id, "members": []string{p.member.Id}, "name": p.fresh()})
		},
		create: func(p *pipeline, actor string, who *core.Record) map[string]any {
			owner := p.owner.Id
			if who != nil && actor != "admin" && actor != "superuser" {
				owner = who.Id
			}
			return map[string]any{"name": p.fresh(), "owner": owner}
		},
		update: map[string]any{"about": "<p>We</p>"},
		cells: map[string]string{
			"guest": "see 200 400 404 404", "seeker": "see 200 400 404 404", "other": "see 200 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 200 404", "rival": "see 200 200 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.Jobs, // a draft
		target: func(p *pipeline) *core.Record {
			return p.Job(p.employer, p.fresh(), map[string]any{"status": "draft"})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { return p.jobBody() },
		update: map[string]any{"title": "Retitled"},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 200 204", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.Jobs, // published, without applications
		target:     func(p *pipeline) *core.Record { return p.Job(p.employer, p.fresh()) },
		create:     func(p *pipeline, _ string, _ *core.Record) map[string]any { return p.jobBody() },
		update:     map[string]any{"title": "Retitled"},
		cells: map[string]string{
			"guest": "see 200 400 404 404", "seeker": "see 200 400 404 404", "other": "see 200 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 200 204", "rival": "see 200 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.Jobs, // closed, applied to by the seeker: nobody deletes it
		target: func(p *pipeline) *core.Record {
			job := p.Job(p.employer, p.fresh())
			p.Application(p.seeker, job)
			return p.Update(job, map[string]any{"status": "closed"})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { return p.jobBody() },
		update: map[string]any{"title": "Retitled"},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "see 200 400 404 404", "other": "- 404 400 404 404",
			"owner": "see 200 200 200 400", "member": "see 200 200 200 400", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 400", "superuser": "see 200 200 200 400",
		},
	},
	{
		collection: collections.Applications,
		target:     func(p *pipeline) *core.Record { return p.Application(p.seeker, p.Job(p.employer, p.fresh())) },
		create: func(p *pipeline, _ string, who *core.Record) map[string]any {
			return map[string]any{"job": p.Job(p.employer, p.fresh()).Id, "seeker": p.seekerOr(who)}
		},
		update: map[string]any{}, // what each side may change is TestFieldsOfAnApplicationBySide's
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "see 200 200 200 404", "other": "- 404 200 404 404",
			"owner": "see 200 400 200 404", "member": "see 200 400 200 404", "rival": "- 404 400 404 404",
			"admin": "see 200 400 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.ApplicationEvents,
		target: func(p *pipeline) *core.Record {
			application := p.Application(p.seeker, p.Job(p.employer, p.fresh()))
			event, err := p.FindFirstRecordByFilter(collections.ApplicationEvents, "application = {:id}", dbx.Params{"id": application.Id})
			if err != nil {
				panic(err)
			}
			return event
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"application": p.Application(p.seeker, p.Job(p.employer, p.fresh())).Id, "to": "hired"}
		},
		update: map[string]any{"note": "changed"},
		cells: map[string]string{
			"guest": "- 404 403 403 403", "seeker": "see 200 403 403 403", "other": "- 404 403 403 403",
			"owner": "see 200 403 403 403", "member": "see 200 403 403 403", "rival": "- 404 403 403 403",
			"admin": "see 200 403 403 403", "superuser": "see 200 200 400 204",
		},
	},
	{
		collection: collections.Events, // of an application
		target: func(p *pipeline) *core.Record {
			return p.event("application", p.Application(p.seeker, p.Job(p.employer, p.fresh())))
		},
		create: newEvent,
		update: map[string]any{"type": "job.closed"},
		cells: map[string]string{
			"guest": "- 404 403 403 403", "seeker": "see 200 403 403 403", "other": "- 404 403 403 403",
			"owner": "see 200 403 403 403", "member": "see 200 403 403 403", "rival": "- 404 403 403 403",
			"admin": "see 200 403 403 403", "superuser": "see 200 400 400 400",
		},
	},
	{
		collection: collections.Events, // of a job that was published and is closed
		target: func(p *pipeline) *core.Record {
			return p.event("job", p.Update(p.Job(p.employer, p.fresh()), map[string]any{"status": "closed"}))
		},
		create: newEvent,
		update: map[string]any{"type": "job.expired"},
		cells: map[string]string{
			"guest": "see 200 403 403 403", "seeker": "see 200 403 403 403", "other": "see 200 403 403 403",
			"owner": "see 200 403 403 403", "member": "see 200 403 403 403", "rival": "see 200 403 403 403",
			"admin": "see 200 403 403 403", "superuser": "see 200 400 400 400",
		},
	},
	{
		collection: collections.WebhookEndpoints,
		target:     func(p *pipeline) *core.Record { return p.webhook() },
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"employer": p.employer.Id, "url": "https://hooks.example/in"}
		},
		update: map[string]any{"types": []string{"job.closed"}},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 200 204", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.WebhookEndpoints, // the board's
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.WebhookEndpoints, map[string]any{"url": "https://hooks.example/in"})
		},
		// An employer's own, since theirs is the only one.
		create: func(*pipeline, string, *core.Record) map[string]any {
			return map[string]any{"url": "https://hooks.example/in"}
		},
		update: map[string]any{"active": true},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "- 404 200 404 404", "member": "- 404 200 404 404", "rival": "- 404 200 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.WebhookDeliveries,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.WebhookDeliveries, p.delivery())
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { return p.delivery() },
		update: map[string]any{"attempts": 7},
		cells: map[string]string{
			"guest": "- 404 403 403 403", "seeker": "- 404 403 403 403", "other": "- 404 403 403 403",
			"owner": "see 200 403 403 403", "member": "see 200 403 403 403", "rival": "- 404 403 403 403",
			"admin": "see 200 403 403 403", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.Notifications, // the seeker's
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.Notifications, map[string]any{"user": p.seeker.Id, "kind": "account", "title": "Hello"})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"user": p.seeker.Id, "kind": "account", "title": "Hello"}
		},
		update: map[string]any{"read": true},
		cells: map[string]string{
			"guest": "- 404 403 404 404", "seeker": "see 200 403 200 204", "other": "- 404 403 404 404",
			"owner": "- 404 403 404 404", "member": "- 404 403 404 404", "rival": "- 404 403 404 404",
			"admin": "- 404 403 404 404", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.JobReviews, // visible
		target:     func(p *pipeline) *core.Record { return p.jobReview("visible") },
		create: func(p *pipeline, _ string, who *core.Record) map[string]any {
			job := p.Job(p.employer, p.fresh())
			p.Application(p.seeker, job)
			p.Application(p.other, job)
			return map[string]any{"author": p.seekerOr(who), "job": job.Id, "rating": 4}
		},
		update: map[string]any{},
		cells: map[string]string{
			"guest": "see 200 400 404 404", "seeker": "see 200 200 200 204", "other": "see 200 200 404 404",
			"owner": "see 200 400 404 404", "member": "see 200 400 404 404", "rival": "see 200 400 404 404",
			"admin": "see 200 400 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.JobReviews, // hidden by an admin
		target:     func(p *pipeline) *core.Record { return p.jobReview("hidden") },
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { // by somebody who never applied
			return map[string]any{"author": p.Seeker(p.fresh()).Id, "job": p.Job(p.employer, p.fresh()).Id, "rating": 4}
		},
		update: map[string]any{},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "see 200 400 200 204", "other": "- 404 400 404 404",
			"owner": "- 404 400 404 404", "member": "- 404 400 404 404", "rival": "- 404 400 404 404",
			"admin": "see 200 400 200 204", "superuser": "see 200 400 200 204",
		},
	},
	{
		collection: collections.UserReviews, // of the seeker, by the owner
		target: func(p *pipeline) *core.Record {
			application := p.Application(p.seeker, p.Job(p.employer, p.fresh()))
			return p.Record(collections.UserReviews, map[string]any{
				"author": p.owner.Id, "subject": p.seeker.Id, "application": application.Id, "rating": 5,
			})
		},
		create: func(p *pipeline, actor string, who *core.Record) map[string]any {
			application := p.Application(p.seeker, p.Job(p.employer, p.fresh()))
			author, subject := p.owner.Id, p.seeker.Id
			switch actor {
			case "seeker":
				author, subject = p.seeker.Id, p.owner.Id
			case "other", "member", "rival":
				author = who.Id
			}
			return map[string]any{"author": author, "subject": subject, "application": application.Id, "rating": 5}
		},
		update: map[string]any{},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "see 200 200 404 404", "other": "- 404 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 404 404", "rival": "- 404 400 404 404",
			"admin": "see 200 400 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.SavedJobs,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.SavedJobs, map[string]any{"seeker": p.seeker.Id, "job": p.Job(p.employer, p.fresh()).Id})
		},
		create: func(p *pipeline, _ string, who *core.Record) map[string]any {
			return map[string]any{"seeker": p.seekerOr(who), "job": p.Job(p.employer, p.fresh()).Id}
		},
		update: map[string]any{},
		cells:  ownedBySeekerCells,
	},
	{
		collection: collections.SavedSearches,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.SavedSearches, map[string]any{"seeker": p.seeker.Id, "name": "Go",
				"query": map[string]any{"q": "go"}})
		},
		create: func(p *pipeline, _ string, who *core.Record) map[string]any {
			return map[string]any{"seeker": p.seekerOr(who), "name": "Go", "query": map[string]any{"q": "go"}, "frequency": "weekly"}
		},
		update: map[string]any{"frequency": "off"},
		cells:  ownedBySeekerCells,
	},
	{
		collection: collections.JobDays,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.JobDays, map[string]any{"job": p.Job(p.employer, p.fresh()).Id, "day": "2026-01-31", "views": 7})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"job": p.Job(p.employer, p.fresh()).Id, "day": "2026-01-31", "views": 7}
		},
		update: map[string]any{"views": 8},
		cells: map[string]string{
			"guest": "- 404 403 403 403", "seeker": "- 404 403 403 403", "other": "- 404 403 403 403",
			"owner": "see 200 403 403 403", "member": "see 200 403 403 403", "rival": "- 404 403 403 403",
			"admin": "see 200 403 403 403", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.Reports,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.Reports, map[string]any{"kind": "jobs", "format": "csv", "requestedBy": p.admin.Id})
		},
		create: func(*pipeline, string, *core.Record) map[string]any {
			return map[string]any{"kind": "jobs", "format": "csv"}
		},
		update: map[string]any{"kind": "users"},
		cells: map[string]string{
			"guest": "- 404 400 403 404", "seeker": "- 404 400 403 404", "other": "- 404 400 403 404",
			"owner": "- 404 400 403 404", "member": "- 404 400 403 404", "rival": "- 404 400 403 404",
			"admin": "see 200 200 403 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.ImportSources,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.ImportSources, map[string]any{"kind": "csv", "url": "https://a.example/jobs.csv"})
		},
		create: func(*pipeline, string, *core.Record) map[string]any {
			return map[string]any{"kind": "lever", "url": "https://api.lever.co/v0/postings/acme", "closeMissing": true}
		},
		update: map[string]any{"schedule": "hourly"},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "- 404 400 404 404", "member": "- 404 400 404 404", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.APIKeys, // of the owner's employer
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.APIKeys, map[string]any{"employer": p.employer.Id, "name": p.fresh(), "scopes": []string{"jobs:read"}})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"employer": p.employer.Id, "name": p.fresh(), "scopes": []string{"jobs:read"}}
		},
		update: map[string]any{"scopes": []string{"events:read"}},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "see 200 200 200 204", "member": "see 200 200 200 204", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.APIKeys, // of the board
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.APIKeys, map[string]any{"name": p.fresh(), "scopes": []string{"jobs:read"}})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"name": p.fresh(), "scopes": []string{"jobs:read"}}
		},
		update: map[string]any{"scopes": []string{"events:read"}},
		cells: map[string]string{
			"guest": "- 404 400 404 404", "seeker": "- 404 400 404 404", "other": "- 404 400 404 404",
			"owner": "- 404 400 404 404", "member": "- 404 400 404 404", "rival": "- 404 400 404 404",
			"admin": "see 200 200 200 204", "superuser": "see 200 200 200 204",
		},
	},
	{
		collection: collections.IdempotencyKeys,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.IdempotencyKeys, p.idempotencyKey())
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { return p.idempotencyKey() },
		update: map[string]any{},
		cells:  superusersOnlyCells,
	},
	{
		collection: collections.KnownAddresses,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.KnownAddresses, map[string]any{"fingerprint": p.fresh()})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"fingerprint": p.fresh()}
		},
		update: map[string]any{},
		cells:  superusersOnlyCells,
	},
	{
		collection: collections.Dashboards,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.Dashboards, map[string]any{"superuser": p.Superuser(p.fresh()).Id, "shown": map[string]any{}})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"superuser": p.Superuser(p.fresh()).Id, "shown": map[string]any{"jobs.posted": false}}
		},
		update: map[string]any{"shown": map[string]any{"jobs.posted": true}},
		cells:  superusersOnlyCells,
	},
	{
		collection: collections.SearchStates,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.SearchStates, map[string]any{"kind": p.fresh()})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any { return map[string]any{"kind": p.fresh()} },
		update: map[string]any{"state": "ready"},
		cells:  superusersOnlyCells,
	},
	{
		collection: collections.SearchIndex,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.SearchStates, map[string]any{"kind": p.fresh()})
		},
		create: func(*pipeline, string, *core.Record) map[string]any { return map[string]any{} },
		update: map[string]any{},
		cells: map[string]string{
			"guest": "- 404 400 400 400", "seeker": "- 404 400 400 400", "other": "- 404 400 400 400",
			"owner": "- 404 400 400 400", "member": "- 404 400 400 400", "rival": "- 404 400 400 400",
			"admin": "see 200 400 400 400", "superuser": "see 200 400 400 400",
		},
	},
	{
		collection: collections.ServiceUsers,
		target: func(p *pipeline) *core.Record {
			key := p.Record(collections.APIKeys, map[string]any{"name": p.fresh(), "scopes": []string{"jobs:read"}})
			user, err := p.FindRecordById(collections.ServiceUsers, collections.ServiceUserID(key.Id))
			if err != nil {
				panic(err)
			}
			return user
		},
		create: func(*pipeline, string, *core.Record) map[string]any { return map[string]any{"role": "admin"} },
		update: map[string]any{"role": "admin"},
		cells: map[string]string{
			"guest": "403 403 400 400 400", "seeker": "403 403 400 400 400", "other": "403 403 400 400 400",
			"owner": "403 403 400 400 400", "member": "403 403 400 400 400", "rival": "403 403 400 400 400",
			"admin": "403 403 400 400 400", "superuser": "see 200 400 400 400",
		},
	},
	{
		collection: collections.RevokedSessions,
		target: func(p *pipeline) *core.Record {
			return p.Record(collections.RevokedSessions, map[string]any{"session": p.fresh(), "expires": "2040-01-01 00:00:00.000Z"})
		},
		create: func(p *pipeline, _ string, _ *core.Record) map[string]any {
			return map[string]any{"session": p.fresh(), "expires": "2040-01-01 00:00:00.000Z"}
		},
		update: map[string]any{},
		cells:  superusersOnlyCells,
	},
}

var superusersOnlyCells = map[string]string{
	"guest": "403 403 403 403 403", "seeker": "403 403 403 403 403", "other": "403 403 403 403 403",
	"owner": "403 403 403 403 403", "member": "403 403 403 403 403", "rival": "403 403 403 403 403",
	"admin": "403 403 403 403 403", "superuser": "see 200 200 200 204",
}

var ownedBySeekerCells = map[string]string{
	"guest": "- 404 400 404 404", "seeker": "see 200 200 200 204", "other": "- 404 200 404 404",
	"owner": "- 404 400 404 404", "member": "- 404 400 404 404", "rival": "- 404 400 404 404",
	"admin": "- 404 400 404 404", "superuser": "see 200 200 200 204",
}

func TestPermissionMatrix(t *testing.T) {
	cells := 0
	for i, row := range matrix {
		t.Run(fmt.Sprintf("%s %d", row.collection, i), func(t *testing.T) {
			p := newPipeline(t)
			p.super = p.Superuser("root")
			for _, name := range actors {
				want := strings.Fields(row.cells[name])
				if len(want) != 5 {
					t.Fatalf("%s has %d cells", name, len(want))
				}
				who := p.actor(name)
				got := []string{
					p.tryList(row, who), p.tryView(row, who), p.tryCreate(row, name, who), p.tryUpdate(row, who), p.tryDelete(row, who),
				}
				for n, action := range []string{"list", "view", "create", "update", "delete"} {
					cells++
					if got[n] != want[n] {
						t.Errorf("%s %s: got %s, want %s", name, action, got[n], want[n])
					}
				}
			}
		})
	}
	t.Logf("%d cells", cells)
}

func (p *pipeline) tryList(row permissions, who *core.Record) string {
	target := row.target(p)
	answer := p.Call(who, "GET", testapp.Records(row.collection)+"?filter="+url.QueryEscape("id='"+target.Id+"'"), nil)
	if answer.Status != 200 {
		return fmt.Sprint(answer.Status)
	}
	if len(answer.Items()) == 1 {
		return "see"
	}
	return "-"
}

func (p *pipeline) tryView(row permissions, who *core.Record) string {
	return fmt.Sprint(p.Call(who, "GET", testapp.Records(row.collection, row.target(p).Id), nil).Status)
}

// tryCreate also checks that a refused creation writes nothing.
func (p *pipeline) tryCreate(row permissions, name string, who *core.Record) string {
	body := row.create(p, name, who)
	before, _ := p.CountRecords(row.collection)
	answer := p.Call(who, "POST", testapp.Records(row.collection), body)
	after, _ := p.CountRecords(row.collection)
	if written := after - before; (answer.Status == 200) != (written == 1) {
		return fmt.Sprintf("%d with %d written", answer.Status, written)
	}
	return fmt.Sprint(answer.Status)
}

func (p *pipeline) tryUpdate(row permissions, who *core.Record) string {
	return fmt.Sprint(p.Call(who, "PATCH", testapp.Records(row.collection, row.target(p).Id), row.update).Status)
}

// tryDelete also checks that the record is gone, or still there, as the answer says.
func (p *pipeline) tryDelete(row permissions, who *core.Record) string {
	p.deleting = true
	target := row.target(p)
	p.deleting = false
	answer := p.Call(who, "DELETE", testapp.Records(row.collection, target.Id), nil)
	_, err := p.FindRecordById(row.collection, target.Id)
	if gone := err != nil; gone != (answer.Status == 204) {
		return fmt.Sprintf("%d with gone=%v", answer.Status, gone)
	}
	return fmt.Sprint(answer.Status)
}

// fresh is a name that was not used before on this board.
func (p *pipeline) fresh() string {
	p.counter++
	return fmt.Sprintf("fresh-%d", p.counter)
}

// seekerOr is the caller where a seeker calls, else the seeker.
func (p *pipeline) seekerOr(who *core.Record) string {
	if who != nil && who.Id == p.other.Id {
		return p.other.Id
	}
	return p.seeker.Id
}

func (p *pipeline) field() *core.Record {
	return p.Record(collections.FieldsOfInterest, map[string]any{"name": p.fresh(), "kind": "skill"})
}

func (p *pipeline) idempotencyKey() map[string]any {
	return map[string]any{
		"caller": p.seeker.Id, "route": "POST /api/jobs/x/applications", "key": p.fresh(),
		"application": p.Application(p.seeker, p.Job(p.employer, p.fresh())).Id,
	}
}

func (p *pipeline) profile(seeker *core.Record) *core.Record {
	profile, err := p.FindFirstRecordByData(collections.JobSeekers, "user", seeker.Id)
	if err != nil {
		return p.Record(collections.JobSeekers, map[string]any{"user": seeker.Id})
	}
	return profile
}

func (p *pipeline) jobBody() map[string]any {
	return map[string]any{
		"employer": p.employer.Id, "title": "Posted", "description": "<p>Do</p>", "workplace": "remote", "jobType": "full_time",
	}
}

// event is the last one about a record.
func (p *pipeline) event(field string, about *core.Record) *core.Record {
	found, err := p.FindRecordsByFilter(collections.Events, field+" = {:id}", "-seq", 1, 0, dbx.Params{"id": about.Id})
	if err != nil || len(found) == 0 {
		panic(fmt.Sprintf("no event about %s: %v", about.Id, err))
	}
	return found[0]
}

func (p *pipeline) webhook() *core.Record {
	return p.Record(collections.WebhookEndpoints, map[string]any{"employer": p.employer.Id, "url": "https://hooks.example/in"})
}

func (p *pipeline) delivery() map[string]any {
	p.counter++
	return map[string]any{
		"endpoint": p.webhook().Id, "event": 1_000_000 + p.counter, "type": "job.closed", "messageId": "msg", "status": "delivered",
	}
}

func newEvent(p *pipeline, _ string, _ *core.Record) map[string]any {
	p.counter++
	return map[string]any{"seq": 1_000_000 + p.counter, "at": "2026-01-31 09:00:00.000Z", "type": "job.published", "job": p.job.Id}
}

func (p *pipeline) jobReview(status string) *core.Record {
	job := p.Job(p.employer, p.fresh())
	p.Application(p.seeker, job)
	return p.Record(collections.JobReviews, map[string]any{"author": p.seeker.Id, "job": job.Id, "rating": 3, "status": status})
}
