package listing_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/testapp"
)

// crowd is a board with many rows, most of which are of no concern to its people.
type crowd struct {
	*testapp.Board
	people map[string]*core.Record // by what they are
}

// newCrowd makes n jobs, of which half are published, a tenth are drafts and the others are over, of n/20 employers, each of which
// the owner shares; n seekers with two applications, a notification, a saved job and a review each.
func newCrowd(t testing.TB, n int) *crowd {
	t.Helper()
	c := &crowd{Board: testapp.NewBoard(t, hooks.Bind, api.Bind), people: map[string]*core.Record{"guest": nil}}
	c.people["admin"], c.people["superuser"], c.people["stranger"] = c.Admin("admin"), c.Superuser("root"), c.Seeker("stranger")
	acme, owner := c.Employer("Acme")
	c.people["owner"], c.people["member"] = owner, c.User(collections.RoleEmployer, "member")
	c.Update(acme, map[string]any{"members": []string{c.people["member"].Id}})
	c.people["seeker"] = c.Seeker("seeker")
	c.people["rival"] = c.User(collections.RoleEmployer, "rival") // of no company
	with := func(query string) {
		t.Helper()
		_, err := c.NonconcurrentDB().NewQuery("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n}) " + query).
			Bind(dbx.Params{"n": n, "acme": acme.Id, "owner": owner.Id, "seeker": c.people["seeker"].Id}).Execute()
		if err != nil {
			t.Fatalf("%.80s: %v", query, err)
		}
	}
	const day = "strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-' || (({:n} - i) % 700) || ' days', '-' || (i % 86400) || ' seconds')"
	with(`INSERT INTO users (id, email, name, role, tokenKey, verified, created)
		SELECT printf('u%014d', i), 'u' || i || '@example.com', 'U ' || i,
		'job_seeker', printf('%050d', i), TRUE, ` + day + ` FROM n`)
	with(`INSERT INTO job_seekers (id, user, headline, summary, visibility, created)
		SELECT printf('p%014d', i), printf('u%014d', i), 'Works',
		hex(zeroblob(300)), CASE i % 3 WHEN 0 THEN 'hidden' WHEN 1 THEN 'applied_only' ELSE 'employers' END, ` + day + ` FROM n`)
	with(`INSERT INTO employers (id, owner, name, slug, created) SELECT
		printf('e%014d', i), printf('u%014d', i), 'Company ' || i, 'company-' || i, ` + day +
		` FROM n WHERE i % 20 = 0`)
	with(`INSERT INTO jobs (id, employer, title, description, jobType, workplace, experienceLevel, status, publishedAt, created)
		SELECT printf('j%014d', i), CASE WHEN i % 500 = 7 THEN {:acme} ELSE printf('e%014d', i - i % 20) END,
			'Job ' || i, hex(zeroblob(500)),
			CASE i % 7 WHEN 0 THEN 'part_time' WHEN 1 THEN 'contract' ELSE 'full_time' END,
				CASE i % 3 WHEN 0 THEN 'remote' ELSE 'on_site' END,
			CASE i % 5 WHEN 0 THEN 'senior' WHEN 1 THEN 'entry' ELSE '' END,
			CASE WHEN i % 10 = 0 THEN 'draft' WHEN i < {:n} / 4 THEN 'closed' WHEN i < {:n} / 2 THEN 'expired' ELSE 'published' END,
			CASE WHEN i % 10 = 0 THEN '' ELSE ` + day + ` END, ` + day + ` FROM n`)
	with(`INSERT INTO applications (id, job, seeker, status, submittedAt, created)
		SELECT printf('a%014d', 2 * i + k), printf('j%014d', 1 + (i + 17 * k) % {:n}),
		CASE WHEN i % 100 = 9 THEN {:seeker} ELSE printf('u%014d', i) END,
			'submitted', ` + day + `, ` + day + ` FROM n, (SELECT 0 AS k UNION SELECT 1)`)
	with(`INSERT INTO notifications (id, user, kind, title, created)
		SELECT printf('n%014d', i), CASE WHEN i % 100 = 1 THEN {:seeker} ELSE printf('u%014d', i) END,
		'job_published', 'News', ` + day + ` FROM n`)
	with(`INSERT INTO saved_jobs (id, seeker, job, created)
		SELECT printf('s%014d', i), CASE WHEN i % 1000 = 1 THEN {:seeker} ELSE printf('u%014d', i) END,
		printf('j%014d', i), ` + day + ` FROM n`)
	with(`INSERT INTO job_reviews (id, author, job, employer, rating, body, status, created)
		SELECT printf('r%014d', i), printf('u%014d', i), printf('j%014d', i),
		(SELECT employer FROM jobs WHERE id = printf('j%014d', i)),
		4, 'Fine', CASE i % 50 WHEN 0 THEN 'hidden' ELSE 'visible' END, ` + day + ` FROM n`)
	with(`INSERT INTO user_reviews (id, author, subject, application, rating, body, status, created)
		SELECT printf('v%014d', i), {:owner},
		CASE WHEN i % 1000 = 1 THEN {:seeker} ELSE printf('u%014d', i) END,
		printf('a%014d', 2 * i), 4, 'Fine', CASE i % 50 WHEN 0 THEN 'hidden' ELSE 'visible' END, ` + day + ` FROM n`)
	return c
}

// plan returns the steps of a statement's plan.
func (c *crowd) plan(t testing.TB, statement string) string {
	t.Helper()
	var steps []struct{ Detail string }
	if err := c.NonconcurrentDB().NewQuery("EXPLAIN QUERY PLAN " + statement).All(&steps); err != nil {
		t.Fatalf("explain %s: %v", statement, err)
	}
	details := make([]string, len(steps))
	for i, step := range steps {
		details[i] = step.Detail
	}
	return strings.Join(details, "\n")
}

func (c *crowd) execute(t testing.TB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := c.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
