package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"jobboard/internal/benchboard"
)

// class is one kind of request.
type class struct {
	name, who string
	request   func(i int) benchboard.Request // the i-th; i goes on from round to round
	sql       func(i int) error              // the same reads and writes without the board, or nil
	next      atomic.Int64
	result    result
}

// who sends a request.
const (
	guest    = "guest"
	seeker   = "seeker"
	employer = "employer"
	admin    = "admin"
)

// classes returns all that is measured except for realtime.
func (s *scene) classes() []*class {
	var list []*class
	add := func(name, who string, sql func(i int) error, request func(i int) benchboard.Request) {
		list = append(list, &class{name: name, who: who, sql: sql, request: request})
	}
	get := func(name, who string, sql func(i int) error, path func(i int) string) {
		token := s.tokenOf(who)
		add(name, who, sql, func(i int) benchboard.Request { return benchboard.Request{Path: path(i), Token: token} })
	}
	s.addReads(get)
	s.addSearches(get)
	s.addOwn(get)
	s.addWrites(add)
	s.addLogin(add)
	return list
}

type addGet = func(name, who string, sql func(i int) error, path func(i int) string)
type addAny = func(name, who string, sql func(i int) error, request func(i int) benchboard.Request)

// spread returns a published job; those of neighbouring i are far apart.
func (s *scene) spread(i int) string { return s.published[i*7919%len(s.published)] }

const records = "/api/collections/%s/records"

func (s *scene) addReads(get addGet) {
	get("health", guest, nil, func(int) string { return "/api/health" })
	for _, who := range []string{guest, seeker, employer, admin} {
		get("one job, REST", who, s.sql.oneJob, func(i int) string { return "/api/jobs/" + s.spread(i) + "/" })
		get("one job, SDK", who, s.sql.oneJob, func(i int) string {
			return fmt.Sprintf(records, "jobs") + "/" + s.spread(i) + "?expand=employer"
		})
	}
	for _, who := range []string{guest, seeker, employer, admin} {
		get("newest jobs, REST", who, s.sql.newestJobs, func(int) string { return "/api/jobs/?perPage=20" })
		get("newest jobs, SDK", who, s.sql.newestJobs, func(int) string {
			return fmt.Sprintf(records, "jobs") + "?" + url.Values{"sort": {"-publishedAt"}, "perPage": {"20"}, "expand": {"employer"},
				"filter": {"status = 'published'"}, "skipTotal": {"1"}}.Encode()
		})
	}
}

func (s *scene) addSearches(get addGet) {
	search := func(query string) string { return "/api/jobs/search/?perPage=20&" + query }
	rare := func(i int) string { return search("q=" + s.rare[i%len(s.rare)]) }
	field := func(i int) string { return search("jobType=contract&industry=" + s.industry[i%len(s.industry)]) }
	fixed := func(query string) func(int) string { return func(int) string { return search(query) } }
	common, two := fixed("q=experience"), fixed("q=python+manager")
	facets := fixed("q=manager&facets=industry,jobType,workplace,experienceLevel")
	near := func(i int) string {
		city := s.corpus.Places[i%len(s.corpus.Places)]
		return search(fmt.Sprintf("q=manager&radius=50&near=%.2f,%.2f", city.Lat, city.Lon))
	}
	kinds := []func(int) string{common, two, rare, field, near, facets, fixed("sort=salary&q=manager"), fixed("q=%22years+of+experience%22")}
	for _, who := range []string{guest, seeker, employer, admin} {
		get("search, mixed", who, s.sql.foundJobs, func(i int) string { return kinds[i%len(kinds)](i / len(kinds)) })
	}
	get("search, a common word", guest, s.sql.foundJobs, common)
	get("search, two words", guest, s.sql.foundJobs, two)
	get("search, a rare word", guest, s.sql.oneJob, rare)
	get("search, industry and job type", guest, s.sql.foundJobs, field)
	get("search, around a city", guest, s.sql.foundJobs, near)
	get("search, four facets", guest, s.sql.foundJobs, facets)
	typed := []string{"pyt", "manag", "senior da", "berl", "acc", "nurse"}
	get("suggest", guest, nil, func(i int) string { return "/api/jobs/suggest/?q=" + url.QueryEscape(typed[i%len(typed)]) })
}

// addOwn adds the reads of what only some may see.
func (s *scene) addOwn(get addGet) {
	me := seekerID(0)
	get("my applications, REST", seeker, s.sql.applicationsOf, func(int) string { return "/api/users/" + me + "/applications/" })
	get("my applications, SDK", seeker, s.sql.applicationsOf, func(int) string {
		return fmt.Sprintf(records, "applications") + "?" + url.Values{"sort": {"-created"}, "perPage": {"30"},
			"expand": {"job,job.employer"}, "filter": {"seeker = '" + me + "'"}}.Encode()
	})
	for _, who := range []string{employer, admin} {
		get("a job's applications, REST", who, s.sql.applicationsTo, func(int) string {
			return "/api/jobs/" + s.busy[0].id + "/applications/"
		})
		get("a job's applications, SDK", who, s.sql.applicationsTo, func(int) string {
			return fmt.Sprintf(records, "applications") + "?" + url.Values{"sort": {"-created"}, "perPage": {"30"},
				"expand": {"seeker"}, "filter": {"job = '" + s.busy[0].id + "'"}}.Encode()
		})
	}
	get("my notifications", seeker, nil, func(int) string { return "/api/users/" + me + "/notifications/" })
	get("file download", seeker, nil, func(int) string { return s.file.path(s) })
}

func (s *scene) addWrites(add addAny) {
	applicant := func(i int) string { return seekerID(readers + i%applicants) }
	// Each pair occurs once, since the number of jobs and the step have no common divisor.
	add("apply, REST", seeker, s.sql.apply, func(i int) benchboard.Request {
		return benchboard.Request{Method: http.MethodPost, Path: "/api/jobs/" + s.spread(i) + "/applications/", Token: s.tokens[applicant(i)],
			Status: http.StatusCreated, Body: benchboard.JSON(map[string]string{"coverLetter": coverLetter})}
	})
	add("apply, SDK", seeker, s.sql.apply, func(i int) benchboard.Request {
		i += len(s.published) / 2
		return benchboard.Request{Method: http.MethodPost, Path: fmt.Sprintf(records, "applications"), Token: s.tokens[applicant(i)],
			Body: benchboard.JSON(map[string]string{"job": s.spread(i), "seeker": applicant(i), "coverLetter": coverLetter})}
	})
	add("change a status, REST", employer, s.sql.changeStatus, func(int) benchboard.Request {
		m := s.nextMove()
		return benchboard.Request{Method: http.MethodPatch, Token: s.tokens[m.job.owner],
			Path: "/api/jobs/" + m.job.id + "/applications/" + m.application + "/status/", Body: m.body()}
	})
	add("change a status, SDK", employer, s.sql.changeStatus, func(int) benchboard.Request {
		m := s.nextMove()
		return benchboard.Request{Method: http.MethodPatch, Token: s.tokens[m.job.owner],
			Path: fmt.Sprintf(records, "applications") + "/" + m.application, Body: m.body()}
	})
	add("create a draft, REST", employer, s.sql.createJob, func(i int) benchboard.Request {
		team := i % teams
		return benchboard.Request{Method: http.MethodPost, Path: "/api/jobs/", Token: s.tokens[benchboard.OwnerID(team)],
			Status: http.StatusCreated, Body: s.draft(team, i)}
	})
	add("mark as read", seeker, s.sql.markRead, func(i int) benchboard.Request {
		n := i % (readers * notified)
		user := seekerID(n / notified)
		return benchboard.Request{Method: http.MethodPatch, Token: s.tokens[user], Path: "/api/users/" + user + "/notifications/" +
			notificationID(n) + "/", Body: benchboard.JSON(map[string]bool{"read": i/(readers*notified)%2 == 0})}
	})
}

// draft returns a new job of a team as JSON.
func (s *scene) draft(team, i int) string {
	return benchboard.JSON(map[string]any{
		"employer": benchboard.EmployerID(team), "title": fmt.Sprint("Senior Engineer ", i), "status": "draft",
		"description": "<p>" + strings.Repeat("You work on what matters with people who care. ", 25) + "</p>",
		"locations":   []string{"Berlin"}, "workplace": "hybrid", "jobType": "full_time", "skills": []string{"go", "sql"},
		"salaryMin": 50_000, "salaryMax": 70_000, "salaryCurrency": "EUR", "salaryPeriod": "year",
	})
}

// move is a change of a reader's application.
type move struct {
	application, seeker, to string
	job                     job
}

// nextMove returns a move that is legal. All applications take turns, so that two moves of one never meet.
func (s *scene) nextMove() move {
	i := int(s.moves.Add(1) - 1)
	turn, n := i/(readers*applied), i%(readers*applied)
	reader := n / applied
	return move{
		application: applicationID(n), seeker: seekerID(reader), job: s.pool[(reader*6+n%applied)%len(s.pool)],
		to: []string{"in_review", "rejected"}[turn%2],
	}
}

func (m *move) body() string { return benchboard.JSON(map[string]string{"status": m.to}) }

func (s *scene) addLogin(add addAny) {
	add("login", seeker, nil, func(int) benchboard.Request {
		return benchboard.Request{Method: http.MethodPost, Path: "/api/users/auth/login/",
			Body: benchboard.JSON(map[string]string{"email": registeredEmail, "password": benchboard.Password})}
	})
}
