package match

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// Crowd is people for whom many jobs are weighed, in memory: each job for those who look for something like it.
type Crowd struct {
	wishes []Wish
	byTerm map[string][]int // places in wishes, by what they look for
	name   names
}

// NewCrowd reads the wishes of the active job seekers among some users.
func NewCrowd(app core.App, users []string) (*Crowd, error) {
	wishes, err := loadWishes(app, ofUsers, users)
	if err != nil {
		return nil, err
	}
	crowd := &Crowd{wishes: wishes, byTerm: map[string][]int{}}
	at := make(map[string]int, len(wishes))
	var interests []string
	for i, wish := range wishes {
		at[wish.User] = i
		interests = append(interests, wish.Interests...)
	}
	slices.Sort(interests)
	if crowd.name, err = loadNames(app, slices.Compact(interests)); err != nil {
		return nil, err
	}
	list, err := json.Marshal(users)
	if err != nil {
		return nil, fmt.Errorf("encode user ids: %w", err)
	}
	var rows []struct{ Term, Seeker string }
	err = app.DB().NewQuery(`SELECT t.term, t.seeker FROM json_each({:ids}) wanted
		CROSS JOIN {{seeker_terms}} t INDEXED BY [[idx_seeker_terms_seeker]] ON t.seeker = wanted.value`).
		Bind(map[string]any{"ids": string(list)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read what %d people look for: %w", len(users), err)
	}
	for _, row := range rows {
		if i, active := at[row.Seeker]; active {
			crowd.byTerm[row.Term] = append(crowd.byTerm[row.Term], i)
		}
	}
	return crowd, nil
}

// Users returns who is in the crowd.
func (c *Crowd) Users() []string {
	users := make([]string, len(c.wishes))
	for i, wish := range c.wishes {
		users[i] = wish.User
	}
	return users
}

// Weigh returns those whom a job fits, in the order of their ids.
func (c *Crowd) Weigh(job Job) []Hit {
	var found []int
	for _, term := range jobTerms(job) {
		found = append(found, c.byTerm[term]...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	hits := best(found, func(i int) (string, Score) { return c.wishes[i].User, score(job, c.wishes[i], c.name) })
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(a.ID, b.ID) })
	return hits
}

// PublishedJobs reads the published jobs among ids, in their order.
func PublishedJobs(app core.App, ids []string) ([]Job, error) { return loadJobs(app, ids) }
