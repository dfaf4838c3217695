package hooks

import (
	"fmt"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// maxPasswordBytes is the most that bcrypt takes. PocketBase counts characters, of up to four bytes each.
const maxPasswordBytes = 72

// bindPasswords refuses a new user's password that is too long for bcrypt and names the field. PocketBase would fail without a
// reason, before it calls any hook.
func bindPasswords(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "refuseOverlongPassword", Priority: 100, Func: refuseOverlongPassword})
		return e.Next()
	})
}

func refuseOverlongPassword(e *core.RequestEvent) error {
	if e.Request.Method != http.MethodPost || e.Request.URL.Path != "/api/collections/"+collections.Users+"/records" {
		return e.Next()
	}
	info, err := e.RequestInfo()
	if err != nil {
		return e.Next() // PocketBase refuses it
	}
	if password, ok := info.Body[core.FieldNamePassword].(string); ok && len(password) > maxPasswordBytes {
		return e.BadRequestError("Failed to create record.", problem.Field(core.FieldNamePassword,
			"validation_max_text_constraint", fmt.Sprintf("Must be at most %d bytes long.", maxPasswordBytes)))
	}
	return e.Next()
}
