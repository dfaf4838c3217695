package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/problem"
)

// maxFormBytes is enough for five documents of 10 MB and the rest of an application.
const maxFormBytes = 84 << 20

// body is the body of a request: a JSON object, or a form with files. A form may come with JSON values too, such as those that a
// handler adds; they take precedence over the form's.
type body struct {
	values map[string]json.RawMessage
	form   *multipart.Form // nil for JSON
}

func emptyBody() *body { return &body{values: map[string]json.RawMessage{}} }

// jsonBody returns a body with the values, for a record request.
func jsonBody(values map[string]any) (*body, error) {
	b := emptyBody()
	for name, value := range values {
		if err := b.set(name, value); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// readBody reads the request's body into c.body. Only a form may be large, and only where the route takes files.
func (c *call) readBody(takesFiles bool) error {
	c.body = emptyBody()
	r := c.Request()
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if !takesFiles {
		if r.ContentLength > maxPlainBytes {
			return apis.ErrRequestEntityTooLarge
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPlainBytes)
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	switch media {
	case "application/json":
		return c.readJSON()
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxFormMemory); err != nil {
			return unreadable(err, "The body is not a well-formed multipart form.")
		}
		c.body.form = plainForm(r.MultipartForm.Value, r.MultipartForm.File)
		return c.body.takePayload()
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return unreadable(err, "The body is not a well-formed form.")
		}
		c.body.form = plainForm(r.PostForm, nil)
		return c.body.takePayload()
	}
	if r.ContentLength < 0 { // of a chunked body, which may be empty
		if n, err := r.Body.Read(make([]byte, 1)); n == 0 && errors.Is(err, io.EOF) {
			return nil
		}
	}
	return router.NewApiError(http.StatusUnsupportedMediaType,
		"The body must be application/json, multipart/form-data or application/x-www-form-urlencoded.", nil)
}

func (c *call) readJSON() error {
	raw, err := io.ReadAll(io.LimitReader(c.Request().Body, maxPlainBytes+1))
	if err != nil {
		return unreadable(err, "The body could not be read.")
	}
	if len(raw) > maxPlainBytes {
		return apis.ErrRequestEntityTooLarge
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if !json.Valid(raw) {
		return invalid("body", problem.InvalidValue, "The body is not valid JSON.")
	}
	if err := json.Unmarshal(raw, &c.body.values); err != nil || c.body.values == nil {
		return invalid("body", problem.WrongType, "The body must be a JSON object.")
	}
	return nil
}

func unreadable(err error, message string) error {
	var apiErr *router.ApiError
	if errors.As(err, &apiErr) {
		return apiErr // such as 413
	}
	var tooLarge *http.MaxBytesError
	if errors.Is(err, multipart.ErrMessageTooLarge) || errors.As(err, &tooLarge) {
		return apis.ErrRequestEntityTooLarge
	}
	return invalid("body", problem.InvalidValue, message)
}

// plainForm returns the form with "documents[]", as many clients name repeated values, as "documents".
func plainForm(values map[string][]string, files map[string][]*multipart.FileHeader) *multipart.Form {
	form := &multipart.Form{Value: map[string][]string{}, File: map[string][]*multipart.FileHeader{}}
	for name, list := range values {
		name = strings.TrimSuffix(name, "[]")
		form.Value[name] = append(form.Value[name], list...)
	}
	for name, list := range files {
		name = strings.TrimSuffix(name, "[]")
		form.File[name] = append(form.File[name], list...)
	}
	return form
}

// takePayload moves the JSON part that PocketBase's SDK sends along with files into values.
func (b *body) takePayload() error {
	for _, payload := range b.form.Value[router.JSONPayloadKey] {
		if err := json.Unmarshal([]byte(payload), &b.values); err != nil || b.values == nil {
			return invalid(router.JSONPayloadKey, problem.WrongType, "Must be a JSON object.")
		}
	}
	delete(b.form.Value, router.JSONPayloadKey)
	return nil
}

// attach makes the body that of a record request. A form is handed over as it was parsed, with its files.
func (b *body) attach(r *http.Request) {
	raw, err := json.Marshal(b.values)
	if err != nil { // never happens: every value was decoded from JSON
		raw = []byte("{}")
	}
	if b.form != nil {
		values := maps.Clone(b.form.Value)
		if len(b.values) > 0 {
			values[router.JSONPayloadKey] = []string{string(raw)}
		}
		r.Header.Set("Content-Type", "multipart/form-data")
		r.ContentLength = -1 // 0 would mean that there is no body
		r.MultipartForm = &multipart.Form{Value: values, File: b.form.File}
		r.Form = url.Values(values)
		r.PostForm = url.Values(values)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = int64(len(raw))
	r.Body = io.NopCloser(bytes.NewReader(raw))
}

// has reports whether the field is in the body, even if it is null.
func (b *body) has(name string) bool {
	if _, ok := b.values[name]; ok {
		return true
	}
	return b.form != nil && (len(b.form.Value[name]) > 0 || len(b.form.File[name]) > 0)
}

// names returns the fields that are in the body.
func (b *body) names() []string {
	names := map[string]bool{}
	for name := range b.values {
		names[name] = true
	}
	if b.form != nil {
		for name := range b.form.Value {
			names[name] = true
		}
		for name := range b.form.File {
			names[name] = true
		}
	}
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	return list
}

// set replaces the value of a field.
func (b *body) set(name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("set the field %s: %w", name, err)
	}
	b.drop(name)
	b.values[name] = raw
	return nil
}

func (b *body) drop(names ...string) {
	for _, name := range names {
		delete(b.values, name)
		if b.form != nil {
			delete(b.form.Value, name)
			delete(b.form.File, name)
		}
	}
}

// only returns a body with nothing but the named fields.
func (b *body) only(names ...string) *body {
	kept := &body{values: maps.Clone(b.values)}
	if b.form != nil {
		kept.form = plainForm(b.form.Value, b.form.File)
	}
	for _, name := range kept.names() {
		if !slices.Contains(names, name) {
			kept.drop(name)
		}
	}
	return kept
}

// text returns the value of a text field, or "" if it is absent or null. It fails with a 400 if it is something else.
func (b *body) text(name string) (string, error) {
	raw, ok := b.values[name]
	if !ok {
		if b.form != nil && len(b.form.Value[name]) > 0 {
			return b.form.Value[name][0], nil
		}
		return "", nil
	}
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", invalid(name, problem.WrongType, "Must be a string.")
	}
	if text == nil {
		return "", nil
	}
	return *text, nil
}

// required is like text, but fails with a 400 if there is no text.
func (b *body) required(name string) (string, error) {
	text, err := b.text(name)
	if err == nil && strings.TrimSpace(text) == "" {
		return "", invalid(name, problem.Required, "Cannot be blank.")
	}
	return text, err
}

// flag returns the value of a boolean field, or otherwise if it is absent or null.
func (b *body) flag(name string, otherwise bool) (bool, error) {
	raw, ok := b.values[name]
	if !ok {
		if b.form == nil || len(b.form.Value[name]) == 0 {
			return otherwise, nil
		}
		raw = json.RawMessage(b.form.Value[name][0])
		if value, err := strconv.ParseBool(string(raw)); err == nil {
			return value, nil
		}
	}
	var value *bool
	if err := json.Unmarshal(raw, &value); err != nil {
		return false, invalid(name, problem.WrongType, "Must be true or false.")
	}
	if value == nil {
		return otherwise, nil
	}
	return *value, nil
}

// resetMissing sets fields that are not in the body to null: PUT replaces them, where PATCH leaves them.
func (b *body) resetMissing(names ...string) error {
	for _, name := range names {
		if b.has(name) {
			continue
		}
		if err := b.set(name, nil); err != nil {
			return err
		}
	}
	return nil
}
