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
	"jobboard/internal/background"
	"jobboard/internal/problem"
)

const (
	idempotencyHeader = "Idempotency-Key"
	idempotencyKept   = 24 * time.Hour
	maxIdempotencyKey = 255 // characters
)

// bindIdempotency deletes keys and their answers once a day has passed.
func bindIdempotency(app core.App) {
	background.Schedule(app, "delete_old_idempotency_keys", "17 * * * *", func(app core.App, _ time.Time) error {
		past := dbx.NewExp("[[created]] < {:past}", dbx.Params{"past": idempotencyCutoff()})
		if _, err := app.NonconcurrentDB().Delete(collections.IdempotencyKeys, past).Execute(); err != nil {
			return fmt.Errorf("delete old idempotency keys: %w", err)
		}
		return nil
	})
}

// idempotencyCutoff returns the time before which keys are no longer valid, in the form in which times are stored.
func idempotencyCutoff() string {
	return time.Now().Add(-idempotencyKept).UTC().Format(types.DefaultDateLayout)
}

// idempotencyKey returns the key that the request has been sent with, or "".
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

// applyOnce creates an application and stores its key in the same transaction: of two requests at once, the second finds the key of
// the first. A refused application stores no key, so that it can be corrected and sent again.
func (c *call) applyOnce(key, jobID string) error {
	where := dbx.HashExp{"caller": c.auth().Id, "route": "POST /api/jobs/" + jobID + "/applications", "key": key}
	// The id is chosen here, since the answer, which would contain it, is written only after the transaction.
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
		row, err = storeKey(c.tx, where, id)
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
		// The application is there all the same. If the request is sent again, the answer shows it as it is then.
		c.app().Logger().Error("Failed to store the answer for an idempotency key", "error", err, "application", id)
	}
	return c.sendCreated(fresh, applicationPath(jobID))
}

// storeKey stores a key for an application, in place of one that is too old.
func storeKey(tx core.App, where dbx.HashExp, applicationID string) (*core.Record, error) {
	if _, err := tx.DB().Delete(collections.IdempotencyKeys, where).Execute(); err != nil {
		return nil, fmt.Errorf("delete the old idempotency key: %w", err)
	}
	collection, err := tx.FindCachedCollectionByNameOrId(collections.IdempotencyKeys)
	if err != nil {
		return nil, fmt.Errorf("find the idempotency keys: %w", err)
	}
	row := core.NewRecord(collection)
	row.Load(where)
	row.Set("application", applicationID)
	if err := tx.Save(row); err != nil {
		return nil, fmt.Errorf("store the idempotency key: %w", err)
	}
	return row, nil
}

// replayAnswer sends the first answer again or, if a crash came before it was stored, the application as it is now.
func (c *call) replayAnswer(row *core.Record, jobID string) error {
	id := row.GetString("application")
	c.Response().Header().Set("Location", fmt.Sprintf(applicationPath(jobID), id))
	c.Response().Header().Set("Idempotency-Replayed", "true")
	raw, err := json.Marshal(row.Get("answer"))
	if err != nil {
		return fmt.Errorf("read the stored answer: %w", err)
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
