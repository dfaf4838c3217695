package database

import (
	"strings"
	"sync/atomic"
)

var writes atomic.Uint64

// Writes returns how many statements that may change a database this process has begun, but for those that were prepared by hand. If it
// is the same before and after the work of a request, that request has changed nothing.
func Writes() uint64 { return writes.Load() }

func countWrite() { writes.Add(1) }

// countQuery counts a statement that returns rows, such as INSERT with RETURNING, unless it begins as those do that only read.
func countQuery(query string) {
	query = strings.TrimLeft(query, " \t\r\n(")
	if len(query) > 0 {
		switch query[0] {
		case 'S', 's', 'W', 'w', 'P', 'p', 'E', 'e': // SELECT, WITH, PRAGMA and EXPLAIN
			return
		}
	}
	countWrite()
}
