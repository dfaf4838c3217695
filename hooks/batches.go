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

// bindBatches keeps the hashing of passwords out of a batch's transaction: new accounts' are hashed before it, and a changed
// one, for which the old one would have to be compared too, is refused.
func bindBatches(app core.App) {
	app.OnBatchRequest().Bind(&hook.Handler[*core.BatchRequestEvent]{
		Id: "hashPasswordsOnBatch", Priority: 50, Func: hashPasswordsOnBatch, // after the limits, since it costs
	})
	app.OnRecordCreateRequest().Bind(&hook.Handler[*core.RecordRequestEvent]{
		Id: "takeHashedPassword", Priority: -60, Func: takeHashedPasswordOnCreateRequest,
	})
}

// recordRequest is the address of a record, or of the records, of a collection, as a batch takes it.
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
		if word := hashed.Add(collection, plain, confirm); word != "" {
			delete(request.Body, core.FieldNamePassword)
			request.Body["passwordConfirm"] = word
		}
	}
	hashed.Attach(e.RequestEvent)
	return e.Next()
}

func takeHashedPasswordOnCreateRequest(e *core.RecordRequestEvent) error {
	if !e.Collection.IsAuth() || !password.Attached(e.RequestEvent) {
		return e.Next()
	}
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the submitted data.", err)
	}
	word, _ := body["passwordConfirm"].(string)
	if value := password.Lookup(e.RequestEvent, word); value != nil {
		e.Record.SetRaw(core.FieldNamePassword, value)
	}
	return e.Next()
}

// batchRefusal has the shape in which PocketBase tells which request of a batch has failed.
type batchRefusal struct{ response *router.ApiError }

func (r *batchRefusal) Error() string { return "Batch request failed." }
func (r *batchRefusal) Code() string  { return "batch_request_failed" }
func (r *batchRefusal) Resolve(data map[string]any) any {
	data["response"] = r.response
	return data
}
