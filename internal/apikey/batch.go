package apikey

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// recordRequest matches the address of a collection's records, or of one of them, as a batch takes it.
var recordRequest = regexp.MustCompile(`^/api/collections/([^/?]+)/records(?:/[^/?]+)?/?(?:\?.*)?$`)

// checkScopesOnBatch refuses a batch if one of its requests is beyond the scopes of the caller's key.
func checkScopesOnBatch(e *core.BatchRequestEvent) error {
	if !collections.IsAPIKey(e.Auth) {
		return e.Next()
	}
	for _, request := range e.Batch {
		parts := recordRequest.FindStringSubmatch(request.URL)
		if parts == nil {
			return Require(e.Auth, "")
		}
		reads := strings.EqualFold(request.Method, http.MethodGet)
		if err := requireCollection(e.RequestEvent, e.Auth, parts[1], reads); err != nil {
			return err
		}
	}
	return e.Next()
}
