package relay

import (
	"context"
	"net/http"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/problem"
)

// refusal is an answer of the relay's own.
type refusal struct {
	err        error
	retryAfter string // seconds, or "" where a repetition might do something twice
}

// unavailable is for what was not done, and may be tried again.
func unavailable(message string) refusal {
	return refusal{router.NewApiError(http.StatusServiceUnavailable, message, nil), "2"}
}

// uncertain is for writes that may be stored, and may be undone or never have arrived.
func uncertain() refusal {
	const message = "The board could not confirm that this was stored: it may or may not have been. Look before you try again."
	return refusal{err: router.NewApiError(http.StatusServiceUnavailable, message, validation.Errors{
		Header: validation.NewError(problem.UnknownOutcome, "May or may not have been stored."),
	})}
}

type refusalKey struct{}

// refuse answers a request with an error, through the router: there it gets the headers that other origins need to read it, and for
// those who read pages it becomes one.
func (r *relay) refuse(w http.ResponseWriter, request *http.Request, why refusal) {
	request = request.WithContext(context.WithValue(request.Context(), refusalKey{}, why))
	request.Body = http.NoBody // may be half read
	r.board.ServeHTTP(w, request)
}

// answerRefusals returns the middleware that answers with what refuse was given.
func answerRefusals() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id: "jobboardRelayRefusals",
		// Right behind CORS, and before anything counts the request or looks into the database.
		Priority: apis.DefaultCorsMiddlewarePriority,
		Func: func(e *core.RequestEvent) error {
			why, refused := e.Request.Context().Value(refusalKey{}).(refusal)
			if !refused {
				return e.Next()
			}
			if why.retryAfter != "" {
				e.Response.Header().Set("Retry-After", why.retryAfter)
			}
			return why.err
		},
	}
}
