package api

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// removeSpilledFiles deletes the temporary files of the request's multipart form. Go's server deletes those of the request
// that it made, but a form is often parsed on a copy of it, and an applicant's documents would stay in the temporary folder.
func removeSpilledFiles() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardRemoveSpilledFiles",
		Priority: apis.DefaultCorsMiddlewarePriority - 2, // around everything that may read the form
		Func: func(e *core.RequestEvent) error {
			if _, inner := e.Request.Context().Value(innerKey{}).(*inner); inner {
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
