package search

import (
	"errors"
	"slices"
	"testing"
)

func TestChoose(t *testing.T) {
	allowed := []string{"on_site", "remote", "full_time"}
	got, err := choose("workplace", []string{"onsite", "On-Site", "REMOTE", "full time", "full_time"}, allowed)
	if want := []string{"on_site", "on_site", "remote", "full_time", "full_time"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, wrong := range []string{"x", "remotely", "-", "fulltim"} {
		_, err := choose("workplace", []string{"remote", wrong}, allowed)
		var field *FieldError
		if !errors.As(err, &field) || field.Field != "workplace" || field.Message != "Must be one of on_site, remote, full_time." {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
