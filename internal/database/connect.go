// Package database opens the board's SQLite files.
package database

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	_ "modernc.org/sqlite" // the driver
)

// pragmas of every connection: PocketBase's own (core.DefaultDBConnect), but for the size of the cache. Each connection has a
// cache for itself, and there are as many as requests at once, so PocketBase's 32 MB come to more than a gigabyte where
// many ask for different rows. The system keeps the file in memory once for all: docs/decisions/0019-small-caches.md.
var pragmas = strings.Join([]string{
	"busy_timeout(10000)", // first, since the others may have to wait
	"journal_mode(WAL)",
	"journal_size_limit(200000000)",
	"synchronous(NORMAL)",
	"foreign_keys(ON)",
	"temp_store(MEMORY)",
	"cache_size(-4000)", // KiB
}, "&_pragma=")

// lifetime of a connection: it reads the planner's statistics once, when it is opened.
const lifetime = 10 * time.Minute

// Connect opens one of the files, in place of core.DefaultDBConnect.
//
// Transactions take the write lock as they begin, and wait for it there. One that reads first and writes later would be
// refused at once, however long it may wait, where another process has written in between. Those that only read say so
// (sql.TxOptions.ReadOnly) and take no lock.
func Connect(path string) (*dbx.DB, error) {
	db, err := dbx.Open("sqlite", path+"?_txlock=immediate&_pragma="+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.DB().SetConnMaxLifetime(lifetime)
	return db, nil
}
