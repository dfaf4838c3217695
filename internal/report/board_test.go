package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

// board is a random board as plain values, which the slow computations read; the reports read the database.
type board struct {
	users         []*user
	employers     []*employer
	industries    []string
	jobs          []*job
	applications  []*application
	notifications []*notification
	savedJobs     []saved
	savedSearches []saved
}

type user struct {
	id, role      string
	created, gone time.Time
	items         [10]bool
	avatar        bool
}

type employer struct {
	id, owner string
	members   []string
}

type job struct {
	id, employer, industry, jobType, workplace, status string
	created, published, closed, deadline               time.Time
}

type application struct {
	id, job, seeker, status string
	submitted               time.Time
	events                  []event
}

type event struct {
	actor, from, to string
	at              time.Time
}

type notification struct {
	user, kind, mail string
	created, readAt  time.Time
}

type saved struct {
	user string
	at   time.Time
}

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// randomBoard returns a small board over about 400 days from 2025-12-01, generated from a seed.
func randomBoard(seed uint64) *board {
	rnd := rand.New(rand.NewPCG(seed, 1))
	b := &board{industries: []string{"", "industrycare000", "industrytech000"}}
	// Moments on whole days and milliseconds too, so that the edges of periods and steps are met.
	moment := func(after time.Time) time.Time {
		at := after.Add(time.Duration(rnd.Int64N(int64(300 * 24 * time.Hour)))).Truncate(time.Millisecond)
		if rnd.IntN(8) == 0 {
			at = at.Truncate(24 * time.Hour).Add(24 * time.Hour)
		}
		return at
	}
	start := newYear.AddDate(0, -1, 0)
	for i := range 90 {
		u := &user{id: fmt.Sprintf("user%011d", i), role: collections.RoleJobSeeker, created: moment(start), avatar: rnd.IntN(2) == 0}
		switch {
		case i%9 == 0:
			u.role = collections.RoleEmployer
		case i%31 == 1:
			u.role = collections.RoleAdmin
		}
		for k := range u.items {
			u.items[k] = rnd.IntN(2) == 0
		}
		u.items[0] = u.avatar
		if rnd.IntN(10) == 0 {
			u.gone = moment(u.created)
		}
		b.users = append(b.users, u)
	}
	for i := range 8 {
		b.employers = append(b.employers, &employer{id: fmt.Sprintf("employer%07d", i), owner: b.users[9*i].id,
			members: []string{b.users[9*((i+1)%10)].id}})
	}
	for i := range 60 {
		j := &job{id: fmt.Sprintf("job%012d", i), employer: b.employers[rnd.IntN(len(b.employers))].id, industry: b.industries[rnd.IntN(3)],
			jobType: pick(rnd, collections.JobTypes()), workplace: pick(rnd, collections.Workplaces()), status: pick(rnd,
				workflow.JobStatuses()), created: moment(start)}
		if j.status != workflow.Draft {
			j.published = moment(j.created)
			j.deadline = moment(j.published)
		}
		if j.status == workflow.Closed || j.status == workflow.Expired {
			j.closed = moment(j.published)
			if j.status == workflow.Expired && rnd.IntN(2) == 0 {
				j.closed = time.Time{}
			}
		}
		b.jobs = append(b.jobs, j)
	}
	taken := map[[2]string]bool{} // one live application per job and seeker is the database's rule
	for i := 0; i < 500; {
		a := b.randomApplication(rnd, i, moment)
		if pair := [2]string{a.job, a.seeker}; !taken[pair] {
			taken[pair] = true
			b.applications = append(b.applications, a)
			i++
		}
	}
	for range 120 {
		n := &notification{user: pick(rnd, b.users).id, kind: pick(rnd, collections.NotificationKinds()), created: moment(start),
			mail: pick(rnd, []string{"none", "sent", "pending"})}
		if rnd.IntN(3) == 0 {
			n.readAt = moment(n.created)
		}
		b.notifications = append(b.notifications, n)
	}
	for range 25 {
		b.savedJobs = append(b.savedJobs, saved{pick(rnd, b.users).id, moment(start)})
		b.savedSearches = append(b.savedSearches, saved{pick(rnd, b.users).id, moment(start)})
	}
	return b
}

// randomApplication makes legal transitions of the workflow.
func (b *board) randomApplication(rnd *rand.Rand, i int, moment func(time.Time) time.Time) *application {
	j := pick(rnd, b.jobs[:52]) // to the rest nobody applies
	from := j.published
	if from.IsZero() || rnd.IntN(20) == 0 { // a job that was published again after it was applied to
		from = j.created
	}
	a := &application{id: fmt.Sprintf("application%04d", i), job: j.id, seeker: pick(rnd, b.users).id, status: workflow.Submitted,
		submitted: moment(from)}
	a.events = append(a.events, event{a.seeker, "", workflow.Submitted, a.submitted})
	at := a.submitted
	for rnd.IntN(5) > 0 {
		party, actor := workflow.EmployerPeople, b.users[0].id
		if rnd.IntN(12) == 0 {
			party, actor = workflow.Seeker, a.seeker
		}
		next := workflow.NextApplicationStatuses(a.status, party)
		if len(next) == 0 {
			break
		}
		at = at.Add(time.Duration(1+rnd.Int64N(int64(20*24*time.Hour))) / time.Millisecond * time.Millisecond)
		to := pick(rnd, next)
		a.events = append(a.events, event{actor, a.status, to, at})
		a.status = to
	}
	return a
}

func pick[T any](rnd *rand.Rand, list []T) T { return list[rnd.IntN(len(list))] }

// stored inserts the board into a fresh app by plain SQL.
func (b *board) stored(t testing.TB) core.App {
	t.Helper()
	app := testapp.New(t)
	err := app.RunInTransaction(func(tx core.App) error {
		put := func(table string, row dbx.Params) {
			t.Helper()
			if _, err := tx.NonconcurrentDB().Insert(table, row).Execute(); err != nil {
				t.Fatalf("insert into %s: %v", table, err)
			}
		}
		b.put(put)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func (b *board) put(put func(string, dbx.Params)) {
	list := func(yes bool) string {
		if yes {
			return `["x"]`
		}
		return "[]"
	}
	text := func(yes bool) string {
		if yes {
			return "x"
		}
		return ""
	}
	for i, id := range b.industries[1:] {
		put("fields_of_interest", dbx.Params{"id": id, "name": []string{"Care", "Tech"}[i], "slug": "slug-" + id, "kind": "industry"})
	}
	for i, u := range b.users {
		put("users", dbx.Params{"id": u.id, "name": fmt.Sprintf("=Person %d", i), "role": u.role, "email": u.id + "@example.com",
			"password": "x", "tokenKey": u.id,
			"created": at(u.created), "deactivatedAt": at(u.gone), "avatar": text(u.avatar)})
		if u.role == collections.RoleJobSeeker {
			put("job_seekers", dbx.Params{"id": "p" + u.id[1:], "user": u.id, "headline": text(u.items[1]), "summary": text(u.items[2]),
				"skills":     list(u.items[3]),
				"experience": list(u.items[4]), "education": list(u.items[5]), "location": text(u.items[6]),
				"phone": text(u.items[7]), "resumes": list(u.items[8]),
				"preferredJobTypes": list(u.items[9]), "visibility": "hidden"})
		}
	}
	for i, e := range b.employers {
		put("employers", dbx.Params{"id": e.id, "owner": e.owner, "members": `["` + e.members[0] + `"]`,
			"name": fmt.Sprintf("Employer %d, Ltd", i), "slug": e.id})
	}
	for i, j := range b.jobs {
		put("jobs", dbx.Params{"id": j.id, "employer": j.employer, "title": fmt.Sprintf("Job %d", i), "industry": j.industry,
			"jobType": j.jobType, "workplace": j.workplace,
			"status": j.status, "created": at(j.created), "publishedAt": at(j.published), "closedAt": at(j.closed),
			"deadline": at(j.deadline)})
	}
	for i, a := range b.applications {
		put("applications", dbx.Params{"id": a.id, "job": a.job, "seeker": a.seeker, "status": a.status, "submittedAt": at(a.submitted),
			"created": at(a.submitted)})
		for k, e := range a.events {
			put("application_events", dbx.Params{"id": fmt.Sprintf("event%06d%04d", i, k), "application": a.id,
				"actor": e.actor, "from": e.from, "to": e.to, "created": at(e.at)})
		}
	}
	for i, n := range b.notifications {
		put("notifications", dbx.Params{"id": fmt.Sprintf("notice%09d", i), "user": n.user, "kind": n.kind, "title": "t", "mail": n.mail,
			"read":    !n.readAt.IsZero(),
			"created": at(n.created), "readAt": at(n.readAt)})
	}
	for i, s := range b.savedJobs {
		put("saved_jobs", dbx.Params{"id": fmt.Sprintf("savedjob%07d", i), "seeker": s.user, "job": b.jobs[i].id, "created": at(s.at)})
	}
	for i, s := range b.savedSearches {
		put("saved_searches", dbx.Params{"id": fmt.Sprintf("search%09d", i), "seeker": s.user, "name": "n",
			"query": "{}", "created": at(s.at)})
	}
}

func at(moment time.Time) string {
	if moment.IsZero() {
		return ""
	}
	return stored(moment)
}
