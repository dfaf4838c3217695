package api

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const (
	idempotencyHeader = "Idempotency-Key"
	idempotencyKept   = 24 * time.Hour
	maxIdempotencyKey = 255 // characters
)

// bindIdempotency forgets answers after a day.
func bindIdempotency(app core.App) {
	app.Cron().MustAdd("delete_old_idempotency_keys", "17 * * * *", func() {
		_, err := app.NonconcurrentDB().Delete(collections.IdempotencyKeys, dbx.NewExp("[[created]] < {:past}", dbx.Params{"past": idempotencyCutoff()})).Execute()
		if err != nil {
			app.Logger().Error("Failed to delete old idempotency keys", "error", err)
		}
	})
}

// idempotencyCutoff returns the time before which keys are forgotten, as it is stored.
func idempotencyCutoff() string {
	return time.Now().Add(-idempotencyKept).UTC().Format(types.DefaultDateLayout)
}

func (c *call) idempotencyKey() (string, error) {
	values := c.Request().Header.Values(idempotencyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if key == "" || utf8.RuneCountInString(key) > maxIdempotencyKey || !utf8.ValidString(key) {
		return "", invalid(idempotencyHeader, problem.InvalidValue, fmt.Sprintf("Must have 1 to %d characters.", maxIdempotencyKey))
	}
	return key, nil
}

// applyOnce hands in an application and remembers its answer under the key, in one transaction: of two requests at once
// the second finds the key of the first. A refused application leaves no key, so that it can be mended and sent again.
func (c *call) applyOnce(key, jobID string) error {
	where := dbx.HashExp{"caller": c.auth().Id, "route": "POST /api/jobs/" + jobID + "/applications", "key": key}
	// The id is chosen here, since the answer that would tell it waits for the transaction.
	id := core.GenerateDefaultRandomId()
	if err := c.body.set("id", id); err != nil {
		return err
	}
	var fresh *response
	var row *core.Record
	err := c.inTransaction(func() error {
		row = &core.Record{}
		err := c.tx.RecordQuery(collections.IdempotencyKeys).AndWhere(where).
			AndWhere(dbx.NewExp("[[created]] >= {:past}", dbx.Params{"past": idempotencyCutoff()})).Limit(1).One(row)
		if err == nil {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for the idempotency key: %w", err)
		}
		if fresh, err = c.createApplication(); err != nil {
			return err
		}
		row, err = rememberKey(c.tx, where, id)
		return err
	})
	if err != nil {
		return err
	}
	if fresh == nil {
		return c.replayAnswer(row, jobID)
	}
	row.Set("answer", json.RawMessage(fresh.json()))
	if err := c.app().Save(row); err != nil {
		// The application stands; sent again, the request is answered with it as it is then.
		c.app().Logger().Error("Failed to keep the answer for an idempotency key", "error", err, "application", id)
	}
	return c.sendCreated(fresh, applicationPath(jobID))
}

func rememberKey(tx core.App, where dbx.HashExp, applicationID string) (*core.Record, error) {
	if _, err := tx.DB().Delete(collections.IdempotencyKeys, where).Execute(); err != nil { // older than a day
		return nil, fmt.Errorf("forget the old idempotency key: %w", err)
	}
	collection, err := tx.FindCachedCollectionByNameOrId(collections.IdempotencyKeys)
	if err != nil {
		return nil, fmt.Errorf("find the idempotency keys: %w", err)
	}
	row := core.NewRecord(collection)
	row.Load(where)
	row.Set("application", applicationID)
	if err := tx.Save(row); err != nil {
		return nil, fmt.Errorf("remember the idempotency key: %w", err)
	}
	return row, nil
}

// replayAnswer answers with the first answer or, if a crash came before it was stored, with the application as it is now.
func (c *call) replayAnswer(row *core.Record, jobID string) error {
	id := row.GetString("application")
	c.Response().Header().Set("Location", fmt.Sprintf(applicationPath(jobID), id))
	c.Response().Header().Set("Idempotency-Replayed", "true")
	raw, err := json.Marshal(row.Get("answer"))
	if err != nil {
		return fmt.Errorf("read the kept answer: %w", err)
	}
	if string(raw) != "null" {
		return c.send(http.StatusCreated, json.RawMessage(raw))
	}
	a, err := c.view(collections.Applications, id, c.expandQuery())
	if err != nil {
		return err
	}
	return c.send(http.StatusCreated, json.RawMessage(a.json()))
}
