package search

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// statements are the questions that come with every search or every change. To compile them would take longer than to
// answer them, so they are prepared.
type statements struct {
	lastSeq *sql.Stmt // the number of the last entry of a log

	// only for the follower, since a query keeps its parameters
	entries *dbx.Query // of the log, after {:seq}, at most {:limit}
	changed *dbx.Query // what the documents of the records {:ids}, a JSON array, are made of
}

func prepare(app core.App, kind *Kind) (*statements, error) {
	db, ok := app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return nil, errors.New("a search index can't be opened inside a transaction")
	}
	// the sequence keeps its height when rows are removed
	height, err := db.DB().Prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)")
	if err != nil {
		return nil, fmt.Errorf("prepare to read the search log: %w", err)
	}
	s := &statements{
		lastSeq: height,
		entries: db.NewQuery("SELECT seq, record FROM " + kind.log + " WHERE seq > {:seq} ORDER BY seq LIMIT {:limit}").Prepare(),
		changed: db.NewQuery(kind.query + "r.id IN (SELECT value FROM json_each({:ids}))").Prepare(),
	}
	if err := errors.Join(s.entries.LastError, s.changed.LastError); err != nil {
		return nil, fmt.Errorf("prepare to follow the search log: %w", errors.Join(err, s.close()))
	}
	return s, nil
}

func (s *statements) close() error {
	return errors.Join(s.lastSeq.Close(), s.entries.Close(), s.changed.Close())
}
