package jobalerts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/hooks"
	"jobboard/internal/jobalerts"
	"jobboard/internal/search"
	"jobboard/internal/testapp"
)

// BenchmarkDigests measures one run over 10,000 due daily searches on a board of 20,000 jobs, 1,000 of them new. Half of the searches
// were saved between two of these, so that their windows differ, and a third find nothing new.
func BenchmarkDigests(b *testing.B) {
	const searches, jobs, fresh = 10_000, 20_000, 1_000
	board := testapp.NewBoard(b, hooks.Bind)
	employer, _ := board.Employer("Acme")
	testapp.SeedSeekers(b, board.TestApp, searches, "python")
	publish := func(first, n int) {
		_, err := board.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE c(i) AS (SELECT {:first} UNION ALL SELECT i + 1 FROM c WHERE i < {:last})
			INSERT INTO jobs (id, employer, title, description, workplace, jobType, skills, status, publishedAt)
			SELECT printf('job%012d', i), {:employer}, printf('%s %s %d', value ->> (i % 7), value ->> (7 + i % 5), i),
				'<p>You will work on our products, with a team.</p>',
				iif(i % 3, 'remote', 'on_site'), iif(i % 4, 'full_time', 'part_time'), json_array('go', 'sql'), 'published',
					strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-' || (i % 999) || ' minutes')
			FROM c, (SELECT
				'["Go","Java","Senior","Junior","Night","Lead","Python","developer","baker","nurse","teacher","welder"]' AS value)`).
			Bind(dbx.Params{"first": first, "last": first + n - 1, "employer": employer.Id}).Execute()
		if err != nil {
			b.Fatal(err)
		}
	}
	save := func(first, n int) {
		_, err := board.NonconcurrentDB().NewQuery(`
			WITH RECURSIVE c(i) AS (SELECT {:first} UNION ALL SELECT i + 1 FROM c WHERE i < {:last})
			INSERT INTO saved_searches (id, seeker, name, frequency, created, query)
			SELECT printf('search%09d', i), printf('python%010d', i), 'Mine', 'daily', {:created}, CASE i % 6
				WHEN 0 THEN '{"q":"developer"}' WHEN 1 THEN '{"q":"senior nurse","workplace":["remote"]}'
				WHEN 2 THEN '{"skills":["sql"],"jobType":"part_time"}'
				WHEN 3 THEN '{"q":"\"night baker\""}' WHEN 4 THEN '{"q":"astronaut"}'
				ELSE '{"q":"teacher","location":"Berlin"}' END FROM c`).
			Bind(dbx.Params{"first": first, "last": first + n - 1, "created": testapp.Ago(25 * time.Hour)}).Execute()
		if err != nil {
			b.Fatal(err)
		}
	}
	publish(1, jobs-fresh)
	save(1, searches/2)
	for i := range fresh {
		publish(jobs-fresh+1+i, 1)
		save(searches/2+1+i*(searches/2/fresh), searches/2/fresh)
	}
	now := time.Now()
	for tries := 0; ; tries++ { // opens the search index, which takes its time
		err := jobalerts.SendDigests(board.TestApp, now)
		if err == nil {
			break
		}
		if !errors.Is(err, search.ErrBehind) || tries == 600 {
			b.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	for b.Loop() {
		now = now.Add(24 * time.Hour)
		if err := jobalerts.SendDigests(board.TestApp, now); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		notified := len(testapp.NotifiedUsers(b, board.TestApp, "job_digest"))
		if notified < searches/2 || notified > searches {
			b.Fatalf("%d digests", notified)
		}
		b.ReportMetric(float64(notified), "digests")
		_, err := board.NonconcurrentDB().NewQuery("DELETE FROM notifications").Execute()
		if err != nil {
			b.Fatal(err)
		}
		for i := range fresh { // new again
			_, err := board.NonconcurrentDB().NewQuery("INSERT INTO publications (job) VALUES (printf('job%012d', {:i}))").
				Bind(dbx.Params{"i": jobs - i}).Execute()
			if err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/searches*1e6, "µs/search")
}
