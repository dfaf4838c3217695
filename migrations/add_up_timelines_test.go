package migrations_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

const timelinesStep = "1795527800_add_up_timelines.go"

// sumsOf is a row of application_timelines; NaN stands for NULL.
type sumsOf struct {
	answered, latest float64
	sums             [5]float64
}

var stages = []string{"submitted", "in_review", "shortlisted", "interview_scheduled", "offered"}

// addedUp reads the table.
func addedUp(t *testing.T, app core.App) map[string]sumsOf {
	t.Helper()
	rows, err := app.DB().NewQuery(`SELECT application, ifnull(answered, 'NaN'), latest,
		ifnull(sum_submitted, 'NaN'), ifnull(sum_in_review, 'NaN'), ifnull(sum_shortlisted, 'NaN'),
		ifnull(sum_interview_scheduled, 'NaN'), ifnull(sum_offered, 'NaN') FROM application_timelines`).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]sumsOf{}
	for rows.Next() {
		var id string
		var row sumsOf
		h := &row.sums
		if err := rows.Scan(&id, &row.answered, &row.latest, &h[0], &h[1], &h[2], &h[3], &h[4]); err != nil {
			t.Fatal(err)
		}
		all[id] = row
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// slowlyAddedUp walks the timelines of all applications, event by event.
func slowlyAddedUp(t *testing.T, app core.App) map[string]sumsOf {
	t.Helper()
	var events []struct{ Application, From, To, Created string }
	err := app.DB().NewQuery(`SELECT application, "from", "to", created FROM application_events ORDER BY application, created`).
		All(&events)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]sumsOf{}
	for _, e := range events {
		moment, err := time.Parse("2006-01-02 15:04:05.000Z", e.Created)
		if err != nil {
			t.Fatal(err)
		}
		at := float64(moment.UnixMilli()) / 1000
		row, ok := all[e.Application]
		if !ok {
			row = sumsOf{math.NaN(), math.NaN(), [5]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}}
		}
		if math.IsNaN(row.answered) && e.To != "submitted" && e.To != "withdrawn" {
			row.answered = at
		}
		for i, stage := range stages {
			if math.IsNaN(row.sums[i]) && (e.To == stage || e.From == stage) {
				row.sums[i] = 0
			}
			switch stage {
			case e.From:
				row.sums[i] += at
			case e.To:
				row.sums[i] -= at
			}
		}
		row.latest = at
		all[e.Application] = row
	}
	return all
}

func compareSums(t *testing.T, when string, got, want map[string]sumsOf) {
	t.Helper()
	same := func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-3 }
	equal := maps.EqualFunc(got, want, func(a, b sumsOf) bool {
		return same(a.answered, b.answered) && same(a.latest, b.latest) && slices.EqualFunc(a.sums[:], b.sums[:], same)
	})
	if !equal {
		t.Errorf("%s the table has\n%v\nslowly computed\n%v", when, got, want)
	}
}

// timelines is a board whose rows are written by plain SQL.
type timelines struct {
	t     *testing.T
	app   core.App
	rnd   *rand.Rand
	event int
}

func (l *timelines) run(query string, args dbx.Params) {
	l.t.Helper()
	if _, err := l.app.NonconcurrentDB().NewQuery(query).Bind(args).Execute(); err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
}

func (l *timelines) application(id string) {
	l.t.Helper()
	l.run("INSERT INTO applications (id, job, seeker, status) VALUES ({:id}, {:id}, {:id}, 'submitted')", dbx.Params{"id": id})
}

// events writes a timeline of legal moves for an application, in a random order. Some moments are the same in several.
func (l *timelines) events(application string) {
	l.t.Helper()
	var chain []dbx.Params
	from, to, at := "", workflow.Submitted, time.Date(2026, 3, 1+l.rnd.IntN(20), 0, 0, 0, 0, time.UTC)
	for {
		l.event++
		chain = append(chain, dbx.Params{"id": fmt.Sprintf("event%010d", l.event), "application": application, "from": from, "to": to,
			"created": at.Format("2006-01-02 15:04:05.000Z")})
		next := workflow.NextApplicationStatuses(to, []workflow.Party{workflow.EmployerPeople, workflow.Seeker}[l.rnd.IntN(2)])
		if len(next) == 0 || l.rnd.IntN(6) == 0 {
			break
		}
		from, to = to, next[l.rnd.IntN(len(next))]
		at = at.Add(time.Duration(1+l.rnd.IntN(1e9)) * time.Millisecond)
	}
	for _, i := range l.rnd.Perm(len(chain)) {
		l.run(`INSERT INTO application_events (id, application, "from", "to", created)
			VALUES ({:id}, {:application}, {:from}, {:to}, {:created})`, chain[i])
	}
}

// asWithoutTheStep takes away what the step makes.
func (l *timelines) asWithoutTheStep() {
	l.t.Helper()
	var triggers []string
	err := l.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'application_timelines_on_%'").
		Column(&triggers)
	if err != nil || len(triggers) != 3 {
		l.t.Fatalf("the triggers are %v (%v), want 3", triggers, err)
	}
	for _, name := range triggers {
		l.run("DROP TRIGGER "+name, nil)
	}
	l.run("DROP TABLE application_timelines", nil)
}

func (l *timelines) step() {
	l.t.Helper()
	runStep(l.t, l.app, timelinesStep)
}

func newTimelines(t *testing.T) *timelines {
	l := &timelines{t: t, app: testapp.New(t), rnd: rand.New(rand.NewPCG(1, 2))}
	for i := range 60 {
		id := fmt.Sprintf("application%04d", i)
		switch i % 10 {
		case 0: // a copy may be loaded in the order of the tables' names
			l.events(id)
			l.application(id)
		case 1:
			l.application(id) // without events
		case 2:
			l.events(id) // without its application
		default:
			l.application(id)
			l.events(id)
		}
	}
	return l
}

func TestTimelinesAreAddedUpAsEventsAreWritten(t *testing.T) {
	l := newTimelines(t)
	want := slowlyAddedUp(t, l.app)
	if len(want) != 54 {
		t.Fatalf("%d applications have events, want 54", len(want))
	}
	compareSums(t, "after inserts", addedUp(t, l.app), want)

	l.run("UPDATE application_events SET created = strftime('%Y-%m-%d %H:%M:%fZ', created, '+40 hours') WHERE application LIKE '%7'", nil)
	l.run("UPDATE application_events SET note = 'x', actor = 'somebody'", nil)
	l.run("UPDATE application_events SET application = 'application0011' WHERE application = 'application0013'", nil)
	l.run(`DELETE FROM application_events WHERE rowid IN (
		SELECT max(rowid) FROM application_events WHERE "to" = 'submitted' AND application LIKE '%8')`, nil)
	l.run("DELETE FROM application_events WHERE application LIKE '%4'", nil)
	l.run("DELETE FROM applications WHERE id LIKE '%5'", nil) // its events go after it
	l.run("DELETE FROM application_events WHERE application LIKE '%5'", nil)
	l.run(`INSERT OR IGNORE INTO application_events (id, application, "from", "to", created)
		VALUES ('ignored', 'application0016', 'submitted', 'rejected', '2026-01-01 00:00:00.000Z')`, nil)
	got := addedUp(t, l.app)
	if row := got["application0016"]; row.answered != float64(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()) {
		t.Errorf("an event that was inserted or ignored is not counted: %v", row)
	}
	for _, gone := range []string{"application0004", "application0005", "application0013"} {
		if row, ok := got[gone]; ok {
			t.Errorf("%s has the row %v", gone, row)
		}
	}

	l.asWithoutTheStep()
	l.step()
	compareSums(t, "with the step after the events", got, addedUp(t, l.app))
}

func TestTimelinesOfBeforeAreAddedUp(t *testing.T) {
	l := newTimelines(t)
	byTriggers := addedUp(t, l.app)
	l.asWithoutTheStep()
	l.step()
	compareSums(t, "with the step after the events", addedUp(t, l.app), byTriggers)
	l.events("application0001") // the triggers are there again
	compareSums(t, "after another insert", addedUp(t, l.app), slowlyAddedUp(t, l.app))
}

// Deleting an application or its seeker deletes the events one by one, after it.
func TestTimelinesGoWithTheirApplication(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	job := board.Job(employer, "Cook")
	var seekers, applied []*core.Record
	for i := range 3 {
		seeker := board.Seeker(fmt.Sprintf("seeker%d", i))
		application := board.Application(seeker, job)
		board.Update(application, map[string]any{"status": workflow.InReview})
		seekers, applied = append(seekers, seeker), append(applied, application)
	}
	if rows := addedUp(t, board.TestApp); len(rows) != 3 || math.IsNaN(rows[applied[0].Id].sums[1]) {
		t.Fatalf("the table has %v, want 3 rows", rows)
	}
	for _, record := range []*core.Record{applied[0], seekers[1]} {
		if err := board.Delete(record); err != nil {
			t.Fatal(err)
		}
	}
	rows := addedUp(t, board.TestApp)
	if _, ok := rows[applied[2].Id]; !ok || len(rows) != 1 {
		t.Errorf("after deleting an application and a seeker the table has %v, want one row", rows)
	}
	if events, err := board.CountRecords(collections.ApplicationEvents); err != nil || events != 2 {
		t.Errorf("%d events are left (%v), want 2", events, err)
	}
}
