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
	"jobboard/internal/search/engine"
)

// How an index stands, in search_states.
const (
	stateReady    = "ready"
	stateBuilding = "building"
)

const sqlNow = "strftime('%Y-%m-%d %H:%M:%fZ')"

// state is what the admin UI shows of an index.
type state struct {
	Documents int    `db:"documents"`
	Lag       int64  `db:"lag"`
	Bytes     int64  `db:"bytes"`
	State     string `db:"state"`
	Problem   string `db:"problem"`
}

// Standing is how an index stands.
func (ix *Index) currentState() (state, error) {
	last, err := ix.lastSeq()
	if err != nil {
		return state{}, err
	}
	stats := ix.engine.Stats()
	s := state{Documents: stats.Documents, Lag: max(0, last-ix.engine.Seq()), Bytes: stats.Bytes, State: stateReady}
	if err := ix.engine.WriteError(); err != nil {
		s.Problem = err.Error()
	}
	if err := ix.engine.RebuildReason(); err != nil {
		s.State, s.Problem = stateBuilding, err.Error()
	}
	return s, nil
}

// write saves the state of a kind.
func (s state) write(app core.App, kind *Kind) error {
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO ` + collections.SearchStates + ` (kind, documents, lag, bytes, state, problem, asked, built, created, updated)
		VALUES ({:kind}, {:documents}, {:lag}, {:bytes}, {:state}, {:problem}, '', '', ` + sqlNow + `, ` + sqlNow + `)
		ON CONFLICT (kind) DO UPDATE SET documents = excluded.documents, lag = excluded.lag, bytes = excluded.bytes,
		state = excluded.state, problem = excluded.problem, updated = excluded.updated`).Bind(dbx.Params{
		"kind": kind.table, "documents": s.Documents, "lag": s.Lag, "bytes": s.Bytes, "state": s.State, "problem": s.Problem}).Execute()
	if err != nil {
		return fmt.Errorf("write how the search index stands: %w", err)
	}
	return nil
}

// request asks for a rebuild, in words of its own so that a second one is another one.
func requestRebuild(app core.App, kind *Kind) (string, error) {
	request := time.Now().UTC().Format(time.RFC3339Nano)
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO ` + collections.SearchStates + ` (kind, asked, created, updated)
		VALUES ({:kind}, {:asked}, ` + sqlNow + `, ` + sqlNow + `)
		ON CONFLICT (kind) DO UPDATE SET asked = excluded.asked`).Bind(dbx.Params{"kind": kind.table, "asked": request}).Execute()
	if err != nil {
		return "", fmt.Errorf("ask for a new search index: %w", err)
	}
	return request, nil
}

// requested returns the request that is still to be answered, or "".
func rebuildRequest(app core.App, kind *Kind) (request string, err error) {
	err = app.DB().NewQuery("SELECT asked FROM " + collections.SearchStates + " WHERE kind = {:kind} AND asked != built").
		Bind(dbx.Params{"kind": kind.table}).Row(&request)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for requests to the search index: %w", err)
	}
	return request, nil
}

// requested returns the request that this index is to answer, or "": only the one in the data folder is.
func (ix *Index) rebuildRequest() (string, error) {
	if !ix.owner.Load() {
		return "", nil
	}
	return rebuildRequest(ix.app, ix.kind)
}

// answer notes which request a saved index answers.
func markAnswered(app core.App, kind *Kind, request string) error {
	_, err := app.NonconcurrentDB().NewQuery("UPDATE " + collections.SearchStates + " SET built = {:asked} WHERE kind = {:kind}").
		Bind(dbx.Params{"kind": kind.table, "asked": request}).Execute()
	if err != nil {
		return fmt.Errorf("note that the search index is new: %w", err)
	}
	return nil
}

// Rebuilt tells of an index that Reindex had built anew.
type Rebuilt struct {
	Kind      string
	Documents int
	Bytes     int64
	Took      time.Duration
	ByServer  bool // by the process that serves the board, not by this one
}

// Reindex has all indexes built anew, and tells of each once it is saved. Where a running server has them open, the
// server does it, and searches go on meanwhile.
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
			// again and again, since the server may end before it is done
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
			return fmt.Errorf("read how the search index stands: %w", err)
		}
		report(Rebuilt{Kind: kind.table, Documents: s.Documents, Bytes: s.Bytes, Took: time.Since(began), ByServer: byServer})
	}
	return nil
}
