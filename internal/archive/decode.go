package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	"golang.org/x/crypto/bcrypt"
)

var (
	recordID    = regexp.MustCompile(`^[a-z0-9]+$`)
	nameOfFile  = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,149}$`) // as PocketBase makes them
	errNotText  = errors.New("must be a string")
	errNotTexts = errors.New("must be a list of strings")
)

// decode returns a line's record, checked against the schema. Whether the records that it names exist is checked when all are there.
func (i *importer) decode(c *core.Collection, line []byte) (*core.Record, error) {
	values := map[string]json.RawMessage{}
	if err := json.Unmarshal(line, &values); err != nil {
		return nil, err
	}
	record := core.NewRecord(c)
	fields := archivedFields(c)
	for _, field := range fields {
		name := field.GetName()
		raw, ok := values[name]
		if !ok {
			return nil, fmt.Errorf("it has no %s", name)
		}
		delete(values, name)
		value, err := decodeValue(field, raw)
		if err == nil {
			value, err = field.PrepareValue(record, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		record.SetRaw(name, value)
	}
	for name := range values {
		return nil, fmt.Errorf("%s is no field of %s", name, c.Name)
	}
	if c.IsAuth() {
		record.RefreshTokenKey()
	}
	for _, field := range c.Fields {
		if err := i.check(record, field); err != nil {
			return nil, fmt.Errorf("%s: %w", field.GetName(), err)
		}
	}
	return record, nil
}

// decodeValue returns a JSON value as the field takes it, or an error if it has another type.
func decodeValue(field core.Field, raw json.RawMessage) (any, error) {
	switch field := field.(type) {
	case *core.JSONField:
		if string(raw) == "null" {
			return types.JSONRaw{}, nil
		}
		return types.JSONRaw(raw), nil
	case *core.BoolField:
		return decodeAs[bool](raw, "must be true or false")
	case *core.NumberField:
		return decodeAs[float64](raw, "must be a number")
	case *core.GeoPointField:
		return decodeAs[types.GeoPoint](raw, "must be an object of lon and lat")
	case *core.PasswordField:
		return decodePassword(field, raw)
	}
	if several, ok := field.(core.MultiValuer); ok && several.IsMultiple() {
		return decodeAs[[]string](raw, errNotTexts.Error())
	}
	text, err := decodeAs[string](raw, errNotText.Error())
	if err != nil {
		return nil, err
	}
	switch field.(type) {
	case *core.DateField, *core.AutodateField:
		if date, err := types.ParseDateTime(text); err != nil || text != "" && date.IsZero() {
			return nil, errors.New("must be a date")
		}
	}
	return text, nil
}

func decodeAs[T any](raw json.RawMessage, otherwise string) (value T, err error) {
	if string(raw) == "null" || json.Unmarshal(raw, &value) != nil {
		return value, errors.New(otherwise)
	}
	return value, nil
}

// decodePassword returns a password's hash.
func decodePassword(field *core.PasswordField, raw json.RawMessage) (any, error) {
	hash, err := decodeAs[string](raw, errNotText.Error())
	if err != nil {
		return nil, err
	}
	if hash == "" && !field.Required {
		return hash, nil
	}
	if _, err := bcrypt.Cost([]byte(hash)); err != nil {
		return nil, errors.New("must be a hash made by bcrypt")
	}
	return hash, nil
}

// check checks one value of a record. PocketBase's own checks of files and relations would look for them where they are not yet.
func (i *importer) check(record *core.Record, field core.Field) error {
	switch field := field.(type) {
	case *core.FileField:
		return i.checkFiles(record, field)
	case *core.RelationField:
		ids := record.GetStringSlice(field.Name)
		if field.Required && len(ids) == 0 {
			return errors.New("cannot be blank")
		}
		if len(ids) < field.MinSelect || len(ids) > max(field.MaxSelect, 1) {
			return fmt.Errorf("must name at most %d records", max(field.MaxSelect, 1))
		}
		return nil
	case *core.TextField:
		if field.PrimaryKey && !recordID.MatchString(record.Id) { // it becomes part of paths, whatever the schema allows
			return errors.New("must be small letters and digits")
		}
	}
	return field.ValidateValue(i.ctx, i.app, record)
}

// checkFiles checks that the archive has the files that a record names, and notes them.
func (i *importer) checkFiles(record *core.Record, field *core.FileField) error {
	names := record.GetStringSlice(field.Name)
	if field.Required && len(names) == 0 {
		return errors.New("cannot be blank")
	}
	if len(names) > max(field.MaxSelect, 1) {
		return fmt.Errorf("must name at most %d files", max(field.MaxSelect, 1))
	}
	for _, name := range names {
		if !nameOfFile.MatchString(name) {
			return fmt.Errorf("%q is no name of a file", name)
		}
		if err := i.noteFile(record, field, name); err != nil {
			return err
		}
	}
	return nil
}
