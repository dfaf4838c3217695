package session

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// revokedSet holds the revoked sessions of an app in memory, by id, with the time when their last token expires.
type revokedSet struct {
	mu      sync.RWMutex
	expires map[string]time.Time
}

const storeKey = "jobboard.revokedSessions"

// of returns the set of an app, or of the app that a transaction belongs to. It is nil if Bind was not called.
func of(app core.App) *revokedSet {
	set, _ := app.Store().Get(storeKey).(*revokedSet)
	return set
}

// has reports whether the session of a token is revoked. It reads the id only if anything is revoked, since decoding the token is the
// expensive part.
func (s *revokedSet) has(token string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.expires) == 0 {
		return false
	}
	_, found := s.expires[ID(token)]
	return found
}

func (s *revokedSet) add(id string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expires[id] = expires
}

func (s *revokedSet) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.expires, id)
}

func (s *revokedSet) forget(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, expires := range s.expires {
		if expires.Before(now) {
			delete(s.expires, id)
		}
	}
}

// load reads what was revoked, instead of what the set holds.
func (s *revokedSet) load(app core.App) error {
	var rows []struct {
		Session string `db:"session"`
		Expires string `db:"expires"`
	}
	if err := app.DB().Select("session", "expires").From(collections.RevokedSessions).All(&rows); err != nil {
		return fmt.Errorf("load the revoked sessions: %w", err)
	}
	all := make(map[string]time.Time, len(rows))
	for _, row := range rows {
		expires, err := types.ParseDateTime(row.Expires)
		if err != nil {
			return fmt.Errorf("read when the session %s expires: %w", row.Session, err)
		}
		all[row.Session] = expires.Time()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expires = all
	return nil
}

func (s *revokedSet) all() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Keys(s.expires))
}
