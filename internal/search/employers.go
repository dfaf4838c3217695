package search

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search/engine"
	"jobboard/internal/search/meaning"
	"jobboard/internal/workflow"
)

// employerNames knows the employers that have, or have had, published jobs, by name. It follows the index of jobs: every changed
// job brings the name of its employer.
type employerNames struct {
	mu     sync.RWMutex
	byKey  map[string]employerName // by meaning.NameKey
	words  map[string]int          // by the first word of the keys: the words of the longest
	loaded bool
}

type employerName struct {
	name string
	ids  []string
}

// load reads the names from the database, once.
func (n *employerNames) load(app core.App) error {
	n.mu.RLock()
	loaded := n.loaded
	n.mu.RUnlock()
	if loaded {
		return nil
	}
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	err := app.DB().NewQuery(`SELECT e.id, e.name FROM employers e
		WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.employer = e.id AND j.status = '` + workflow.Published + `')`).All(&rows)
	if err != nil {
		return fmt.Errorf("read the names of employers: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, row := range rows {
		n.add(row.ID, row.Name)
	}
	n.loaded = true
	return nil
}

// addAll adds the employers of published jobs.
func (n *employerNames) addAll(jobs []engine.Document) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range jobs {
		if ids := jobs[i].Values["employer"]; len(ids) == 1 && slices.Contains(jobs[i].Values["status"], workflow.Published) {
			n.add(ids[0], jobs[i].Company)
		}
	}
}

func (n *employerNames) add(id, name string) {
	key := meaning.NameKey(name)
	known := n.byKey[key]
	if key == "" || slices.Contains(known.ids, id) {
		return
	}
	if n.byKey == nil {
		n.byKey, n.words = map[string]employerName{}, map[string]int{}
	}
	first, _, _ := strings.Cut(key, " ")
	n.words[first] = max(n.words[first], 1+strings.Count(key, " "))
	known.name = name
	known.ids = append(slices.Clip(known.ids), id) // readers may hold the old list
	n.byKey[key] = known
}

// longest returns how many words the longest name has that begins with a word.
func (n *employerNames) longest(first string) int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.words[first]
}

// find returns the ids of the employers with a name, and the name.
func (n *employerNames) find(key string) (ids []string, name string) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	known := n.byKey[key]
	return known.ids, known.name
}
