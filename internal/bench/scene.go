package main

import (
	"fmt"
	"regexp"
	"sync/atomic"

	"jobboard/internal/benchboard"
)

// scene is the running board with the tokens and ids that requests have.
type scene struct {
	server    *benchboard.Server
	corpus    *benchboard.Corpus
	sql       *rawSQL
	tokens    map[string]string // by user id
	published []string
	pool      []job // of the readers' applications
	busy      []job
	industry  []string // slugs
	rare      []string // words that few jobs have
	file      file
	moves     atomic.Int64
}

func (s *scene) tokenOf(who string) string {
	return s.tokens[map[string]string{seeker: seekerID(0), employer: s.busy[0].owner, admin: adminID}[who]]
}

// newScene logs everybody in and looks up what requests are about.
func (r *run) newScene(s *benchboard.Server, raw *rawSQL) (*scene, error) {
	c := &scene{server: s, corpus: r.board.Corpus, sql: raw, tokens: map[string]string{}}
	raw.scene = c
	var err error
	if c.pool, err = teamJobs(raw.db); err != nil {
		return nil, err
	}
	if c.busy, err = crowdedJobs(raw.db); err != nil {
		return nil, err
	}
	c.published, err = benchboard.Texts(raw.db, "SELECT id FROM jobs WHERE status = 'published' AND employer >= ? ORDER BY id",
		benchboard.EmployerID(teams+busyJobs))
	if err != nil {
		return nil, err
	}
	if c.industry, err = benchboard.Texts(raw.db, "SELECT slug FROM fields_of_interest WHERE kind = 'industry' ORDER BY slug"); err != nil {
		return nil, err
	}
	texts, err := benchboard.Texts(raw.db,
		"SELECT description FROM jobs WHERE status = 'published' AND description LIKE '%Reference x%' LIMIT 300")
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		c.rare = append(c.rare, regexp.MustCompile(`Reference (x\w+)`).FindStringSubmatch(text)[1])
	}
	if err := c.logIn(); err != nil {
		return nil, err
	}
	if err := register(s); err != nil {
		return nil, err
	}
	return c, c.upload()
}

// logIn gets a token for everybody who sends requests.
func (s *scene) logIn() error {
	users := []string{adminID}
	for i := range readers + applicants {
		users = append(users, seekerID(i))
	}
	for i := range teams + busyJobs {
		users = append(users, benchboard.OwnerID(i))
	}
	for _, user := range users {
		token, err := s.server.TokenOf("users", benchboard.EmailOf(user))
		if err != nil {
			return fmt.Errorf("log in %s: %w", user, err)
		}
		s.tokens[user] = token
	}
	return nil
}
