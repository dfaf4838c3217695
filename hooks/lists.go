package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
)

const (
	maxSkills    = 100
	maxSkillText = 100 // characters
)

// readList decodes the list in a JSON field and refuses unknown keys; no value, null and "" are the empty list. The error names
// the field.
func readList[T any](record *core.Record, field string, limit int) ([]T, error) {
	list := []T{}
	raw := bytes.TrimSpace([]byte(record.GetString(field)))
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) || bytes.Equal(raw, []byte(`""`)) {
		return list, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, problem.Field(field, problem.InvalidValue, "Must be a list: "+describeJSONError(err)+".")
	}
	if len(list) > limit {
		return nil, problem.Field(field, problem.InvalidValue, fmt.Sprintf("Must have at most %d entries.", limit))
	}
	return list, nil
}

// describeJSONError says what is wrong with a JSON value without Go's own type names.
func describeJSONError(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field != "" {
			return fmt.Sprintf("%q can't be a %s", wrong.Field, wrong.Value)
		}
		return "it can't hold a " + wrong.Value
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// normalizeSkills trims, lower-cases and deduplicates the skills, so that one skill is one string everywhere.
func normalizeSkills(record *core.Record) error {
	skills, err := readList[string](record, "skills", maxSkills)
	if err != nil {
		return err
	}
	for i, skill := range skills {
		skills[i] = strings.ToLower(strings.Join(strings.Fields(skill), " "))
	}
	skills, err = normalizeStrings("skills", skills, maxSkillText)
	if err != nil {
		return err
	}
	record.Set("skills", skills)
	return nil
}

// normalizeStrings drops blank and repeated strings and refuses overlong ones.
func normalizeStrings(field string, list []string, maxLength int) ([]string, error) {
	seen := map[string]bool{}
	kept := []string{}
	for _, item := range list {
		item = strings.TrimSpace(item)
		if utf8.RuneCountInString(item) > maxLength {
			return nil, problem.Field(field, problem.InvalidValue, fmt.Sprintf("Each entry must have at most %d characters.", maxLength))
		}
		if item == "" || seen[item] {
			continue
		}
		seen[item] = true
		kept = append(kept, item)
	}
	return kept, nil
}
