package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/leadership"
	"jobboard/internal/search/engine"
)

// The states of an index in search_states.
const (
	stateReady    = "ready"
	stateBuilding = "building"
)

const sqlNow = "strftime('%Y-%m-%d %H:%M:%fZ')"

// state is what the admin UI shows about an index.
type state struct {
	Documents int    `db:"documents"`
	Lag       int64  `db:"lag"`
	Bytes     int64  `db:"bytes"`
	State     string `db:"state"`
	Problem   string `db:"problem"`
}

// stateAt returns the state of the index, given the number of the last entry in the log.
func (ix *Index) stateAt(last int64) state {
	stats := ix.engine.Stats()
	s := state{Documents: stats.Documents, Lag: max(0, last-ix.engine.Seq()), Bytes: stats.Bytes, State: stateReady}
	if err := ix.engine.WriteError(); err != nil {
		s.Problem = err.Error()
	}
	if err := ix.engine.RebuildReason(); err != nil {
		s.State, s.Problem = stateBuilding, err.Error()
	}
	return s
}

// Standing is how an index stands.
type Standing struct {
	Kind      string
	Documents float64
	Lag       float64 // changes in the database that are not in the index yet
}

// Standings returns how the board's indexes stand or, in a cluster, those of this node, since search_states is the leader's.
func Standings(app core.App) (all []Standing, err error) {
	if !leadership.Clustered(app) {
		if err := app.DB().Select("kind", "documents", "lag").From(collections.SearchStates).All(&all); err != nil {
			return nil, fmt.Errorf("read how the search indexes stand: %w", err)
		}
		return all, nil
	}
	for _, kind := range Kinds() {
		ix := opened(app, kind)
		if ix == nil {
			continue
		}
		last, err := ix.lastSeq()
		if err != nil {
			return nil, err
		}
		now := ix.stateAt(last)
		all = append(all, Standing{kind.table, float64(now.Documents), float64(now.Lag)})
	}
	return all, nil
}

// write writes the state of a kind's index.
func (s state) write(app core.App, kind *Kind) error {
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO ` + collections.SearchStates + `
		(kind, documents, lag, bytes, state, problem, asked, built, created, updated)
		VALUES ({:kind}, {:documents}, {:lag}, {:bytes}, {:state}, {:problem}, '', '', ` + sqlNow + `, ` + sqlNow + `)
		ON CONFLICT (kind) DO UPDATE SET documents = excluded.documents, lag = excluded.lag, bytes = excluded.bytes,
		state = excluded.state, problem = excluded.problem, updated = excluded.updated`).Bind(dbx.Params{
		"kind": kind.table, "documents": s.Documents, "lag": s.Lag, "bytes": s.Bytes, "state": s.State, "problem": s.Problem}).Execute()
	if err != nil {
		return fmt.Errorf("write the state of the search index: %w", err)
	}
	return nil
}

// requestRebuild requests a rebuild and returns the request, a timestamp that distinguishes it from later ones.
func requestRebuild(app core.App, kind *Kind) (string, error) {
	request := time.Now().UTC().Format(time.RFC3339Nano)
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO ` + collections.SearchStates + ` (kind, asked, created, updated)
		VALUES ({:kind}, {:asked}, ` + sqlNow + `, ` + sqlNow + `)
		ON CONFLICT (kind) DO UPDATE SET asked = excluded.asked`).Bind(dbx.Params{"kind": kind.table, "asked": request}).Execute()
	if err != nil {
		return "", fmt.Errorf("request a new search index: %w", err)
	}
	return request, nil
}

// rebuildRequest returns the pending rebuild request, or "".
func rebuildRequest(app core.App, kind *Kind) (request string, err error) {
	err = app.DB().NewQuery("SELECT asked FROM " + collections.SearchStates + " WHERE kind = {:kind} AND asked != built").
		Bind(dbx.Params{"kind": kind.table}).Row(&request)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the rebuild request: %w", err)
	}
	return request, nil
}

// rebuildRequest returns the pending rebuild request, or "". Only the index in the data folder responds to requests.
func (ix *Index) rebuildRequest() (string, error) {
	if !ix.owner.Load() {
		return "", nil
	}
	return rebuildRequest(ix.app, ix.kind)
}

// markAnswered records that a saved index fulfils a request.
func markAnswered(app core.App, kind *Kind, request string) error {
	_, err := app.NonconcurrentDB().NewQuery("UPDATE " + collections.SearchStates + " SET built = {:asked} WHERE kind = {:kind}").
		Bind(dbx.Params{"kind": kind.table, "asked": request}).Execute()
	if err != nil {
		return fmt.Errorf("record that the search index is rebuilt: %w", err)
	}
	return nil
}

// Rebuilt describes an index that Reindex has rebuilt.
type Rebuilt struct {
	Kind      string
	Documents int
	Bytes     int64
	Took      time.Duration
	ByServer  bool // rebuilt by the server, not by this process
}

// Reindex rebuilds all indexes and calls report for each once it is saved. If a server is running, the server does the work and
// continues to answer searches.
func Reindex(ctx context.Context, app core.App, report func(Rebuilt)) error {
	requests := map[*Kind]string{}
	for _, kind := range Kinds() {
		var err error
		if requests[kind], err = requestRebuild(app, kind); err != nil {
			return err
		}
	}
	began := time.Now()
	for _, kind := range Kinds() {
		byServer := false
		for {
			// in every round, because the server may stop before it has finished
			_, err := open(app, kind, ownIndex)
			if byServer = errors.Is(err, engine.ErrLocked); err != nil && !byServer {
				return err
			}
			pending, err := rebuildRequest(app, kind)
			if err != nil {
				return err
			}
			if pending == "" {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pollInterval):
			}
		}
		var s state
		err := app.DB().NewQuery("SELECT documents, lag, bytes, state, problem FROM " + collections.SearchStates + " WHERE kind = {:kind}").
			Bind(dbx.Params{"kind": kind.table}).One(&s)
		if err != nil {
			return fmt.Errorf("read the state of the search index: %w", err)
		}
		report(Rebuilt{Kind: kind.table, Documents: s.Documents, Bytes: s.Bytes, Took: time.Since(began), ByServer: byServer})
	}
	return nil
}
