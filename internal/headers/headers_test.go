package headers_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"jobboard/internal/api"
	"jobboard/internal/headers"
	"jobboard/internal/testapp"
)

func TestAnswersCarryThePolicyAndExposeTheirHeaders(t *testing.T) {
	board := testapp.NewBoard(t, headers.Bind, api.Bind)
	for path, want := range map[string]string{
		"/api/docs": headers.Policy, "/api/jobs": headers.Policy, "/api/nowhere": headers.Policy,
		"/api/files/users/x/y": "", "/api/collections/jobs/records": headers.Policy,
	} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Origin", "https://front.example")
		got := board.Send(r)
		if policy := got.Header.Get("Content-Security-Policy"); policy != want {
			t.Errorf("%s: policy %q, want %q", path, policy, want)
		}
		for _, name := range []string{"Location", "Retry-After"} {
			if !strings.Contains(got.Header.Get("Access-Control-Expose-Headers"), name) {
				t.Errorf("%s: %s is not exposed to other origins", path, name)
			}
		}
	}
	if strings.Contains(headers.Policy, "unsafe") {
		t.Error("the policy lets inline code run")
	}
}
