package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// ReadSnapshot calls read with a read transaction: all its queries see the board as it was at the first one, and nobody waits for it.
// app must not be in a transaction itself.
func ReadSnapshot(ctx context.Context, app core.App, read func(tx *sql.Tx) error) (err error) {
	db, ok := app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return errors.New("a snapshot can't be taken inside a transaction")
	}
	tx, err := db.DB().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin a read transaction: %w", err)
	}
	defer func() {
		if undo := tx.Rollback(); undo != nil && err == nil && !errors.Is(undo, sql.ErrTxDone) {
			err = fmt.Errorf("end a read transaction: %w", undo)
		}
	}()
	return read(tx)
}
