package hooks

import (
	"fmt"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// maxPasswordBytes is what bcrypt takes; PocketBase itself counts characters, of up to four bytes.
const maxPasswordBytes = 72

// bindPasswords names the field where a new user's password is too long for bcrypt: PocketBase tries to store the user
// before it asks any hook, and fails without a word why.
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
		return e.Next() // for PocketBase to refuse
	}
	if password, ok := info.Body[core.FieldNamePassword].(string); ok && len(password) > maxPasswordBytes {
		return e.BadRequestError("Failed to create record.", problem.Field(core.FieldNamePassword,
			"validation_max_text_constraint", fmt.Sprintf("Must be at most %d bytes long.", maxPasswordBytes)))
	}
	return e.Next()
}
