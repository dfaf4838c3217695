package testapp

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// statementLogKey is where a board's store keeps its statementLog.
const statementLogKey = "testapp.statementLog"

// statementLog passes each statement that a board's database runs to listeners. It is set before anything else runs, since dbx reads its
// log functions without a lock, and the board's own loops use the database at any time.
type statementLog struct {
	mu        sync.Mutex
	next      int
	listeners map[int]func(ctx context.Context, statement string)
}

// logStatements gives a board its statementLog.
func logStatements(app core.App) error {
	log := &statementLog{listeners: map[int]func(context.Context, string){}}
	for _, pool := range []dbx.Builder{app.ConcurrentDB(), app.NonconcurrentDB()} {
		db, ok := pool.(*dbx.DB)
		if !ok {
			return fmt.Errorf("a pool is a %T", pool)
		}
		db.QueryLogFunc = func(ctx context.Context, _ time.Duration, text string, _ *sql.Rows, _ error) { log.send(ctx, text) }
		db.ExecLogFunc = func(ctx context.Context, _ time.Duration, text string, _ sql.Result, _ error) { log.send(ctx, text) }
	}
	app.Store().Set(statementLogKey, log)
	return nil
}

func (l *statementLog) send(ctx context.Context, statement string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, listener := range l.listeners {
		listener(ctx, statement)
	}
}

// OnStatement calls listener with each statement that a board's database runs, with the values in place, one call at a time, until stop
// is called. The listener must not use the database.
func OnStatement(t testing.TB, app core.App, listener func(ctx context.Context, statement string)) (stop func()) {
	t.Helper()
	log, ok := app.Store().Get(statementLogKey).(*statementLog)
	if !ok {
		t.Fatal("this board was not made by testapp.New")
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	id := log.next
	log.next++
	log.listeners[id] = listener
	return func() {
		log.mu.Lock()
		defer log.mu.Unlock()
		delete(log.listeners, id)
	}
}

// Statements runs do and returns the statements that the board's database runs meanwhile, with the values in place.
func Statements(t testing.TB, app core.App, do func()) []string {
	t.Helper()
	var all []string
	stop := OnStatement(t, app, func(_ context.Context, statement string) { all = append(all, statement) })
	defer stop()
	do()
	stop() // from here on nobody else appends to all
	return all
}
