package api

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// removeTempFiles deletes the temporary files of a request's multipart form. Go's server deletes them only if the form was parsed on the
// request that the server made; if it was parsed on a copy, applicants' documents would stay in the temporary folder.
func removeTempFiles() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardRemoveTempFiles",
		Priority: apis.DefaultCorsMiddlewarePriority - 2, // before everything that may read the form
		Func: func(e *core.RequestEvent) error {
			if _, inner := e.Request.Context().Value(internalRequestKey{}).(*internalRequest); inner {
				return e.Next() // its files belong to the request that it was made for
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
