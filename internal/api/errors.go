package api

import (
	"errors"
	"maps"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/problem"
)

// fileTooLarge is PocketBase's code for a file above its field's limit.
const codeFileTooLarge = "validation_file_size_limit"

// mapError gives an error the status that the REST API promises: PocketBase's own API says 400 to nearly everything, here
// conflicts are 409 and files too large 413.
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
	// A request that is wrong in itself stays wrong when the conflict is gone: 400 wins.
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

func notFound() error { return apis.NewNotFoundError("", nil) }

// isNotFound tells whether a record request found nothing that the caller may see.
func isNotFound(err error) bool {
	var apiErr *router.ApiError
	return errors.As(err, &apiErr) && apiErr.Status == http.StatusNotFound
}

// isRefused tells whether a record request was refused by its rule, about which PocketBase says nothing more.
func isRefused(err error) bool {
	var apiErr *router.ApiError
	return errors.As(err, &apiErr) && apiErr.Status == http.StatusBadRequest && len(apiErr.Data) == 0
}

// invalid is a 400 that names one field, parameter or header.
func invalid(field, code, message string) error {
	return apis.NewBadRequestError("Failed to read the request.", problem.Field(field, code, message))
}

// conflict is a 409 that names one field.
func conflictError(field, code, message string) error {
	return router.NewApiError(http.StatusConflict, message, problem.Field(field, code, message))
}

// renameField gives an error the field name that this API uses.
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
