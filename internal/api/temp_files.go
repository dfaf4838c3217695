package api

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// removeTempFiles deletes the temporary files of the request's multipart form. Go's server only deletes those of the request
// that it made itself; a form parsed on a copy would leave applicants' documents in the temporary folder.
func removeTempFiles() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardRemoveTempFiles",
		Priority: apis.DefaultCorsMiddlewarePriority - 2, // around everything that may read the form
		Func: func(e *core.RequestEvent) error {
			if _, inner := e.Request.Context().Value(internalRequestKey{}).(*internalRequest); inner {
				return e.Next() // its files are those of the request that it comes from
			}
			defer func() {
				if form := e.Request.MultipartForm; form != nil {
					if err := form.RemoveAll(); err != nil {
						e.App.Logger().Warn("Failed to remove the temporary files of a request.", "error", err)
					}
				}
			}()
			return e.Next()
		},
	}
}
