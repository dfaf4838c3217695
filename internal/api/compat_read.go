package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/api/recordjson"
	"jobboard/internal/problem"
)

const (
	compatChunk = 500     // records that are read at once
	compatBytes = 4 << 20 // of records in one answer, as of any answer to a guest
)

// compatRead reads records as a guest sees them, by way of the collection's list rule.
func compatRead[T any](b *compatBoard, name string, where dbx.Expression, skip, limit int, order ...string) ([]T, error) {
	collection, err := b.app().FindCachedCollectionByNameOrId(name)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", name, err)
	}
	var ids []string
	query := b.app().ConcurrentDB().Select("id").From(name).Where(where).OrderBy(order...).Offset(int64(skip)).Limit(int64(limit))
	if err := query.WithContext(b.context()).Column(&ids); err != nil {
		return nil, fmt.Errorf("find records of %s: %w", name, err)
	}
	records, size := make([]T, 0, len(ids)), 0
	for len(ids) > 0 {
		chunk := ids[:min(compatChunk, len(ids))]
		ids = ids[len(chunk):]
		items, err := b.guestItems(collection, chunk)
		if err != nil {
			return nil, err
		}
		for _, id := range chunk {
			raw, ok := items[id]
			if !ok {
				continue
			}
			if size += len(raw); size > compatBytes {
				return nil, invalid("limit", problem.InvalidValue,
					fmt.Sprintf("The answer would have more than %d MB: the employer has too many jobs for one answer.", compatBytes>>20))
			}
			var record T
			if err := json.Unmarshal(raw, &record); err != nil {
				return nil, fmt.Errorf("read %s %s: %w", name, id, err)
			}
			records = append(records, record)
		}
	}
	return records, nil
}

// guestItems returns records by id, as JSON, as far as guests may list them.
func (b *compatBoard) guestItems(collection *core.Collection, ids []string) (map[string]json.RawMessage, error) {
	items := make(map[string]json.RawMessage, len(ids))
	if db, outside := b.app().ConcurrentDB().(*dbx.DB); outside {
		query := recordjson.Query{Collection: collection, IDs: ids, Buffer: b.buffer}
		rows, ok, err := b.door.publicRows.Read(b.context(), b.app(), db.DB(), query)
		if err == nil && ok {
			for _, row := range rows {
				items[row.ID] = row.JSON()
			}
			return items, nil
		}
	}
	records, err := findByIDs(b.app(), collection, ids)
	if err != nil {
		return nil, fmt.Errorf("read %s by id: %w", collection.Name, err)
	}
	guest := &core.RequestInfo{Context: core.RequestInfoContextDefault, Method: http.MethodGet}
	if records, err = b.visibleRecords(collection, guest, records); err != nil {
		return nil, fmt.Errorf("apply the list rule of %s: %w", collection.Name, err)
	}
	for _, record := range records {
		raw, err := json.Marshal(record.PublicExport())
		if err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", collection.Name, record.Id, err)
		}
		items[record.Id] = raw
	}
	return items, nil
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
