package api

import (
	"errors"
	"maps"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/problem"
)

// codeFileTooLarge is PocketBase's code for a file above the limit of its field.
const codeFileTooLarge = "validation_file_size_limit"

// mapError returns the error with the status that the REST API promises. PocketBase's own API answers nearly everything with 400; here
// a conflict is 409, and a file that is too large 413.
func mapError(err error) error {
	if err == nil {
		return nil
	}
	if status := echoStatus(err); status != 0 {
		message := ""
		switch status {
		case http.StatusNotFound:
			return notFound()
		case http.StatusMethodNotAllowed:
			message = "This method isn't allowed here. The Allow header lists those that are."
		}
		return router.NewApiError(status, message, nil)
	}
	apiErr := router.ToApiError(err)
	if apiErr.Status != http.StatusBadRequest || len(apiErr.Data) == 0 {
		return apiErr
	}
	conflicts, large := 0, false
	for _, item := range apiErr.Data {
		code := codeOf(item)
		if problem.IsConflict(code) {
			conflicts++
		}
		large = large || code == codeFileTooLarge
	}
	switch {
	case large:
		return router.NewApiError(http.StatusRequestEntityTooLarge, apiErr.Message, apiErr.RawData())
	// 400 takes precedence: the request would be wrong even without the conflict.
	case conflicts == len(apiErr.Data):
		return router.NewApiError(http.StatusConflict, apiErr.Message, apiErr.RawData())
	}
	return apiErr
}

func codeOf(item any) string {
	object, _ := item.(map[string]any)
	code, _ := object["code"].(string)
	return code
}

// notFound returns a 404.
func notFound() error { return apis.NewNotFoundError("", nil) }

// isNotFound reports whether a record request found nothing that the caller may see.
func isNotFound(err error) bool {
	var apiErr *router.ApiError
	return errors.As(err, &apiErr) && apiErr.Status == http.StatusNotFound
}

// isRefused reports whether a rule refused a record request. PocketBase gives no details in that case.
func isRefused(err error) bool {
	var apiErr *router.ApiError
	return errors.As(err, &apiErr) && apiErr.Status == http.StatusBadRequest && len(apiErr.Data) == 0
}

// invalid returns a 400 that names one field, parameter or header.
func invalid(field, code, message string) error {
	return apis.NewBadRequestError("Failed to read the request.", problem.Field(field, code, message))
}

// conflictError returns a 409 that names one field.
func conflictError(field, code, message string) error {
	return router.NewApiError(http.StatusConflict, message, problem.Field(field, code, message))
}

// renameField returns the error with a field of PocketBase named as this API names it.
func renameField(err error, from, to string) error {
	var apiErr *router.ApiError
	if !errors.As(err, &apiErr) || apiErr.Data[from] == nil {
		return err
	}
	data := maps.Clone(apiErr.Data)
	data[to] = data[from]
	delete(data, from)
	renamed := router.NewApiError(apiErr.Status, apiErr.Message, apiErr.RawData())
	renamed.Data = data
	return renamed
}
