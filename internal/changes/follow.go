package changes

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/leadership"
)

// atOnce is how many changes a follower looks through at once. If more have arrived it reads everything anew instead.
const atOnce = 2_000

// OnChange calls do on a follower for each change of some collections, in order, before requests that wait for the transactions go on.
// Further transactions are applied only after it returns. A node that begins to follow reads everything anew, see OnRefresh.
func OnChange(app core.App, do func(app core.App, change Change), collections ...string) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, collection := range collections {
		s.onChange[collection] = append(s.onChange[collection], do)
	}
}

// OnRefresh calls do on a follower when anything may have changed, and everything that is kept in memory has to be read anew.
func OnRefresh(app core.App, do func(app core.App) error) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRefresh = append(s.onRefresh, do)
}

// follower says how far a follower's memory has been brought up to date.
type follower struct {
	mu    sync.Mutex
	known bool // else everything is to be read anew
	last  int64
	base  base
}

// retryInterval is when a node that could not read what has arrived tries again, if nothing else arrives before.
const retryInterval = time.Second

func (s *state) bindFollowing() {
	leadership.OnApplied(s.app, s.received)
	leadership.OnChange(s.app, func(leading bool) {
		s.led.Store(true)
		s.follower.mu.Lock()
		defer s.follower.mu.Unlock()
		if !leading { // what this process has saved last may be lost
			s.follower.known = false
		}
	})
}

// received brings the memory up to date, and tries again later if that fails.
func (s *state) received() {
	if leadership.Leading(s.app) {
		return
	}
	s.led.Store(false)
	if err := s.receive(); err != nil {
		s.app.Logger().Warn("The latest changes could not be read.", "error", err)
		time.AfterFunc(retryInterval, func() {
			if background.Context(s.app).Err() == nil && !s.led.Load() {
				s.received()
			}
		})
	}
}

// receive brings what this process has in memory up to date with the database.
func (s *state) receive() error {
	f := &s.follower
	f.mu.Lock()
	defer f.mu.Unlock()
	anew := !f.known
	f.known = false
	if err := s.reload(f, anew); err != nil {
		return err
	}
	last, err := Last(s.app) // later ones are read the next time
	if err != nil {
		return err
	}
	var list []Change
	if !anew && last != f.last {
		list, err = Between(s.app, f.last, last, atOnce+1)
		anew = errors.Is(err, ErrGap) || len(list) > atOnce
		if err != nil && !anew {
			return err
		}
	}
	if anew {
		if err := s.refresh(); err != nil {
			return err
		}
	} else {
		s.notify(list)
	}
	f.known, f.last = true, last
	return nil
}

func (s *state) refresh() (err error) {
	s.mu.Lock()
	calls := s.onRefresh
	s.mu.Unlock()
	for _, call := range calls {
		err = errors.Join(err, call(s.app))
	}
	return err
}

func (s *state) notify(list []Change) {
	for _, change := range list {
		collection, err := s.app.FindCachedCollectionByNameOrId(change.Collection)
		if err != nil {
			continue // deleted meanwhile
		}
		s.mu.Lock()
		calls := slices.Clone(s.onChange[collection.Name])
		if collection.IsAuth() {
			calls = append(calls, s.onChange[Accounts]...)
		}
		s.mu.Unlock()
		for _, call := range calls {
			call(s.app, change)
		}
	}
}

// Accounts stands for all collections of accounts in OnChange.
const Accounts = "@accounts"

// base is compared to find whether settings and collections have changed.
type base struct {
	Schema      int64          `db:"schema"`
	Collections string         `db:"collections"`
	Settings    sql.NullString `db:"settings"`
}

// reload reads the settings and the collections anew if they have changed.
func (s *state) reload(f *follower, anyway bool) error {
	var now base
	err := s.app.ConcurrentDB().NewQuery(`SELECT (SELECT schema_version FROM pragma_schema_version) AS schema,
		(SELECT group_concat(id || ' ' || updated) FROM {{_collections}}) AS collections,
		(SELECT value FROM {{_params}} WHERE id = 'settings') AS settings`).One(&now)
	if err != nil {
		return fmt.Errorf("check whether the settings have changed: %w", err)
	}
	before := f.base
	if anyway || now.Schema != before.Schema || now.Collections != before.Collections {
		if err := s.reloadCollections(); err != nil {
			return err
		}
	}
	if (anyway || now.Settings != before.Settings) && now.Settings.Valid {
		if err := s.app.ReloadSettings(); err != nil {
			return fmt.Errorf("read the settings anew: %w", err)
		}
	}
	f.base = now
	return nil
}

// reloadCollections also calls OnSecret for collections whose tokens are signed with another secret now.
func (s *state) reloadCollections() error {
	before, _ := s.app.Store().Get(core.StoreKeyCachedCollections).([]*core.Collection)
	if err := s.app.ReloadCachedCollections(); err != nil {
		return fmt.Errorf("read the collections anew: %w", err)
	}
	s.mu.Lock()
	calls := s.onSecret
	s.mu.Unlock()
	for _, old := range before {
		if !old.IsAuth() {
			continue
		}
		fresh, err := s.app.FindCachedCollectionByNameOrId(old.Id)
		if err == nil && fresh.IsAuth() && fresh.AuthToken.Secret == old.AuthToken.Secret {
			continue
		}
		for _, call := range calls {
			call(old)
		}
	}
	return nil
}

// OnSecret calls do on a follower when all tokens of a collection's accounts have become invalid.
func OnSecret(app core.App, do func(accounts *core.Collection)) {
	s := of(app)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onSecret = append(s.onSecret, do)
}

// Current returns the record of a change as it is now, or sql.ErrNoRows.
func Current(app core.App, change Change) (*core.Record, error) {
	collection, err := app.FindCachedCollectionByNameOrId(change.Collection)
	if err != nil {
		return nil, fmt.Errorf("find the collection of a change: %w", err)
	}
	record := &core.Record{}
	err = app.RecordQuery(collection).AndWhere(dbx.HashExp{"id": change.Record}).Limit(1).One(record)
	if err != nil {
		return nil, fmt.Errorf("read the record of a change: %w", err)
	}
	return record, nil
}
