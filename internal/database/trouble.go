package database

import (
	"errors"
	"net/http"
	"syscall"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/tools/router"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// trouble is why the database, or the disk below it, fails a valid request.
type trouble struct {
	status     int
	retryAfter string // seconds, or "" where waiting does not help
	message    string
}

var (
	busy = &trouble{http.StatusServiceUnavailable, "2", "The board is busy writing. Nothing was changed; try again in a moment."}
	full = &trouble{http.StatusInsufficientStorage, "", "The board's disk is full. Nothing was changed."}
	sick = &trouble{http.StatusServiceUnavailable, "30", "The board can't reach its data just now. Nothing was changed; try again later."}
	// follows is what a write gets on a node of a cluster that has just ceased to lead.
	follows = &trouble{http.StatusServiceUnavailable, "2", "The board is choosing its leader. Nothing was changed; try again in a moment."}
)

// troubles maps those of SQLite's result codes that are about trouble.
var troubles = map[int]*trouble{
	sqlite3.SQLITE_BUSY: busy, sqlite3.SQLITE_LOCKED: busy, sqlite3.SQLITE_PROTOCOL: busy,
	sqlite3.SQLITE_FULL: full, sqlite3.SQLITE_IOERR_WRITE: full, // such as beyond a quota
	sqlite3.SQLITE_IOERR: sick, sqlite3.SQLITE_CANTOPEN: sick, sqlite3.SQLITE_NOMEM: sick, sqlite3.SQLITE_READONLY: sick,
	sqlite3.SQLITE_CORRUPT: sick, sqlite3.SQLITE_NOTADB: sick,
	sqlite3.SQLITE_CONSTRAINT_COMMITHOOK: follows, // by the gate
}

// IsUnavailable reports whether an error comes from the database or the disk, not from the request.
func IsUnavailable(err error) bool {
	found, _ := troubleOf(err)
	return found != nil
}

// IsBusy reports whether an error means that another transaction kept the write lock for too long.
func IsBusy(err error) bool {
	found, _ := troubleOf(err)
	return found == busy
}

// IsReadOnly reports whether an error means that this process may not write, as on a node that follows.
func IsReadOnly(err error) bool {
	_, cause := troubleOf(err)
	return isReadOnly(cause)
}

func isReadOnly(cause error) bool {
	if errors.Is(cause, ErrClosed) {
		return true
	}
	var exact *sqlite.Error
	return errors.As(cause, &exact) && (exact.Code()&0xff == sqlite3.SQLITE_READONLY || exact.Code() == sqlite3.SQLITE_CONSTRAINT_COMMITHOOK)
}

// troubleOf returns the trouble that an error comes from, and its cause, the wrapped error that shows it; nil if the error comes from
// something else. PocketBase wraps errors in answers of its own, such as a 400 "Failed to create record", which don't show it.
func troubleOf(err error) (found *trouble, cause error) {
	var nested []error
	if errors.Is(err, ErrClosed) {
		return follows, err
	}
	//lint:ignore errorlint the function unwraps layer by layer, to learn which one shows the trouble
	switch e := err.(type) {
	case nil:
		return nil, nil
	case *sqlite.Error:
		if exact := troubles[e.Code()]; exact != nil {
			return exact, err
		}
		return troubles[e.Code()&0xff], err
	case syscall.Errno:
		if e == syscall.ENOSPC || e == syscall.EDQUOT { // files, outside the database
			return full, err
		}
		return nil, nil
	case *router.ApiError:
		raw, _ := e.RawData().(error)
		nested = []error{raw}
	case validation.Errors:
		for _, each := range e {
			nested = append(nested, each)
		}
	case router.SafeErrorResolver: // the answer to one request of a batch
		resolved, _ := e.Resolve(map[string]any{}).(map[string]any)
		if answer, _ := resolved["response"].(*router.ApiError); answer != nil {
			nested = []error{answer}
		}
	case interface{ Unwrap() []error }:
		nested = e.Unwrap()
	default:
		nested = []error{errors.Unwrap(err)}
	}
	for _, each := range nested {
		if found, cause = troubleOf(each); found != nil {
			return found, cause
		}
	}
	return nil, nil
}
