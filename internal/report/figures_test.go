package report

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// The slow computations follow the sentences of definitions.go over plain values. They share nothing with the SQL.

type slowFigures map[string]float64 // math.NaN() for what is unknown

func (p Period) has(moment time.Time) bool {
	return !moment.IsZero() && !moment.Before(p.From) && moment.Before(p.End)
}

func slowMedian(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

func ratio(part, whole float64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return part / whole
}

func anyOf(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

func (b *board) jobNamed(id string) *job {
	return b.jobs[slices.IndexFunc(b.jobs, func(j *job) bool { return j.id == id })]
}

func (f Filters) keepsJob(j *job) bool {
	return anyOf(f.Employer, j.employer) && anyOf(f.Industry, j.industry) && anyOf(f.JobType, j.jobType)
}

func (a *application) firstAnswer() (time.Time, bool) {
	for _, e := range a.events {
		if e.to != workflow.Submitted && e.to != workflow.Withdrawn {
			return e.at, true
		}
	}
	return time.Time{}, false
}

func (a *application) hiredAt() (time.Time, bool) {
	for _, e := range a.events {
		if e.to == workflow.Hired {
			return e.at, true
		}
	}
	return time.Time{}, false
}

func (b *board) cohort(p Period, f Filters) []*application {
	var kept []*application
	for _, a := range b.applications {
		if p.has(a.submitted) && anyOf(f.Status, a.status) && f.keepsJob(b.jobNamed(a.job)) {
			kept = append(kept, a)
		}
	}
	return kept
}

func (b *board) slowApplications(p Period, f Filters) slowFigures {
	cohort := b.cohort(p, f)
	figures := slowFigures{"submitted": float64(len(cohort)), "answered": 0, "hired": 0, "rejected": 0, "withdrawn": 0, "open": 0}
	var answers, hires []float64
	for _, a := range cohort {
		if answered, ok := a.firstAnswer(); ok {
			figures["answered"]++
			answers = append(answers, answered.Sub(a.submitted).Hours())
		}
		switch a.status {
		case workflow.Hired:
			figures["hired"]++
			hired, _ := a.hiredAt()
			hires = append(hires, hired.Sub(a.submitted).Hours()/24)
		case workflow.Rejected:
			figures["rejected"]++
		case workflow.Withdrawn:
			figures["withdrawn"]++
		default:
			figures["open"]++
		}
	}
	figures["answerRate"] = ratio(figures["answered"], figures["submitted"])
	figures["hireRate"] = ratio(figures["hired"], figures["submitted"])
	figures["hoursToFirstAnswer"] = slowMedian(answers)
	figures["daysToHire"] = slowMedian(hires)
	return figures
}

// furthest returns the furthest stage in the funnel that an application reached.
func (a *application) furthest() int {
	place := 0
	for _, e := range a.events {
		place = max(place, slices.Index(funnel, e.to))
	}
	return place
}

// hoursIn returns the total time that an application was in a stage, over all visits that have ended.
func (a *application) hoursIn(stage string) (hours float64, left bool) {
	for i, e := range a.events {
		if e.from == stage {
			hours += e.at.Sub(a.events[i-1].at).Hours()
			left = true
		}
	}
	return hours, left
}

func TestFunnelAndStagesEqualTheSlowComputation(t *testing.T) {
	t.Parallel()
	b := randomBoard(5)
	app := b.stored(t)
	for i, filters := range filtersFor(Applications, b)[:2] {
		for k, period := range periods(b) {
			name := fmt.Sprintf("filters %d, period %d", i, k)
			request := Request{Kind: Applications, Format: PDF, From: period.From, To: period.End.Add(-time.Millisecond), Filters: filters}
			result, err := Compute(context.Background(), app, request)
			if err != nil {
				t.Fatal(err)
			}
			chart := result.Charts[slices.IndexFunc(result.Charts, func(c Chart) bool { return c.Key == "funnel" })]
			sheet := readSheet(t, app, request)
			cohort := b.cohort(period, filters)
			for place, stage := range funnel {
				reached := 0.0
				var times []float64
				for _, a := range cohort {
					if a.furthest() >= place {
						reached++
					}
					if hours, left := a.hoursIn(stage); left {
						times = append(times, hours)
					}
				}
				if got := chart.Series[0].Values[place]; got != reached {
					t.Errorf("%s: %v came to %s, slowly computed %v", name, got, stage, reached)
				}
				if stage != workflow.Hired {
					sameNumbers(t, name+": the hours in "+stage, sheet.numbers("hoursIn_"+stage, all), times)
				}
			}
		}
	}
}

// sameNumbers compares two lists, regardless of order, to the six decimals of a CSV.
func sameNumbers(t *testing.T, name string, got, want []float64) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 2e-6 }) {
		t.Errorf("%s are %v, slowly computed %v", name, got, want)
	}
}

func (b *board) slowPerformance(p Period, f Filters) slowFigures {
	figures := b.slowApplications(p, f)
	figures["received"] = figures["submitted"]
	employers := map[string]bool{}
	for _, a := range b.cohort(p, f) {
		employers[b.jobNamed(a.job).employer] = true
	}
	figures["employers"] = float64(len(employers))
	for _, key := range []string{"submitted", "rejected", "withdrawn", "open", "hireRate"} {
		delete(figures, key)
	}
	notifications, read, mailed, searches := 0.0, 0.0, 0.0, 0.0
	for _, n := range b.notifications {
		if p.has(n.created) {
			notifications++
			if !n.readAt.IsZero() {
				read++
			}
			if n.mail == "sent" {
				mailed++
			}
		}
	}
	for _, s := range b.savedSearches {
		if p.has(s.at) {
			searches++
		}
	}
	maps.Copy(figures, slowFigures{"notifications": notifications, "notificationsRead": ratio(read, notifications), "mailsSent": mailed,
		"savedSearches": searches})
	return figures
}

func (b *board) firstHire(j *job) (first time.Time) {
	for _, a := range b.applications {
		if hired, ok := a.hiredAt(); ok && a.job == j.id && (first.IsZero() || hired.Before(first)) {
			first = hired
		}
	}
	return first
}

func (b *board) slowJobs(p Period, f Filters) slowFigures {
	figures := slowFigures{"posted": 0, "published": 0, "closed": 0, "expired": 0, "open": 0, "withoutApplications": 0, "filled": 0}
	applications := 0.0
	var fills []float64
	for _, j := range b.jobs {
		if !f.keepsJob(j) || !anyOf(f.Status, j.status) {
			continue
		}
		if p.has(j.created) {
			figures["posted"]++
		}
		if p.has(j.published) {
			figures["published"]++
			mine := 0.0
			for _, a := range b.applications {
				if a.job == j.id {
					mine++
				}
			}
			applications += mine
			if mine == 0 {
				figures["withoutApplications"]++
			}
		}
		ended := j.closed
		if j.status == workflow.Expired && ended.IsZero() {
			ended = j.deadline
		}
		if (j.status == workflow.Closed || j.status == workflow.Expired) && p.has(ended) {
			figures[j.status]++
		}
		if j.status == workflow.Published {
			figures["open"]++
		}
		if hired := b.firstHire(j); p.has(hired) {
			figures["filled"]++
			if !j.published.IsZero() && !hired.Before(j.published) {
				fills = append(fills, hired.Sub(j.published).Hours()/24)
			}
		}
	}
	figures["applicationsPerJob"] = ratio(applications, figures["published"])
	figures["daysToFill"] = slowMedian(fills)
	return figures
}

func (b *board) wasActive(u *user, p Period) bool {
	for _, a := range b.applications {
		if a.seeker == u.id && p.has(a.submitted) {
			return true
		}
		for _, e := range a.events {
			if e.actor == u.id && p.has(e.at) {
				return true
			}
		}
	}
	for _, j := range b.jobs {
		for _, e := range b.employers {
			if e.id == j.employer && e.owner == u.id && p.has(j.created) {
				return true
			}
		}
	}
	for _, s := range append(slices.Clone(b.savedJobs), b.savedSearches...) {
		if s.user == u.id && p.has(s.at) {
			return true
		}
	}
	return slices.ContainsFunc(b.notifications, func(n *notification) bool { return n.user == u.id && p.has(n.readAt) })
}

func (b *board) keepsPerson(u *user, f Filters) bool {
	if !anyOf(f.Role, u.role) || !anyOf(f.Status, map[bool]string{true: activeUser, false: deactivatedUser}[u.gone.IsZero()]) {
		return false
	}
	if !f.byJob() {
		return true
	}
	for _, a := range b.applications {
		if a.seeker == u.id && f.keepsJob(b.jobNamed(a.job)) {
			return true
		}
	}
	for _, e := range b.employers {
		has := len(f.Industry)+len(f.JobType) == 0 && slices.Contains(f.Employer, e.id)
		has = has || slices.ContainsFunc(b.jobs, func(j *job) bool { return j.employer == e.id && f.keepsJob(j) })
		if has && (e.owner == u.id || slices.Contains(e.members, u.id)) {
			return true
		}
	}
	return false
}

func (b *board) slowUsers(p Period, f Filters) slowFigures {
	figures := slowFigures{"registered": 0, "jobSeekers": 0, "employers": 0, "admins": 0, "total": 0, "active": 0, "deactivated": 0}
	complete := 0.0
	for _, u := range b.users {
		if !b.keepsPerson(u, f) || !u.created.Before(p.End) {
			continue
		}
		figures["total"]++
		if p.has(u.created) {
			figures["registered"]++
			figures[map[string]string{collections.RoleJobSeeker: "jobSeekers", collections.RoleEmployer: "employers",
				collections.RoleAdmin: "admins"}[u.role]]++
			if u.role == collections.RoleJobSeeker {
				for _, item := range u.items {
					if item {
						complete += 0.1
					}
				}
			}
		}
		if p.has(u.gone) {
			figures["deactivated"]++
		}
		if b.wasActive(u, p) {
			figures["active"]++
		}
	}
	figures["completeness"] = ratio(complete, figures["jobSeekers"])
	return figures
}

func (b *board) slow(kind string, p Period, f Filters) slowFigures {
	return map[string]func(Period, Filters) slowFigures{
		Jobs: b.slowJobs, Users: b.slowUsers, Applications: b.slowApplications, Performance: b.slowPerformance,
	}[kind](p, f)
}

// periods are whole months, single days, edges on stored moments, everything, and nothing.
func periods(b *board) []Period {
	exact := b.applications[7].submitted
	return []Period{
		NewPeriod(newYear, newYear.AddDate(0, 3, 0).Add(-time.Millisecond), time.Time{}),
		NewPeriod(newYear.AddDate(0, 2, 4), newYear.AddDate(0, 2, 5).Add(-time.Millisecond), time.Time{}),
		NewPeriod(exact, exact, time.Time{}),
		NewPeriod(exact.Add(time.Millisecond), newYear.AddDate(9, 0, 0), time.Time{}),
		NewPeriod(time.Time{}, newYear.AddDate(9, 0, 0), time.Time{}),
		NewPeriod(newYear.AddDate(-3, 0, 0), newYear.AddDate(-2, 0, 0), time.Time{}),
	}
}

func filtersFor(kind string, b *board) []Filters {
	list := []Filters{
		{},
		{Employer: []string{b.employers[1].id, b.employers[2].id}},
		{Industry: []string{"industrycare000"}, JobType: []string{"full_time", "contract"}},
		{Employer: []string{b.employers[3].id}, JobType: []string{"internship"}},
	}
	switch kind {
	case Jobs:
		return append(list, Filters{Status: []string{workflow.Closed, workflow.Published}})
	case Users:
		return append(list, Filters{Status: []string{activeUser}}, Filters{Status: []string{deactivatedUser}, Role: []string{"job_seeker"}},
			Filters{Status: []string{activeUser, deactivatedUser}, Role: []string{"admin", "employer"}})
	}
	return append(list, Filters{Status: []string{workflow.Hired, workflow.Rejected}})
}

func TestFiguresEqualTheSlowComputation(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		b := randomBoard(seed)
		app := b.stored(t)
		for _, kind := range collections.ReportKinds() {
			for i, filters := range filtersFor(kind, b) {
				for k, period := range periods(b) {
					result, err := Compute(context.Background(), app,
						Request{Kind: kind, Format: PDF, From: period.From, To: period.End.Add(-time.Millisecond), Filters: filters})
					if err != nil {
						t.Fatal(err)
					}
					name := fmt.Sprintf("seed %d, %s, filters %d, period %d", seed, kind, i, k)
					compare(t, name, result.Figures, b.slow(kind, period, filters))
				}
			}
		}
	}
}

func compare(t *testing.T, name string, got []Figure, want slowFigures) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d figures, the slow computation has %d", name, len(got), len(want))
	}
	for _, figure := range got {
		slow, ok := want[figure.Key]
		switch {
		case !ok:
			t.Errorf("%s: %s has no slow computation", name, figure.Key)
		case figure.Known == math.IsNaN(slow):
			t.Errorf("%s: %s is known: %v, slowly computed %v", name, figure.Key, figure.Known, slow)
		case figure.Known && math.Abs(figure.Value-slow) > 1e-6:
			t.Errorf("%s: %s = %v, slowly computed %v", name, figure.Key, figure.Value, slow)
		}
	}
}

// With an empty random board every comparison above would hold.
func TestRandomBoardsHaveSomethingOfEverything(t *testing.T) {
	t.Parallel()
	b := randomBoard(0)
	for _, kind := range collections.ReportKinds() {
		for key, value := range b.slow(kind, NewPeriod(newYear, newYear.AddDate(0, 9, 0), time.Time{}), Filters{}) {
			if value == 0 || math.IsNaN(value) {
				t.Errorf("%s.%s = %v on the random board", kind, key, value)
			}
		}
	}
}
