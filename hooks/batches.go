package hooks

import (
	"regexp"
	"strconv"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/password"
	"jobboard/internal/problem"
)

// bindBatches keeps the hashing of passwords out of a batch's transaction. Those of new accounts are hashed before it. Changed
// ones are refused, since the old password would have to be compared as well.
func bindBatches(app core.App) {
	app.OnBatchRequest().Bind(&hook.Handler[*core.BatchRequestEvent]{
		Id: "hashPasswordsOnBatch", Priority: 50, Func: hashPasswordsOnBatch, // after the limits, since it costs
	})
	app.OnRecordCreateRequest().Bind(&hook.Handler[*core.RecordRequestEvent]{
		Id: "useHashedPassword", Priority: -60, Func: useHashedPasswordOnCreateRequest,
	})
}

// recordRequest matches the URL of a collection's records, or of one of them, as a batch takes it.
var recordRequest = regexp.MustCompile(`^/api/collections/([^/?]+)/records(?:/([^/?]+))?(?:\?.*)?$`)

func hashPasswordsOnBatch(e *core.BatchRequestEvent) error {
	hashed := password.Prehashed{}
	for i, request := range e.Batch {
		parts := recordRequest.FindStringSubmatch(request.URL)
		plain, _ := request.Body[core.FieldNamePassword].(string)
		if parts == nil || request.Body[core.FieldNamePassword] == nil {
			continue
		}
		collection, err := e.App.FindCachedCollectionByNameOrId(parts[1])
		if err != nil || !collection.IsAuth() || collection.CreateRule == nil && !e.HasSuperuserAuth() {
			continue // no account, or refused before anything is hashed
		}
		method := strings.ToUpper(request.Method)
		id, _ := request.Body["id"].(string)
		if method == "PUT" && id != "" {
			if _, err := e.App.FindRecordById(collection, id); err == nil {
				method = "PATCH"
			}
		}
		if method == "PATCH" {
			return e.BadRequestError("Batch transaction failed.", validation.Errors{"requests": validation.Errors{
				strconv.Itoa(i): &batchRefusal{e.BadRequestError("Failed to update record.", problem.Field(core.FieldNamePassword,
					problem.InvalidValue, "A password can't be changed in a batch. Change it in a request of its own."))},
			}})
		}
		confirm, _ := request.Body["passwordConfirm"].(string)
		if placeholder := hashed.Add(collection, plain, confirm); placeholder != "" {
			delete(request.Body, core.FieldNamePassword)
			request.Body["passwordConfirm"] = placeholder
		}
	}
	hashed.Attach(e.RequestEvent)
	return e.Next()
}

func useHashedPasswordOnCreateRequest(e *core.RecordRequestEvent) error {
	if !e.Collection.IsAuth() || !password.Attached(e.RequestEvent) {
		return e.Next()
	}
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the submitted data.", err)
	}
	placeholder, _ := body["passwordConfirm"].(string)
	if value := password.Lookup(e.RequestEvent, placeholder); value != nil {
		e.Record.SetRaw(core.FieldNamePassword, value)
	}
	return e.Next()
}

// batchRefusal has the shape in which PocketBase says which request of a batch has failed.
type batchRefusal struct{ response *router.ApiError }

func (r *batchRefusal) Error() string { return "Batch request failed." }
func (r *batchRefusal) Code() string  { return "batch_request_failed" }
func (r *batchRefusal) Resolve(data map[string]any) any {
	data["response"] = r.response
	return data
}
