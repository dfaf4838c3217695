package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/pocketbase/dbx"

	"jobboard/internal/problem"
)

const (
	compatChunk = 500     // records that are read at once
	compatBytes = 4 << 20 // of records in one answer, as of any answer to a guest
)

// compatRead reads records as a guest sees them, by way of the collection's list rule.
func compatRead[T any](b *compatBoard, name string, where dbx.Expression, skip, limit int, order ...string) ([]T, error) {
	var ids []string
	query := b.app().ConcurrentDB().Select("id").From(name).Where(where).OrderBy(order...).Offset(int64(skip)).Limit(int64(limit))
	if err := query.WithContext(b.context()).Column(&ids); err != nil {
		return nil, fmt.Errorf("find records of %s: %w", name, err)
	}
	guest := b.asGuest()
	defer guest.release()
	records, size := make([]T, 0, len(ids)), 0
	for chunk := range slices.Chunk(ids, compatChunk) {
		items, err := guest.selectedItems(name, chunk, "", nil)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			raw := item.JSON()
			if size += len(raw); size > compatBytes {
				return nil, invalid("limit", problem.InvalidValue,
					fmt.Sprintf("The answer would have more than %d MB: the employer has too many jobs for one answer.", compatBytes>>20))
			}
			var record T
			if err := json.Unmarshal(raw, &record); err != nil {
				return nil, fmt.Errorf("read %s %s: %w", name, item.ID, err)
			}
			records = append(records, record)
		}
	}
	return records, nil
}

// asGuest returns the call as a guest would make it, and without its query, so that records come whole and without what they lead to.
func (c *call) asGuest() *call {
	event := c.withQuery(nil)
	event.Auth = nil
	return &call{Context: c.Echo().NewContext(event.Request, event.Response), door: c.door, event: event}
}

// callbackName is what Greenhouse allows as the name of a callback.
var callbackName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]{0,99}$`)

// checkCallback refuses a callback that is more than a name: it becomes part of a script.
func (c *call) checkCallback() error {
	if callback := c.QueryParam("callback"); callback != "" && !callbackName.MatchString(callback) {
		return invalid("callback", problem.InvalidValue, "Must be a name of letters, digits, _ and ., not longer than 100.")
	}
	return nil
}

// sendCompat answers with data, or with a script that passes it to a callback. Such a script runs on anybody's page, with nothing but
// what a guest sees.
func (c *call) sendCompat(data any, callback string) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(callback != "")
	if err := encoder.Encode(data); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	raw := bytes.TrimSpace(buffer.Bytes())
	if callback == "" {
		return c.JSONBlob(http.StatusOK, raw)
	}
	c.Response().Header().Set("X-Content-Type-Options", "nosniff")
	script := bytes.Join([][]byte{[]byte("/**/" + callback + "("), raw, []byte(");")}, nil)
	return c.Blob(http.StatusOK, "application/javascript; charset=utf-8", script)
}
