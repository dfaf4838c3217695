package testapp

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
)

// Queries collects the statements that a board's database is asked.
type Queries struct {
	mu  sync.Mutex
	all []string
}

// WatchQueries collects every statement from now on, of both pools and of reads and writes.
func (b *Board) WatchQueries() *Queries {
	b.t.Helper()
	q := &Queries{}
	for _, pool := range []dbx.Builder{b.ConcurrentDB(), b.NonconcurrentDB()} {
		db, ok := pool.(*dbx.DB)
		if !ok {
			b.t.Fatalf("a pool is a %T", pool)
		}
		db.QueryLogFunc = func(_ context.Context, _ time.Duration, text string, _ *sql.Rows, _ error) { q.add(text) }
		db.ExecLogFunc = func(_ context.Context, _ time.Duration, text string, _ sql.Result, _ error) { q.add(text) }
	}
	return q
}

func (q *Queries) add(text string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = append(q.all, text)
}

// During returns the statements that came while do ran.
func (q *Queries) During(do func()) []string {
	q.mu.Lock()
	before := len(q.all)
	q.mu.Unlock()
	do()
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string(nil), q.all[before:]...)
}
