// Package database opens the board's SQLite files.
package database

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	_ "modernc.org/sqlite" // the driver
)

// pragmas are those of every connection: PocketBase's own (core.DefaultDBConnect) except for the size of the cache. Each connection
// has its own cache, and there are as many connections as concurrent requests, so PocketBase's 32 MB would add up to more than a
// gigabyte when many ask for different rows. The system caches the file once for all: docs/decisions/0019-small-caches.md.
var pragmas = strings.Join([]string{
	"busy_timeout(10000)", // first, since the others may have to wait
	"journal_mode(WAL)",
	"journal_size_limit(200000000)",
	"synchronous(NORMAL)",
	"foreign_keys(ON)",
	"temp_store(MEMORY)",
	"cache_size(-4000)", // KiB
}, "&_pragma=")

const driverName = "sqlite" // modernc's, and dbx's name of the dialect

// lifetime is that of a connection, which reads the planner's statistics only once, when it is opened.
const lifetime = 10 * time.Minute

// Connect opens one of the files, in place of core.DefaultDBConnect.
//
// Transactions take the write lock as they begin, and wait for it there. A transaction that reads first and writes later would fail
// at once, whatever its timeout, if another process has written in between. Those that only read say so (sql.TxOptions.ReadOnly)
// and take no lock.
func Connect(path string) (*dbx.DB, error) { return connectBehind(path, nil) }

func connectBehind(path string, gate *Gate) (*dbx.DB, error) {
	registered, err := sql.Open(driverName, "") // opens nothing
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := sql.OpenDB(connector{registered.Driver(), path + "?_txlock=immediate&_pragma=" + pragmas, gate})
	db.SetConnMaxLifetime(lifetime)
	return dbx.NewFromDB(db, driverName), nil
}
