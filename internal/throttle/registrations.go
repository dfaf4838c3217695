package throttle

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
)

// limitRegistrations counts registrations before the password is hashed. Failed ones count too, since their answer reveals whether an
// e-mail address is taken. Admins, who create accounts for others, are not counted.
func limitRegistrations() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{Id: "jobboardLimitRegistrations", Priority: 80, Func: func(e *core.RequestEvent) error {
		if !isRegistration(e.App, e.Request.Method, e.Request.URL.Path) {
			return e.Next()
		}
		if err := countRegistrations(e, 1); err != nil {
			return err
		}
		return e.Next()
	}}
}

func limitRegistrationsOnBatch(e *core.BatchRequestEvent) error {
	asked := 0
	for _, request := range e.Batch {
		address, _, _ := strings.Cut(request.URL, "?")
		if isRegistration(e.App, request.Method, address) {
			asked++
		}
	}
	if err := countRegistrations(e.RequestEvent, asked); err != nil {
		return err
	}
	return e.Next()
}

// isRegistration reports whether a request creates a user. PUT, which exists only in a batch, may change one instead, but no front end
// does that often.
func isRegistration(app core.App, method, path string) bool {
	method = strings.ToUpper(method)
	name, inCollection := strings.CutPrefix(strings.TrimSuffix(path, "/"), "/api/collections/")
	name, isRecords := strings.CutSuffix(name, "/records")
	if !inCollection || !isRecords || method != http.MethodPost && method != http.MethodPut {
		return false
	}
	collection, err := app.FindCachedCollectionByNameOrId(name)
	return err == nil && collection.Name == collections.Users
}

func countRegistrations(e *core.RequestEvent, asked int) error {
	if asked == 0 || isOff(e) || e.Auth != nil && e.Auth.GetString("role") == collections.RoleAdmin {
		return nil
	}
	t := of(e.App)
	address, now := block(e.RealIP()), time.Now()
	for range asked {
		if wait := t.newcomers.take(address, now); wait > 0 {
			return refuse(e, t.newcomers.limit, wait)
		}
	}
	return nil
}
