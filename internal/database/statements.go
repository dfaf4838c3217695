package database

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"modernc.org/sqlite"
)

const (
	maxIdleStatements = 128     // of a connection
	maxStatementBytes = 8 << 10 // of the text of a statement that is kept; longer ones are lists of ids and the like
)

// connector opens connections that keep their statements prepared. Preparing is a quarter of what a short read costs, and the board
// asks the same few hundred statements over and over: docs/decisions/0039-prepared-statements.md.
type connector struct {
	driver driver.Driver
	dsn    string
	gate   *Gate // nil: the connections may always write
}

func (k connector) Driver() driver.Driver { return k.driver }

func (k connector) Connect(connecting context.Context) (driver.Conn, error) {
	opened, err := k.driver.Open(k.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T lacks methods of a connection to SQLite", opened), opened.Close())
	}
	c := &conn{sqliteConn: inner, idle: newIdleStatements()}
	if err := c.enter(connecting, k.gate); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// sqliteConn is what modernc's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	NewBackup(path string) (*sqlite.Backup, error)
}

// conn is a connection that keeps the statements that it has run, to run them again without preparing them. SQLite itself prepares
// a statement anew when the schema has changed since.
//
// database/sql never uses a connection, its statements and its rows from two goroutines at once.
type conn struct {
	sqliteConn
	idle *idleStatements
	gate *Gate  // nil: it may always write
	role uint64 // of the process when the connection was opened

	hooks sqlite.HookRegisterer // nil unless the gate is asked before each commit
}

// QueryContext runs a statement that returns rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	countQuery(query)
	if !reusable(query) {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	typed, ok := found.(sqliteRows)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T lacks methods of SQLite's rows", found), found.Close(), s.Close())
	}
	return &rows{sqliteRows: typed, conn: c, query: query, statement: s}, nil
}

// ExecContext runs a statement that returns no rows.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	countWrite()
	if !reusable(query) {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return result, c.idle.put(query, s)
}

// Close closes the statements and the connection.
func (c *conn) Close() error {
	c.leave()
	return errors.Join(c.idle.closeAll(), c.sqliteConn.Close())
}

// take returns an idle statement with that text, or prepares one. It belongs to the caller alone, so a statement whose rows are still
// being read is never run a second time.
func (c *conn) take(ctx context.Context, query string) (statement, error) {
	if s := c.idle.take(query); s != nil {
		return s, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T lacks methods of a statement of SQLite", prepared), prepared.Close())
	}
	return s, nil
}

// statement is what modernc's statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// reusable reports whether a statement may be run again as it was prepared. Pragmas may not: some of them act while they are prepared
// (https://www.sqlite.org/pragma.html). Those that change the schema or the transaction are rare or short.
func reusable(query string) bool {
	if len(query) > maxStatementBytes {
		return false
	}
	verb := strings.TrimLeft(query, " \t\r\n(")
	if end := strings.IndexAny(verb, " \t\r\n"); end >= 0 {
		verb = verb[:end]
	}
	switch strings.ToUpper(verb) {
	case "WITH": // PocketBase asks for create rules with another name and another order of columns each time
		return !strings.Contains(query[:min(len(query), 200)], "__pb_create__")
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE":
		return true
	}
	return false
}

// sqliteRows is what modernc's rows can do.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// rows give their statement back when they are closed.
type rows struct {
	sqliteRows
	conn      *conn
	query     string
	statement statement
	failed    bool
}

// Next reads the next row.
func (r *rows) Next(row []driver.Value) error {
	err := r.sqliteRows.Next(row)
	if err != nil && !errors.Is(err, io.EOF) {
		r.failed = true
	}
	return err
}

// Close ends the statement's run.
func (r *rows) Close() error {
	err := r.sqliteRows.Close()
	if err != nil || r.failed {
		return errors.Join(err, r.statement.Close())
	}
	return r.conn.idle.put(r.query, r.statement)
}

// idleStatements are the prepared statements of a connection that nothing uses, by their text. Of more than maxIdleStatements those go
// that were not used for the longest time.
type idleStatements struct {
	byText map[string]*list.Element
	recent *list.List // of *idleStatement, the latest first
}

type idleStatement struct {
	query     string
	statement statement
}

func newIdleStatements() *idleStatements {
	return &idleStatements{byText: map[string]*list.Element{}, recent: list.New()}
}

// take removes and returns the statement with that text, or nil.
func (i *idleStatements) take(query string) statement {
	element, ok := i.byText[query]
	if !ok {
		return nil
	}
	delete(i.byText, query)
	return i.recent.Remove(element).(*idleStatement).statement
}

// put keeps a statement for the next use, or closes it if there is one with that text already.
func (i *idleStatements) put(query string, s statement) error {
	if _, ok := i.byText[query]; ok { // prepared while the other was in use
		return s.Close()
	}
	i.byText[query] = i.recent.PushFront(&idleStatement{query, s})
	if i.recent.Len() <= maxIdleStatements {
		return nil
	}
	oldest := i.recent.Remove(i.recent.Back()).(*idleStatement)
	delete(i.byText, oldest.query)
	return oldest.statement.Close()
}

func (i *idleStatements) closeAll() error {
	var err error
	for element := i.recent.Front(); element != nil; element = element.Next() {
		err = errors.Join(err, element.Value.(*idleStatement).statement.Close())
	}
	i.recent.Init()
	clear(i.byText)
	return err
}
