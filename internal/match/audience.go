package match

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// Audience holds the preferences of many seekers in memory, to match many jobs with them.
type Audience struct {
	preferences []Preferences
	byTerm      map[string][]int // indexes into preferences, by what the seekers look for
	name        names
}

// NewAudience reads the preferences of the active job seekers among some users.
func NewAudience(app core.App, users []string) (*Audience, error) {
	preferences, err := loadPreferences(app, ofUsers, users)
	if err != nil {
		return nil, err
	}
	audience := &Audience{preferences: preferences, byTerm: map[string][]int{}}
	at := make(map[string]int, len(preferences))
	var interests []string
	for i, prefs := range preferences {
		at[prefs.User] = i
		interests = append(interests, prefs.Interests...)
	}
	slices.Sort(interests)
	if audience.name, err = loadNames(app, slices.Compact(interests)); err != nil {
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
			audience.byTerm[row.Term] = append(audience.byTerm[row.Term], i)
		}
	}
	return audience, nil
}

// Users returns the ids of the seekers in the audience.
func (a *Audience) Users() []string {
	users := make([]string, len(a.preferences))
	for i, prefs := range a.preferences {
		users[i] = prefs.User
	}
	return users
}

// Matches returns the seekers whom a job fits, in the order of their ids.
func (a *Audience) Matches(job Job) []Hit {
	var found []int
	for _, term := range jobTerms(job) {
		found = append(found, a.byTerm[term]...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	hits := rank(found, func(i int) (string, Score) { return a.preferences[i].User, score(job, a.preferences[i], a.name) })
	slices.SortFunc(hits, func(x, y Hit) int { return cmp.Compare(x.ID, y.ID) })
	return hits
}

// PublishedJobs reads the published jobs among ids, in their order.
func PublishedJobs(app core.App, ids []string) ([]Job, error) { return loadJobs(app, ids) }
