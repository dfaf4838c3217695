package recordjson

import (
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

func TestPublicCondition(t *testing.T) {
	jobs, err := testapp.New(t).FindCachedCollectionByNameOrId(collections.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{
		*jobs.ListRule: "status=published",
		`status = "visible" || author = @request.auth.id`:          "status=visible",
		`author = @request.auth.id || status = "visible"`:          "status=visible",
		`status = "visible" && author = @request.auth.id`:          "",
		`(status = "visible" || kind = "a") && kind = "b"`:         "",
		`kind = "b" && secret = "" || status = "visible"`:          "",
		`status != "visible" || author = @request.auth.id`:         "",
		`user.role = "admin" || @request.auth.role = "admin"`:      "",
		`(status = "visible" && kind = "a") || author = "someone"`: "author=someone",
		``: "",
	} {
		got := ""
		if public := publicCondition(rule); public != nil {
			got = public.field + "=" + public.value
		}
		if got != want {
			t.Errorf("%s: %q; want %q", rule, got, want)
		}
	}
}
