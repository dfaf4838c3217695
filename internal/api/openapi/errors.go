package openapi

import (
	"net/http"
)

// errorNames are the names in components.responses of the errors that are the same for every operation, by status.
var errorNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusNotFound:              "NotFound",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusServiceUnavailable:    "Unavailable",
	http.StatusInsufficientStorage:   "DiskFull",
}

func errorResponses() members[*responseObject] {
	var all members[*responseObject]
	add := func(status int, description, message string, headers ...header) {
		all.set(errorNames[status], errorResponse(status, description, message, nil, headers...))
	}
	all.set(errorNames[http.StatusBadRequest], errorResponse(http.StatusBadRequest, "The request is wrong; data names the fields.",
		"Failed to create record.", map[string]any{"title": fieldError("validation_required", "Cannot be blank.")}))
	add(http.StatusUnauthorized, "A login is needed, or the token is no longer valid.", "This request needs a login.")
	add(http.StatusForbidden, "The caller's role can never do this, or the API key lacks the scope.",
		"You are not allowed to perform this request.")
	add(http.StatusNotFound, "Does not exist, or the caller may not see it.", "The requested resource wasn't found.")
	add(http.StatusRequestEntityTooLarge, "The body or a file is too large.", "Request entity too large.")
	add(http.StatusUnsupportedMediaType, "The body is neither JSON nor a form.",
		"The body must be application/json, multipart/form-data or application/x-www-form-urlencoded.")
	add(http.StatusTooManyRequests, "Too many requests.", "Too Many Requests.",
		header{"Retry-After", "Seconds to wait."},
		header{"RateLimit-Limit", "Requests allowed in a window."},
		header{"RateLimit-Remaining", "Requests left in this window."},
		header{"RateLimit-Reset", "Seconds until the next window."})
	add(http.StatusServiceUnavailable, "The board is busy, or can't reach its data.", "The board is busy. Try again in a moment.",
		header{"Retry-After", "Seconds to wait."})
	add(http.StatusInsufficientStorage, "The board's disk is full; nothing was changed.", "The board's disk is full. Nothing was changed.")
	return all
}

// header is a header of an error response; its value is a whole number.
type header struct{ name, description string }

// fieldError returns the error of one field, as it stands in an error's data.
func fieldError(code, message string) map[string]any {
	return map[string]any{"code": code, "message": message}
}

// errorResponse describes an error by an example of it. data holds the errors of its fields; nil is none.
func errorResponse(status int, description, message string, data map[string]any, headers ...header) *responseObject {
	if data == nil {
		data = map[string]any{}
	}
	response := &responseObject{Description: description}
	response.Content.set(jsonMedia, mediaTypeObject{
		Schema:  ref("Error"),
		Example: map[string]any{"status": status, "message": message, "data": data},
	})
	for _, h := range headers {
		response.Headers.set(h.name, headerObject{Description: h.description, Schema: ofType("integer")})
	}
	return response
}
