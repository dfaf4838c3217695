package apikey

import (
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

const (
	maxStored = 10_000      // keys in memory
	maxAge    = time.Minute // after which a key is read again: another process, such as a command, may have changed it
)

// credential is a key as it was last read. It never changes, except for lastUsed.
type credential struct {
	id       string
	hash     string
	employer string // "" for a key of the board
	scopes   []string
	expires  time.Time // zero for never
	read     time.Time
	lastUsed *atomic.Int64 // Unix milliseconds of the use that was last noted
}

// isExpired reports whether the key has expired.
func (c *credential) isExpired() bool { return !c.expires.IsZero() && !time.Now().Before(c.expires) }

// serviceUser returns the user that the key acts as. Every request has its own, since hooks may change it.
func (c *credential) serviceUser(app core.App) (*core.Record, error) {
	serviceUsers, err := app.FindCachedCollectionByNameOrId(collections.ServiceUsers)
	if err != nil {
		return nil, fmt.Errorf("find the collection of service users: %w", err)
	}
	user := core.NewRecord(serviceUsers)
	user.Id = collections.ServiceUserID(c.id)
	user.MarkAsNotNew()
	user.Set("role", collections.RoleEmployer)
	if c.employer == "" {
		user.Set("role", collections.RoleAdmin)
	}
	collections.SetScopes(user, c.scopes)
	return user, nil
}

// store holds the keys that are in use in memory, so that a request costs no query.
type store struct {
	mu      sync.RWMutex
	byID    map[string]*credential
	changes int // so that what was read before a change isn't kept after it
}

// authenticate returns the credential of a key, or nil if the key is malformed, unknown, revoked, expired or its employer is gone.
func (s *store) authenticate(app core.App, key string) (*credential, error) {
	id := idOf(key)
	if id == "" {
		return nil, nil
	}
	found, err := s.find(app, id)
	if found == nil || err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(found.hash), []byte(Hash(key))) != 1 {
		return nil, nil
	}
	return found, nil
}

// find returns the credential with that id, or nil if it can't be used.
func (s *store) find(app core.App, id string) (*credential, error) {
	s.mu.RLock()
	found, changes := s.byID[id], s.changes
	s.mu.RUnlock()
	if found == nil || time.Since(found.read) > maxAge {
		fresh, err := read(app, id)
		if err != nil {
			return nil, err
		}
		found = s.keep(fresh, id, changes)
	}
	if found == nil || found.isExpired() {
		return nil, nil
	}
	return found, nil
}

// keep stores a credential that was read, nil for none, unless something has changed meanwhile.
func (s *store) keep(fresh *credential, id string, changes int) *credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.byID[id]
	if fresh == nil {
		delete(s.byID, id)
		return nil
	}
	if before != nil {
		fresh.lastUsed = before.lastUsed
	}
	if s.changes != changes {
		return fresh // for this request, which began before the change
	}
	if len(s.byID) >= maxStored && before == nil {
		for other := range s.byID { // any one: it is read again when it is used
			delete(s.byID, other)
			break
		}
	}
	s.byID[id] = fresh
	return fresh
}

// forget makes the next use read the key again; "" is for all keys.
func (s *store) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	if id == "" {
		clear(s.byID)
		return
	}
	delete(s.byID, id)
}

// forgetOf makes the next use of the keys of an employer read them again, and reports whether any of them is in use.
func (s *store) forgetOf(employer string) (found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	for id, known := range s.byID {
		if known.employer == employer {
			delete(s.byID, id)
			found = true
		}
	}
	return found
}

// concern reports whether a user may be one of the people of an employer whose keys are in use.
func (s *store) concern(app core.App, user string) bool {
	var employers []string
	err := app.DB().Select("employer").From(collections.EmployerPeople).Where(dbx.HashExp{"user": user}).Column(&employers)
	if err != nil {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, known := range s.byID {
		if slices.Contains(employers, known.employer) {
			return true
		}
	}
	return false
}

// read reads a key from the database. It returns nil if there is none, or if none of its employer's people is active any more.
func read(app core.App, id string) (*credential, error) {
	record, err := app.FindRecordById(collections.APIKeys, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read API key %s: %w", id, err)
	}
	if employerID := record.GetString("employer"); employerID != "" {
		employer, err := app.FindRecordById(collections.Employers, employerID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("find the employer of API key %s: %w", id, err)
		}
		people, err := collections.PeopleOf(app, employer)
		if err != nil || len(people) == 0 {
			return nil, err
		}
	}
	lastUsed := &atomic.Int64{}
	if at := record.GetDateTime("lastUsedAt"); !at.IsZero() {
		lastUsed.Store(at.Time().UnixMilli())
	}
	return &credential{
		id: id, hash: record.GetString("hash"), employer: record.GetString("employer"),
		scopes: record.GetStringSlice("scopes"), expires: record.GetDateTime("expiresAt").Time(), read: time.Now(), lastUsed: lastUsed,
	}, nil
}
