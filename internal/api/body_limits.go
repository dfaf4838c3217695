package api

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

const (
	// maxPlainBytes is enough for the largest record without its files: a job with a full description and all its lists.
	maxPlainBytes = 2 << 20
	// maxGuestBatchBytes is enough for a batch of registrations.
	maxGuestBatchBytes = 4 << 20
	// maxFormMemory is how much of a form's files is kept in memory; the rest goes to temporary files.
	maxFormMemory = 1 << 20
)

// limitBodies limits the bodies of PocketBase's own API to what a record can hold. PocketBase accepts 32 MB more than that everywhere
// and from everybody. Its own limits stay for superusers, who restore backups and import collections.
func limitBodies() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardLimitBodies",
		Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 2, // after the caller is known
		Func: func(e *core.RequestEvent) error {
			limit := bodyLimit(e)
			if limit == 0 {
				return e.Next()
			}
			return apis.BodyLimit(limit).Func(e)
		},
	}
}

// parseForms parses limited forms before PocketBase does, which would keep 16 MB of each in memory: a hundred slow uploads took 4 GB.
func parseForms() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardParseForms",
		Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 3, // after limitBodies
		Func: func(e *core.RequestEvent) error {
			if bodyLimit(e) == 0 || !strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/form-data") {
				return e.Next()
			}
			if err := e.Request.ParseMultipartForm(maxFormMemory); err != nil {
				return unreadable(err, "The body is not a well-formed multipart form.")
			}
			return e.Next()
		},
	}
}

// bodyLimit returns how many bytes the request's body may have, or 0 if something else limits it.
func bodyLimit(e *core.RequestEvent) int64 {
	r := e.Request
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Body == nil || r.Body == http.NoBody || e.HasSuperuserAuth() {
		return 0
	}
	if _, inner := r.Context().Value(internalRequestKey{}).(*internalRequest); inner {
		return 0 // limited when it came in
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) < 2 || parts[0] != "api":
		return maxPlainBytes
	case parts[1] == "batch":
		if e.Auth == nil {
			return maxGuestBatchBytes
		}
		return 0
	case parts[1] == "collections" && len(parts) > 3 && parts[3] == "records":
		return maxPlainBytes + fileBytes(e, parts[2])
	case isREST(parts[1]):
		return 0 // each route has its own limit
	}
	return maxPlainBytes
}

// fileBytes returns how many bytes of files the caller may send with a record of the collection. A guest can only register.
func fileBytes(e *core.RequestEvent, nameOrID string) int64 {
	collection, err := e.App.FindCachedCollectionByNameOrId(nameOrID)
	if err != nil || e.Auth == nil && collection.Name != collections.Users {
		return 0
	}
	var sum int64
	for _, field := range collection.Fields {
		if file, ok := field.(*core.FileField); ok && collection.Name != collections.Reports {
			sum += file.MaxSize * int64(max(file.MaxSelect, 1))
		}
	}
	return sum
}

// isREST reports whether paths that begin with /api/ and the word belong to this API.
func isREST(word string) bool {
	for _, prefix := range prefixes() {
		if prefix == "/api/"+word {
			return true
		}
	}
	return false
}
