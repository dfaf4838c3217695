package search

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// statements are the prepared statements that run with every search or every change. Compiling them would take longer than
// running them.
type statements struct {
	lastSeq *sql.Stmt // the number of the last entry of a log

	// only for the follower, because a query holds its parameters
	entries *dbx.Query // the log entries after {:seq}, at most {:limit}
	changed *dbx.Query // the data of the documents of the records {:ids}, a JSON array
}

func prepare(app core.App, kind *Kind) (*statements, error) {
	db, ok := app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return nil, errors.New("a search index can't be opened inside a transaction")
	}
	// the sequence keeps its value when rows are deleted
	lastSeq, err := db.DB().Prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)")
	if err != nil {
		return nil, fmt.Errorf("prepare to read the search log: %w", err)
	}
	s := &statements{
		lastSeq: lastSeq,
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
